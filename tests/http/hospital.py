"""Fill a database through storage: a hospital with six tools, and one whose logs attack."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from governance.decisions import decide
from governance.ranking import save_assessments
from governance.weights import Weights
from signatures.catalogue import Catalogue, PhiTerms, Tool, Vendor
from signatures.kinds import Baa, Category, Grade, Maturity, Training
from storage.agreements import add_agreement
from storage.batches import BatchRecord, SightingPart, begin_content, record_batch
from storage.database import Database
from storage.inventory import ensure_tools
from storage.scans import begin_scan, finish_scan, record_file

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TODAY = NOW.date()

TERMS = PhiTerms(
    tiers=("*",),
    baa=Baa.NO,
    plan="",
    excluded="",
    training=Training.UNKNOWN,
    retention_days=None,
    retention="",
    region=None,
    certificates=(),
    source="https://vendor.example/terms",
    as_of=date(2026, 10, 1),
    grade=Grade.PRIMARY,
)
STALE = replace(TERMS, tiers=("free",), as_of=date(2026, 1, 15), grade=Grade.SECONDARY)
SIGNED = replace(TERMS, tiers=("group",), baa=Baa.YES_PLAN, plan="on Group", retention_days=30, region="US")


def _tool(
    tool_id: str, name: str, vendor: str, category: Category, *terms: PhiTerms, clinical: bool = False
) -> Tool:
    tiers = tuple(tier for one in terms for tier in one.tiers if tier != "*")
    return Tool(tool_id, name, vendor, category, clinical, f"{name} does things.", tiers, (), terms)


TOOLS = (
    _tool("scribe-one", "Scribe One", "scribe-house", Category.AMBIENT_SCRIBE, STALE, SIGNED, clinical=True),
    _tool("chat-mate", "Chat Mate", "mate", Category.CHAT_ASSISTANT, TERMS),
    _tool("note-wing", "Note Wing", "wing", Category.MEETING_NOTES, SIGNED),
    _tool("office-helper", "Office Helper", "wing", Category.EMBEDDED_SAAS, TERMS),
    _tool("chat-mate-copy", "Chat Mat", "copycat", Category.COMPANION),
    _tool("approved-dictation", "Approved Dictation", "voice", Category.DICTATION, SIGNED, clinical=True),
)


def catalogue_of(tools: tuple[Tool, ...], version: str = "0123456789ab") -> Catalogue:
    """Return a catalogue of tools with a vendor for each."""
    names = sorted({tool.vendor_id for tool in tools})
    vendors = {
        name: Vendor(
            name,
            name.replace("-", " ").title(),
            f"https://{name}.example",
            "US",
            Maturity.STABLE,
            TODAY,
            tuple(tool for tool in tools if tool.vendor_id == name),
        )
        for name in names
    }
    return Catalogue(version, vendors, {tool.id: tool for tool in tools})


CATALOGUE = catalogue_of(TOOLS)


def seen(tool: str, vendor: str, days_ago: int = 1, **given: object) -> SightingPart:
    """Return a sighting of one person on one day; fields can be overridden."""
    day = TODAY - timedelta(days=days_ago)
    values: dict[str, object] = {
        "tool_id": tool,
        "vendor_id": vendor,
        "principal": "p-0123456789abcdef0001",
        "principal_kind": "user",
        "department": "Cardiology",
        "source": "proxy-main",
        "day": day,
        "signature": f"{tool}:domain:{tool}.example",
        "surface": "use",
        "path_class": None,
        "tier": None,
        "action": "allowed",
        "count": 10,
        "bytes_up": 50_000,
        "bytes_down": 200_000,
        "first_seen": datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=8),
        "last_seen": datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=17),
    }
    return SightingPart(**{**values, **given})  # type: ignore[arg-type]


def add_log(
    conn: Connection, scan_id: int, source: str, label: str, *parts: SightingPart, **given: object
) -> None:
    """Record one log with sightings as one batch."""
    head = hashlib.sha256(f"{source}/{label}".encode()).hexdigest()
    content = begin_content(conn, head, source, label, "squid", NOW)
    values: dict[str, object] = {
        "scan_id": scan_id,
        "source": source,
        "content_key": content,
        "start": 0,
        "end": 1000,
        "final": True,
        "lines": 1000,
        "events": 950,
        "not_events": 10,
        "unreadable": {"too few fields": 40},
        "with_user": 700,
        "hidden_names": 5,
        "first_event": NOW - timedelta(days=40),
        "last_event": NOW - timedelta(hours=4),
        "parts": parts,
        "consumed_digest": head,
        "format_id": "squid",
        "label": label,
    }
    batch = BatchRecord(**{**values, **given})  # type: ignore[arg-type]
    assert record_batch(conn, batch)
    record_file(
        conn,
        scan_id,
        source,
        label,
        "ok",
        NOW,
        format_id="squid",
        content_id=content,
        lines=batch.lines,
        events=batch.events,
        unreadable=sum(batch.unreadable.values()),
    )


def fill(database: Database, weights: Weights) -> None:
    """Fill a database with one scan of three sources, decisions and an agreement."""
    with database.write() as conn:
        ensure_tools(conn, [(tool.id, tool.vendor_id) for tool in TOOLS], NOW)
        scan = begin_scan(conn, NOW - timedelta(minutes=5), "nightly", CATALOGUE.version)
        scribe = [
            seen("scribe-one", "scribe-house", ago, count=5 + ago, principal=f"p-{ago % 4:020d}")
            for ago in range(1, 45, 2)
        ]
        add_log(
            conn,
            scan,
            "proxy-main",
            "access.log",
            *scribe,
            seen("chat-mate", "mate", 1, count=400, bytes_up=9_000_000, department="Emergency"),
            seen(
                "chat-mate", "mate", 2, principal="", principal_kind="unknown", department=None, bytes_up=None
            ),
            seen("chat-mate", "mate", 3, action="blocked", count=7),
            seen("note-wing", "wing", 3, department="Finance", count=2),
            seen("office-helper", "wing", 3, surface="embedded"),
            seen("chat-mate", "mate", 4, surface="vendor_only", count=3),
            seen("approved-dictation", "voice", 2),
        )
        add_log(
            conn,
            scan,
            "dns-core",
            "queries.log.1.gz",
            seen(
                "chat-mate-copy",
                "copycat",
                2,
                surface="look_alike",
                source="dns-core",
                principal="p-device",
                principal_kind="address",
                bytes_up=None,
                bytes_down=None,
                department=None,
            ),
            with_user=0,
            last_event=NOW - timedelta(days=6),
        )
        record_file(conn, scan, "dns-core", "export.xlsx", "unread", NOW, message="No log format matches.")
        record_file(
            conn,
            scan,
            "sso",
            "okta.json",
            "partial",
            NOW,
            format_id="okta",
            message="The file ends early.",
            lines=10,
        )
        finish_scan(conn, scan, "partial", {"files": 4}, NOW)
        decide(conn, "approved-dictation", "approved", "a.chen", "Agreement signed, used since 2024.", NOW)
        decide(conn, "note-wing", "in_review", "a.chen", "Asked the vendor.", NOW, departments=("Finance",))
        add_agreement(
            conn,
            "voice",
            document="BAA 2024-17",
            valid_from=date(2024, 1, 1),
            tiers=("group",),
            by="a.chen",
            now=NOW,
        )
        save_assessments(conn, CATALOGUE, weights, NOW)


PAYLOADS = (
    "<script>window.__pwned=1</script>",
    '"><img src=x onerror=window.__pwned=1>',
    "'><svg onload=window.__pwned=1>",
    "javascript:window.__pwned=1",
    "</title></style></textarea><iframe srcdoc='<script>parent.__pwned=1</script>'>",
    "{{7*7}}{% raw %}${7*7}",
    '" autofocus onfocus="window.__pwned=1" x="',
    "<a href='https://evil.example/'>click</a>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "\u202egnp.exe\u0000\u001b[31m\r\nSet-Cookie: x=1",
    "--><!--<math><mtext></form><form><mglyph><style></math><img src onerror=window.__pwned=1>",
    "data:text/html,<script>window.__pwned=1</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#x3c;img src=x onerror=alert(1)&#x3e;",
)


def attacked_catalogue() -> Catalogue:
    """Return a catalogue whose texts are payloads, one tool for each."""
    tools = tuple(
        Tool(
            id=f"tool-{number}",
            name=payload,
            vendor_id=f"vendor-{number}",
            category=Category.CHAT_ASSISTANT,
            clinical=True,
            description=payload,
            tiers=(payload,),
            signatures=(),
            phi_terms=(
                replace(
                    TERMS,
                    tiers=(payload,),
                    plan=payload,
                    excluded=payload,
                    retention=payload,
                    region=payload,
                    certificates=(payload,),
                    source=payload,
                ),
            ),
        )
        for number, payload in enumerate(PAYLOADS)
    )
    plain = catalogue_of(tools, version=PAYLOADS[0])
    vendors = {
        name: replace(vendor, name=vendor.tools[0].name, homepage=vendor.tools[0].name)
        for name, vendor in plain.vendors.items()
    }
    return Catalogue(plain.version, vendors, plain.tools)


def fill_attacked(database: Database, weights: Weights) -> None:
    """Fill a database in which every text a log, a file or a person can supply is a payload."""
    catalogue = attacked_catalogue()
    with database.write() as conn:
        scan = begin_scan(conn, NOW, PAYLOADS[1], catalogue.version)
        for number, payload in enumerate(PAYLOADS):
            ensure_tools(conn, [(f"tool-{number}", f"vendor-{number}", payload, payload)], NOW)
            attacked = seen(
                f"tool-{number}",
                f"vendor-{number}",
                principal=payload,
                department=payload,
                source=payload,
                signature=payload,
                path_class=payload,
                tier=payload,
                surface=payload if number % 2 else "use",
            )
            add_log(
                conn,
                scan,
                payload,
                payload,
                attacked,
                unreadable={payload: 40},
                last_event=NOW - timedelta(days=9),
            )
            record_file(conn, scan, payload, payload, "unread", NOW, format_id=payload, message=payload)
            record_file(conn, scan, f"never {payload}", payload, "partial", NOW, message=payload)
            decide(
                conn,
                f"tool-{number}",
                "prohibited",
                payload,
                payload,
                NOW,
                note=payload,
                departments=(payload,),
            )
            add_agreement(
                conn,
                f"vendor-{number}",
                document=payload,
                valid_from=TODAY,
                tiers=(payload,),
                by=payload,
                now=NOW,
            )
        finish_scan(conn, scan, "failed", {}, NOW, message=PAYLOADS[1])
        save_assessments(conn, catalogue, weights, NOW)
