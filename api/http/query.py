"""Define and apply the filters and the paging of lists."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.http.views import Feed, ToolRow
from signatures.kinds import Category

LARGEST_PAGE = 200
PAGE = 50


class Status(StrEnum):
    """Statuses of the inventory."""

    UNREVIEWED = "unreviewed"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    PROHIBITED = "prohibited"
    RETIRED = "retired"


class Band(StrEnum):
    """Bands of the exposure score, highest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    MINIMAL = "minimal"


class FindingKind(StrEnum):
    """What the evidence for a tool shows."""

    USE = "use"
    EMBEDDED = "embedded"
    AMBIENT = "ambient"
    CONTACT = "contact"
    LOOK_ALIKE = "look_alike"
    PRESENCE = "presence"
    UNSEEN = "unseen"


Value = TypeVar("Value")


def _without_blanks(values: object) -> object:
    # A form without script sends every field, also those left at "Any".
    return [value for value in values if value != ""] if isinstance(values, list) else values


_Several = BeforeValidator(_without_blanks)
_Slug = Annotated[str, Field(max_length=100, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class ToolQuery(BaseModel):
    """Filters of the tool lists: values of one field are alternatives, fields narrow one another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Annotated[list[Status], _Several] = Field([], max_length=6, description="Inventory status.")
    band: Annotated[list[Band], _Several] = Field([], max_length=5, description="Band of the score.")
    vendor: Annotated[list[_Slug], _Several] = Field([], max_length=20, description="Vendor id.")
    category: Annotated[list[Category], _Several] = Field(
        [], max_length=40, description="Category of the tool."
    )
    finding_kind: Annotated[list[FindingKind], _Several] = Field(
        [], max_length=6, description="What the evidence shows; only use is use."
    )
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE, description="Tools per page.")
    offset: int = Field(0, ge=0, le=100_000, description="Tools to skip.")

    @property
    def filtered(self) -> bool:
        """Say whether any filter is set."""
        return bool(self.status or self.band or self.vendor or self.category or self.finding_kind)

    def keeps(self, row: ToolRow) -> bool:
        """Say whether a tool passes the filters."""
        return (
            _passes(self.status, row.status)
            and _passes(self.band, row.score.band if row.score else None)
            and _passes(self.vendor, row.vendor_id)
            and _passes(self.category, row.category)
            and _passes(self.finding_kind, row.finding_kind)
        )

    def page(self, rows: Sequence[ToolRow]) -> Feed:
        """Return one page of the rows, with the number of tools per band over all of them."""
        bands = [row.score.band for row in rows if row.score]
        return Feed(
            tools=tuple(rows[self.offset : self.offset + self.limit]),
            total=len(rows),
            offset=self.offset,
            limit=self.limit,
            bands=tuple((band.value, bands.count(band.value)) for band in Band),
        )


class ScanQuery(BaseModel):
    """Paging of the scans, by id, so that a new scan does not shift the pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(25, ge=1, le=100, description="Scans per page.")
    before: int | None = Field(None, ge=1, le=2**53, description="Only scans with a smaller id.")


def _passes(wanted: Sequence[Value], value: Value | None) -> bool:
    return not wanted or value in wanted
