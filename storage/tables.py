"""Describe every table, once, for both engines.

Sightings are contributions of one batch each: what a batch added is a row that names it, so counting is
always a sum over batches and a batch that is replaced takes its rows with it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from storage.columns import Json, Name, Prose, RowId, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

content = Table(
    "content",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("head_digest", Name, nullable=False, index=True),
    Column("source", Name, nullable=False),
    Column("label", Name, nullable=False),
    Column("format_id", Name, nullable=False),
    Column("consumed", BigInteger, nullable=False),  # decoded bytes recorded for good
    Column("consumed_digest", Name, nullable=False),  # SHA-256 of exactly those bytes
    Column("tail_end", BigInteger),  # end of the provisional last line, if there is one
    Column("tail_digest", Name),
    Column("created_at", UtcTime, nullable=False),
)

scan = Table(
    "scan",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("started_by", Name, nullable=False),
    Column("catalogue_version", Name),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("status", Name, nullable=False),
    Column("totals", Json, nullable=False),
    Column("message", Prose),
)

scan_file = Table(
    "scan_file",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("scan_id", RowId, ForeignKey("scan.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("source", Name, nullable=False),
    Column("label", Name, nullable=False),
    Column("format_id", Name),
    Column("status", Name, nullable=False),
    Column("message", Prose),
    Column("content_id", RowId, ForeignKey("content.id", ondelete="SET NULL")),
    Column("lines", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("unreadable", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
)

batch = Table(
    "batch",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("content_id", RowId, ForeignKey("content.id"), nullable=False),
    Column("scan_id", RowId, ForeignKey("scan.id"), nullable=False, index=True),
    Column("source", Name, nullable=False, index=True),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("prefix_digest", Name, nullable=False, index=True),  # SHA-256 of the decoded bytes [0, end)
    Column("lines", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("not_events", BigInteger, nullable=False),
    Column("with_user", BigInteger, nullable=False),
    Column("hidden_names", BigInteger, nullable=False),
    Column("first_event", UtcTime),
    Column("last_event", UtcTime),
    Column("recorded_at", UtcTime, nullable=False),
    UniqueConstraint("content_id", "start"),
)

batch_unreadable = Table(
    "batch_unreadable",
    metadata,
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True),
    Column("reason", Name, primary_key=True),
    Column("lines", BigInteger, nullable=False),
)

sighting = Table(
    "sighting",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("batch_id", RowId, ForeignKey("batch.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("tool_id", Name, nullable=False),
    Column("vendor_id", Name, nullable=False),
    Column("principal", Name, nullable=False),  # pseudonym, "" if the log names nobody
    Column("principal_kind", Name, nullable=False),
    Column("department", Name),
    Column("source", Name, nullable=False),
    Column("day", Date, nullable=False),
    Column("signature", Name, nullable=False),
    Column("surface", Name, nullable=False),
    Column("path_class", Name),
    Column("tier", Name),
    Column("action", Name, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("bytes_up", BigInteger),  # NULL: the log does not say
    Column("bytes_down", BigInteger),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Index("ix_sighting_tool_id_day", "tool_id", "day"),
    Index("ix_sighting_principal", "principal"),
)

source = Table(
    "source",
    metadata,
    Column("name", Name, primary_key=True),
    Column("kind", Name),
    Column("format_id", Name),
    Column("location", Name),
    Column("owner", Name),
    Column("created_at", UtcTime, nullable=False),
)

tool = Table(
    "tool",
    metadata,
    Column("tool_id", Name, primary_key=True),
    Column("vendor_id", Name, nullable=False, index=True),
    Column("name", Name),
    Column("vendor_name", Name),
    Column("status", Name, nullable=False),
    Column("status_at", UtcTime, nullable=False),
    Column("status_by", Name),
    Column("status_until", Date),
    Column("added_at", UtcTime, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("tool_id", Name, ForeignKey("tool.tool_id"), nullable=False, index=True),
    Column("status", Name, nullable=False),
    Column("previous_status", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("note", Prose),
    Column("departments", Json, nullable=False),
    Column("until", Date),
    Column("at", UtcTime, nullable=False),
    Column("tiers", Json, nullable=False, server_default="[]"),
    Column("data_classes", Json, nullable=False, server_default="[]"),
    Column("accounts", Json, nullable=False, server_default="[]"),
    Column("owner", Name),
    Column("approver", Name),
    Column("requested_by", Name),
    Column("override", Prose),  # why a department that is not ready may begin nevertheless
    Column("review_on", Date),
)

agreement = Table(
    "agreement",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("vendor_id", Name, nullable=False, index=True),
    Column("tool_ids", Json, nullable=False),  # [] means every tool of the vendor
    Column("tiers", Json, nullable=False),  # [] means every tier
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("document", Name, nullable=False),
    Column("note", Prose),
    Column("added_by", Name, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("document_sha256", Name),
    Column("counterparty", Name),
    Column("owner", Name),
    Column("subcontractors", Name, nullable=False, server_default="unknown"),  # yes | no | unknown
    Column("training", Name, nullable=False, server_default="unknown"),  # forbidden | allowed | unknown
    Column(
        "deidentification", Name, nullable=False, server_default="unknown"
    ),  # forbidden | allowed | unknown
    Column("notice_days", Integer),  # days within which the vendor must report a breach
    Column("review_on", Date),
)

assessment = Table(
    "assessment",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("tool_id", Name, nullable=False, index=True),
    Column("finding_kind", Name, nullable=False),
    Column("score", Integer, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("band", Name, nullable=False),
    Column("weights_version", Name, nullable=False),
    Column("catalogue_version", Name, nullable=False),
    Column("assessed_at", UtcTime, nullable=False),
    Column("exposure", Json),  # [score, low, high] without the vendor's posture
    Column("posture", Json),  # [score, low, high] of the vendor alone
    Column("inputs", Json),  # the scenario it was made of
    Column("evidence", Json),  # what it rests on: batches, sightings, agreements, decision
)

assessment_part = Table(
    "assessment_part",
    metadata,
    Column(
        "assessment_id",
        RowId,
        ForeignKey("assessment.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("position", Integer, primary_key=True),
    Column("factor", Name, nullable=False),
    Column("points", Integer, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("citation", Prose, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("dedup_key", Name, nullable=False, unique=True),
    Column("rule", Name, nullable=False),
    Column("tool_id", Name),
    Column("vendor_id", Name),
    Column("message_id", Name, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("acknowledged_at", UtcTime),
    Column("acknowledged_by", Name),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("alert_id", RowId, ForeignKey("alert.id"), nullable=False),
    Column("channel", Name, nullable=False),
    Column("status", Name, nullable=False),  # pending | sent | dead | cancelled
    Column("attempts", Integer, nullable=False),
    Column("next_try", UtcTime, nullable=False),
    Column("first_try_at", UtcTime),
    Column("lease", Name),  # token of the relay that has it in hand
    Column("lease_until", UtcTime),
    Column("digest", Name),  # id of the message it was sent in together with others
    Column("last_error", Prose),
    Column("finished_at", UtcTime),
    UniqueConstraint("alert_id", "channel"),
    Index("ix_delivery_status_next_try", "status", "next_try"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Name, nullable=False),
    Column("action", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("detail", Json, nullable=False),
    Column("previous", Name, nullable=False),
    Column("digest", Name, nullable=False),
)

nightly_run = Table(
    "nightly_run",
    metadata,
    Column("local_day", Date, primary_key=True),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("status", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("message", Prose),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Name, primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
