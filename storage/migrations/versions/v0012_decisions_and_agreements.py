"""Keep conditions of decisions as data, who stands for them, evaluations, votes, readiness, and terms of agreements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; conditions that were written in words stay as a note."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.execute("ALTER TABLE decision RENAME COLUMN conditions TO note")
    for name in ("tiers", "data_classes", "accounts"):
        op.add_column("decision", sa.Column(name, sa.Text(), nullable=False, server_default="[]"))
    for name in ("owner", "approver", "requested_by", "override"):
        op.add_column("decision", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("decision", sa.Column("review_on", sa.Date(), nullable=True))

    for name in ("counterparty", "owner"):
        op.add_column("agreement", sa.Column(name, sa.Text(), nullable=True))
    for name in ("subcontractors", "training", "deidentification"):
        op.add_column("agreement", sa.Column(name, sa.Text(), nullable=False, server_default="unknown"))
    op.add_column("agreement", sa.Column("notice_days", sa.Integer(), nullable=True))
    op.add_column("agreement", sa.Column("review_on", sa.Date(), nullable=True))

    op.create_table(
        "evaluation_answer",
        sa.Column("id", row_id, nullable=False),
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_answer")),
    )
    op.create_index(op.f("ix_evaluation_answer_tool_id"), "evaluation_answer", ["tool_id"], unique=False)

    op.create_table(
        "committee_case",
        sa.Column("id", row_id, nullable=False),
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decision_id", row_id, nullable=True),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.tool_id"], name=op.f("fk_committee_case_tool_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_committee_case_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_case")),
    )
    op.create_index(op.f("ix_committee_case_tool_id"), "committee_case", ["tool_id"], unique=False)
    op.create_table(
        "committee_vote",
        sa.Column("id", row_id, nullable=False),
        sa.Column("case_id", row_id, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("vote", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["committee_case.id"], name=op.f("fk_committee_vote_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_vote")),
    )
    op.create_index(op.f("ix_committee_vote_case_id"), "committee_vote", ["case_id"], unique=False)

    op.create_table(
        "department_readiness",
        sa.Column("id", row_id, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_readiness")),
    )
    op.create_table(
        "category_alternative",
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("category", name=op.f("pk_category_alternative")),
    )
