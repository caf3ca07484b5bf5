"""Keep when tools and the record were used, whose accounts, and what an assessment was made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "use_hour",
        sa.Column("id", row_id, nullable=False),
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_use_hour_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_hour")),
    )
    op.create_index(op.f("ix_use_hour_batch_id"), "use_hour", ["batch_id"], unique=False)
    op.create_index("ix_use_hour_tool_id_hour", "use_hour", ["tool_id", "hour"], unique=False)
    op.create_table(
        "account_use",
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_account_use_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "tool_id", "account", name=op.f("pk_account_use")),
    )
    op.create_table(
        "record_hour",
        sa.Column("batch_id", row_id, nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_record_hour_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "principal", "hour", name=op.f("pk_record_hour")),
    )
    op.add_column("assessment", sa.Column("exposure", sa.Text(), nullable=True))
    op.add_column("assessment", sa.Column("posture", sa.Text(), nullable=True))
    op.add_column("assessment", sa.Column("inputs", sa.Text(), nullable=True))
    op.add_column("assessment", sa.Column("evidence", sa.Text(), nullable=True))
