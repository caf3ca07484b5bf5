"""Carry a database of any earlier version to the newest one, with Alembic."""
