"""Keep gaps day by day, versions of the policy and who attested them, incidents and their notices, reviews done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "gap_state",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("tools", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("bytes_up", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("day", "rule", name=op.f("pk_gap_state")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", row_id, nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "policy_attestation",
        sa.Column("policy_id", row_id, nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("attested_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy_version.id"], name=op.f("fk_policy_attestation_policy_id")
        ),
        sa.PrimaryKeyConstraint("policy_id", "principal", name=op.f("pk_policy_attestation")),
    )
    op.create_table(
        "incident",
        sa.Column("id", row_id, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tool_id", sa.Text(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("principal", sa.Text(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("first_event", moment, nullable=True),
        sa.Column("first_read", moment, nullable=True),
        sa.Column("first_person", moment, nullable=False),
        sa.Column("first_person_by", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("discovered_on", sa.Date(), nullable=True),
        sa.Column("discovered_why", sa.Text(), nullable=True),
        sa.Column("individuals", sa.BigInteger(), nullable=True),
        sa.Column("residents", sa.Text(), nullable=False),
        sa.Column("factors", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closing", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_tool_id"), "incident", ["tool_id"], unique=False)
    op.create_table(
        "incident_notice",
        sa.Column("incident_id", row_id, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_notice_incident_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", "kind", name=op.f("pk_incident_notice")),
    )
    op.create_table(
        "review_done",
        sa.Column("id", row_id, nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_done")),
    )
    op.create_index(op.f("ix_review_done_review"), "review_done", ["review"], unique=False)
