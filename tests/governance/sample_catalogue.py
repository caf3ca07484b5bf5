"""Build a small catalogue of imaginary vendors for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from signatures.catalogue import Catalogue, PhiTerms, Tool, Vendor
from signatures.kinds import Baa, Category, Grade, Maturity, Training

DAY = date(2026, 11, 1)


def terms(*tiers: str, **given: Any) -> PhiTerms:
    """Terms of a vendor that signs nothing and says little."""
    values: dict[str, Any] = {
        "tiers": tiers or ("*",),
        "baa": Baa.NO,
        "plan": "",
        "excluded": "",
        "training": Training.UNKNOWN,
        "retention_days": None,
        "retention": "",
        "region": None,
        "certificates": (),
        "source": "https://vendor.example/terms",
        "as_of": DAY,
        "grade": Grade.PRIMARY,
    }
    return PhiTerms(**{**values, **given})


def tool(tool_id: str, vendor_id: str, category: Category, *phi_terms: PhiTerms, **given: Any) -> Tool:
    """One tool without signatures."""
    values: dict[str, Any] = {
        "id": tool_id,
        "name": tool_id.replace("-", " ").title(),
        "vendor_id": vendor_id,
        "category": category,
        "clinical": False,
        "description": "",
        "tiers": (),
        "signatures": (),
        "phi_terms": phi_terms,
    }
    return Tool(**{**values, **given})


def catalogue(*tools: Tool) -> Catalogue:
    """A catalogue of the given tools."""
    vendors = {
        vendor_id: Vendor(
            vendor_id,
            vendor_id.replace("-", " ").title(),
            "https://vendor.example",
            "US",
            Maturity.STABLE,
            DAY,
            tuple(one for one in tools if one.vendor_id == vendor_id),
        )
        for vendor_id in sorted({one.vendor_id for one in tools})
    }
    return Catalogue("test-version", vendors, {one.id: one for one in tools})


SCRIBE = tool("scribe-one", "vendor-one", Category.AMBIENT_SCRIBE, terms(), clinical=True)
CHAT = tool(
    "chat-two",
    "vendor-two",
    Category.CHAT_ASSISTANT,
    terms("free", training=Training.DEFAULT_ON),
    terms("enterprise", baa=Baa.YES_PLAN, training=Training.NO, retention_days=30, region="US"),
    tiers=("free", "enterprise"),
)
SPELLING = tool("spelling-three", "vendor-three", Category.WRITING, terms(baa=Baa.YES_PLAN))
NOTES = tool("notes-two", "vendor-two", Category.MEETING_NOTES, terms())

CATALOGUE = catalogue(SCRIBE, CHAT, SPELLING, NOTES)
