"""Keep how far each interface was pulled, and which records came already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "pull_cursor",
        sa.Column("id", row_id, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("through", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spooled_through", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remembered_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_cursor")),
        sa.UniqueConstraint("source", "stream", name=op.f("uq_pull_cursor_source_stream")),
    )
    op.create_table(
        "pulled_record",
        sa.Column("cursor_id", row_id, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spool", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cursor_id"],
            ["pull_cursor.id"],
            name=op.f("fk_pulled_record_cursor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cursor_id", "digest", name=op.f("pk_pulled_record")),
    )
    op.create_index("ix_pulled_record_cursor_id_at", "pulled_record", ["cursor_id", "at"], unique=False)
    op.create_index("ix_pulled_record_spool", "pulled_record", ["spool"], unique=False)
