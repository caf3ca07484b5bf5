"""Remember what was seen, what was decided and what was said about it, in SQLite or PostgreSQL."""
