"""Answer /agreements and /api/v1/agreements: the register, and what of it is due."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import Field
from starlette.responses import Response

from api.http.document_routes import failures
from api.http.documents import Document
from api.http.reading import Reader
from api.pages.render import Pages
from governance.agreements import to_act_on
from storage.agreements import Agreement, agreements


class RegisterEntry(Document):
    """One agreement this organisation has signed."""

    number: int
    vendor_id: str = Field(examples=["openai"])
    counterparty: str | None = Field(description="Who signed on the other side, as the document names it.")
    tools: list[str] = Field(description="Covered tools; empty: all of the vendor.")
    tiers: list[str] = Field(description="Covered tiers; empty: all.")
    valid_from: date
    valid_until: date | None = Field(description="Last day in force; null: no end.")
    in_force: bool
    document: str = Field(description="Reference of the signed document.")
    document_sha256: str | None
    subcontractors: str = Field(description="Bound likewise: yes, no or unknown.")
    notice_days: int | None = Field(
        description="Days within which a breach must be reported; null: not known."
    )
    training: str = Field(description="Training on what is entered: forbidden, allowed or unknown.")
    deidentification: str = Field(description="Use of de-identified data: forbidden, allowed or unknown.")
    owner: str | None
    review_on: date | None
    kept_until: date | None = Field(description="Six years after its end; null: it has no end.")
    due: str | None = Field(description="Why it has to be looked at within 90 days; null: nothing is due.")


class Register(Document):
    """The register of business associate agreements."""

    items: list[RegisterEntry]
    total: int = Field(ge=0)


def document_router(reader: Reader) -> APIRouter:
    """Return the route of the JSON document."""
    routes = APIRouter()

    @routes.get(
        "/api/v1/agreements", tags=["agreements"], summary="List agreements", responses=failures(500, 503)
    )
    def list_agreements() -> Register:
        """List every agreement on record, in force or not, with what is due."""
        found, due = _register(reader)
        today = reader.clock().date()
        return Register(
            items=[
                RegisterEntry(
                    number=one.id,
                    tools=list(one.tool_ids),
                    tiers=list(one.tiers),
                    in_force=one.in_force(today),
                    due=due.get(one.id),
                    **{name: getattr(one, name) for name in _SAME},
                )
                for one in found
            ],
            total=len(found),
        )

    return routes


_SAME = (
    *(
        "vendor_id",
        "counterparty",
        "valid_from",
        "valid_until",
        "document",
        "document_sha256",
        "subcontractors",
    ),
    *("notice_days", "training", "deidentification", "owner", "review_on", "kept_until"),
)


def page_router(reader: Reader, pages: Pages) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/agreements")
    def register() -> Response:
        found, due = _register(reader)
        today = reader.clock().date()
        vendors = reader.catalogue.vendors
        tools = reader.catalogue.tools
        return pages.page(
            "agreements.html",
            here="/governance",
            agreements=sorted(
                found, key=lambda one: (one.id not in due, not one.in_force(today), one.vendor_id)
            ),
            due=due,
            today=today,
            vendor_names={name: vendor.name for name, vendor in vendors.items()},
            tool_names={name: tool.name for name, tool in tools.items()},
            now=reader.clock(),
        )

    return routes


def _register(reader: Reader) -> tuple[list[Agreement], dict[int, str]]:
    with reader.database.read() as conn:
        found = agreements(conn)
    return found, {one.id: why for one, why in to_act_on(found, reader.clock().date())}
