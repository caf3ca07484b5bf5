"""Answer /alerts and /api/v1/alerts: what was alerted, how it was delivered, and who took it in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from api.http.document_routes import failures
from api.http.documents import Document
from api.http.forms import back_to, handed_over, invalid, refuse_other_sites
from api.http.reading import Reader
from api.pages.render import Pages
from api.pages.wording import alert_subject
from governance.attention import take_in_hand
from governance.errors import GovernanceError
from storage.errors import NotRecorded
from storage.outbox import Alert, Delivery, alerts, deliveries

_ON_A_PAGE = 30
"""A form has room for so many boxes."""
_BOX = "alert-"
_LARGEST = 2**53
Before = Annotated[int | None, Query(ge=1, le=_LARGEST, description="Only alerts older than this number.")]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as pages show it."""

    alert: Alert
    subject: str
    deliveries: tuple[Delivery, ...]


class DeliveryDocument(Document):
    """One alert on its way to one channel."""

    channel: str
    status: str = Field(description="pending, sent, dead or cancelled.")
    attempts: int
    finished_at: datetime | None
    last_error: str | None


class AlertDocument(Document):
    """A rule that became true, once."""

    id: int
    rule: str = Field(examples=["new_vendor"])
    subject: str = Field(description="What it is about, in a few words.")
    tool_id: str | None
    vendor_id: str | None
    created_at: datetime
    acknowledged_at: datetime | None = Field(description="null: nobody has taken it in hand.")
    acknowledged_by: str | None
    facts: dict[str, Any] = Field(description="What it was written from.")
    deliveries: list[DeliveryDocument]


class AlertList(Document):
    """Alerts, newest first."""

    items: list[AlertDocument]


class InHandRequest(Document):
    """Alerts a person takes in hand."""

    alerts: list[Annotated[int, Field(ge=1, le=_LARGEST)]] = Field(min_length=1, max_length=1_000)
    by: str = Field(min_length=1, max_length=200, description="Who does; kept in the audit log.")


class InHandDocument(Document):
    """What came of taking alerts in hand."""

    taken: int = Field(description="Those nobody had taken in hand before.")


def document_router(reader: Reader) -> APIRouter:
    """Return the routes of the JSON documents."""
    routes = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

    @routes.get("", summary="Alerts", responses=failures(422, 500, 503))
    def list_alerts(
        before: Before = None,
        limit: Annotated[int, Query(ge=1, le=1_000, description="Most alerts to return.")] = 100,
        open_only: Annotated[bool, Query(description="Only those nobody has taken in hand.")] = False,
    ) -> AlertList:
        """List alerts with their deliveries and who took them in hand, newest first."""
        with reader.database.read() as conn:
            found = _rows(conn, limit, before, open_only=open_only)
        return AlertList(items=[_document(one) for one in found])

    @routes.post("/acknowledge", summary="Take in hand", responses=failures(404, 422, 500, 503))
    def acknowledge(request: Request, asked: InHandRequest) -> InHandDocument:
        """Take alerts in hand: from then on they have been seen by a person. The first one who does stays."""
        refuse_other_sites(request)
        try:
            return InHandDocument(taken=_take_in_hand(reader, asked.alerts, asked.by))
        except GovernanceError as problem:
            raise invalid("by", str(problem)) from problem

    return routes


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the routes of the page and its form."""
    routes = APIRouter(default_response_class=HTMLResponse)

    def page(
        every: bool = False, before: int | None = None, status: int = 200, done: str = "", fault: str = ""
    ) -> Response:
        with reader.database.read() as conn:
            found = _rows(conn, _ON_A_PAGE + 1, before, open_only=not every)
        return pages.page(
            "alerts.html",
            status=status,
            here="/alerts",
            rows=found[:_ON_A_PAGE],
            older=found[_ON_A_PAGE - 1].alert.id if len(found) > _ON_A_PAGE else None,
            newest=before is None,
            every=every,
            done=done,
            fault=fault,
            now=reader.clock(),
        )

    @routes.get("/alerts")
    def list_page(
        every: bool = False, before: Before = None, done: Annotated[str, Query(max_length=300)] = ""
    ) -> Response:
        return page(every, before, done=done)

    @routes.post("/alerts/acknowledge")
    async def acknowledge_form(request: Request) -> Response:
        return await handed_over(request, take)

    def take(given: Mapping[str, str]) -> Response:
        numbers = [
            int(name.removeprefix(_BOX))
            for name in given
            if name.startswith(_BOX) and name.removeprefix(_BOX).isdecimal() and len(name) < 24
        ]
        if not numbers:
            return page(status=422, fault="Choose at least one alert.")
        try:
            taken = _take_in_hand(reader, numbers, given.get("by", "")[:200])
        except (GovernanceError, NotRecorded) as problem:
            return page(status=422, fault=str(problem))
        return back_to("/alerts", f"{taken} of {len(numbers)} are in hand now; the others were before.")

    return routes


def _take_in_hand(reader: Reader, numbers: list[int], by: str) -> int:
    with reader.database.write() as conn:
        return sum(take_in_hand(conn, number, by, reader.clock()) for number in dict.fromkeys(numbers))


def _rows(conn: Connection, limit: int, before: int | None, *, open_only: bool) -> list[AlertRow]:
    return [
        AlertRow(one, alert_subject(one), tuple(deliveries(conn, one.id)))
        for one in alerts(conn, limit, before, open_only=open_only)
    ]


def _document(row: AlertRow) -> AlertDocument:
    one = row.alert
    return AlertDocument(
        id=one.id,
        rule=one.rule,
        subject=row.subject,
        tool_id=one.tool_id,
        vendor_id=one.vendor_id,
        created_at=one.created_at,
        acknowledged_at=one.acknowledged_at,
        acknowledged_by=one.acknowledged_by,
        facts=dict(one.payload),
        deliveries=[DeliveryDocument.model_validate(way) for way in row.deliveries],
    )
