"""Make the ordinary services of a hospital that are hardest to tell from AI tools by what they do or are called."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ordinary:
    """One ordinary host: how it is called and what a request to it looks like."""

    host: str
    rank: float
    path: str = "/"
    content_type: str = "text/html"
    up: tuple[int, int] = (300, 2_700)
    down: tuple[int, int] = (400, 200_000)
    staff_only: bool = False
    """Reached by technical staff, who use more AI tools than others."""
    post: float = 0.15
    status: int = 200
    users: tuple[int, int] | None = None
    """A service people sign in to and work with in sittings; so many of them."""
    fond: float = 0.0
    """Share of those users taken from the people who use AI tools anyway."""


_JSON = "application/json"
_TURN = {"up": (800, 40_000), "down": (3_000, 60_000), "post": 0.9}
"""What a turn with a chat looks like, and every other form of a web application."""
_SENT = {"up": (400_000, 9_000_000), "down": (200, 900), "post": 1.0}
_CALL = {"up": (400_000, 9_000_000), "down": (400_000, 9_000_000), "status": 101, "post": 0.0}
_FEW, _MANY = (3, 12), (80, 160)
_FIRMS = """rosterlane freightloom fieldquote tenantry menuboard stockcount""".split()

_SERVICES: tuple[tuple[str, int, dict[str, object]], ...] = (
    # Systems of the house: the record, its messages, portals of patients, images.
    ("ehr.{w}care.org", 3, {"path": "/api/conversations", "content_type": _JSON, "users": _MANY, **_TURN}),
    ("fhir.{w}health.net", 3, {"path": "/r4/Patient", "content_type": _JSON, "users": _MANY, **_TURN}),
    (
        "mychart.{w}medical.org",
        4,
        {"path": "/api/messages/send", "content_type": _JSON, "users": _FEW, **_TURN},
    ),
    (
        "portal.{w}clinic.health",
        4,
        {"path": "/api/conversation", "content_type": _JSON, "users": _FEW, **_TURN},
    ),
    (
        "pacs.{w}imaging.net",
        4,
        {"path": "/dicomweb/studies", "content_type": _JSON, "users": (4, 10), **_SENT},
    ),
    ("visit.{w}telehealth.com", 3, {"path": "/room/ws", "users": _FEW, **_CALL}),
    # Dictation that people type, and the telephone.
    ("dictation.{w}typists.com", 2, {"path": "/jobs/upload", "content_type": _JSON, "users": _FEW, **_SENT}),
    (
        "www.{w}transcriptionists.com",
        2,
        {"path": "/jobs/81/file", "content_type": _JSON, "users": _FEW, **_SENT},
    ),
    ("voice.{w}pbx.com", 4, {"path": "/ws", "users": _FEW, **_CALL}),
    ("voicemail.{w}tel.net", 3, {"path": "/box/new", "content_type": "audio/wav", "users": _FEW}),
    # Radio, podcasts, films.
    ("listen.{w}radio.fm", 4, {"path": "/listen/live", "content_type": "audio/mpeg", "post": 0.0}),
    ("www.{w}podcast.com", 4, {"path": "/transcripts/episode-81", "post": 0.0}),
    (
        "vod.{w}films.tv",
        4,
        {"path": "/hls/part7.ts", "content_type": "video/mp2t", "down": (900_000, 9_000_000)},
    ),
    # Paths that APIs of models have, and others as well.
    ("blog.{w}journal.com", 4, {"path": "/api/tags", "content_type": _JSON, "post": 0.0}),
    ("player.{w}clips.com", 3, {"path": "/api/embed", "post": 0.0}),
    (
        "sms.{w}gateway.com",
        3,
        {"path": "/v1/messages", "content_type": _JSON, "down": (200, 600), "post": 1.0},
    ),
    ("polls.{w}panel.com", 3, {"path": "/v1/responses", "content_type": _JSON, "post": 0.9}),
    ("pdf.{w}papers.com", 3, {"path": "/api/generate", "content_type": "application/pdf", "post": 0.9}),
    ("registrar.{w}college.edu", 3, {"path": "/transcripts", "post": 0.1}),
    ("parts.{w}motors.com", 3, {"path": "/v1/models", "content_type": _JSON, "post": 0.0}),
    ("transit.{w}metro.gov", 3, {"path": "/v1/predictions", "content_type": _JSON, "post": 0.0}),
    ("forum.{w}riders.net", 3, {"path": "/threads", "post": 0.0}),
    (
        "files.{w}team.net",
        3,
        {"path": "/notes/ab12/upload", "content_type": _JSON, "users": _FEW, "post": 0.5},
    ),
    ("status.{w}hosting.io", 3, {"path": "/sse", "content_type": "text/event-stream", "post": 0.0}),
    ("nav.{w}maps.com", 2, {"path": "/v1/tts", "content_type": "audio/mpeg", "post": 0.0}),
    ("support.{w}desk.com", 5, {"path": "/v1/conversations", "content_type": _JSON, "users": _FEW, **_TURN}),
    # Names.
    ("llm.{w}law.edu", 3, {"users": _FEW}),
    ("ai.{w}university.edu", 3, {}),
    ("www.{w}hotel.com.ai", 3, {}),
    ("www.{w}intelligence.com", 3, {}),
    ("agents.{w}realty.com", 3, {"users": _FEW}),
    ("notes.{w}hospice.org", 3, {"users": _FEW}),
    ("summary.{w}billing.com", 3, {"users": _FEW}),
    # Applications few people work with all day: nothing of models in them, and sizes just like theirs.
    ("app.{w}ware.com", 15, {"path": "/api/v2/items", "content_type": _JSON, "users": _FEW, **_TURN}),
    ("app.{w}desk.io", 10, {"path": "/graphql", "content_type": _JSON, "users": _FEW, **_TURN}),
    ("my.{w}works.app", 6, {"path": "/rpc", "content_type": _JSON, "users": _FEW, **_TURN}),
    ("app.{w}rounds.health", 6, {"path": "/graphql", "content_type": _JSON, "users": _FEW, **_TURN}),
    (
        "board.{w}live.com",
        8,
        {"path": "/stream", "content_type": "text/event-stream", "users": _FEW, **_TURN},
    ),
    # Applications of departments where AI is liked: design, stock pictures, courses, tickets.
    (
        "app.{w}design.com",
        6,
        {"path": "/graphql", "content_type": _JSON, "users": _FEW, "fond": 0.45, **_TURN},
    ),
    ("www.{w}courses.com", 6, {"users": _FEW, "fond": 0.45}),
    (
        "tickets.{w}ops.io",
        6,
        {"path": "/rest/jobs", "content_type": _JSON, "users": _FEW, "fond": 0.45, **_TURN},
    ),
    # Bytes that leave the house: transfers, faxes, backups, what programs report.
    ("send.{w}transfer.com", 4, {"path": "/upload", "content_type": _JSON, "users": _FEW, **_SENT}),
    ("scan.{w}fax.com", 4, {"path": "/send", "content_type": _JSON, "users": _FEW, **_SENT}),
    ("otel.{w}apm.io", 4, {"path": "/v1/traces", "content_type": _JSON, "up": (1_500, 90_000), "post": 1.0}),
    ("update.{w}soft.com", 4, {"path": "/check", "content_type": _JSON, "down": (90_000, 9_000_000)}),
)


def services(chance: random.Random, words: list[str]) -> Iterator[Ordinary]:
    """Yield the services, called after some of the words."""
    for pattern, number, more in _SERVICES:
        for word in chance.sample(words, number):
            yield Ordinary(pattern.format(w=word), 0.0, **more)  # type: ignore[arg-type]
    for firm in _FIRMS:
        yield Ordinary(f"app.{firm}.ai", 0.0, "/graphql", _JSON, users=_FEW, **_TURN)  # type: ignore[arg-type]
