"""Keep how many events of a batch have a time that is in doubt, and why; keep which addresses DNS told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "batch_doubt",
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_doubt_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "reason", name=op.f("pk_batch_doubt")),
    )
    op.create_table(
        "address_name",
        sa.Column("id", row_id, nullable=False),
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_answer", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_answer", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_address_name_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_name")),
    )
    op.create_index(op.f("ix_address_name_batch_id"), "address_name", ["batch_id"], unique=False)
    op.create_index(op.f("ix_address_name_address"), "address_name", ["address"], unique=False)
    op.create_table(
        "flow_refusal",
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_flow_refusal_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "reason", name=op.f("pk_flow_refusal")),
    )
