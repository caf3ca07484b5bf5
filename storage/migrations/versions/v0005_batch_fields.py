"""Keep which fields the events of a batch carried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; of batches recorded before nothing is known."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "batch_fields",
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("with_user", sa.BigInteger(), nullable=False),
        sa.Column("with_upload", sa.BigInteger(), nullable=False),
        sa.Column("with_host", sa.BigInteger(), nullable=False),
        sa.Column("with_path", sa.BigInteger(), nullable=False),
        sa.Column("with_device", sa.BigInteger(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=True),
        sa.Column("columns_digest", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_fields_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch_fields")),
    )
