"""Text stands out from its ground by 4.5 to 1, controls and bands by 3 to 1 (WCAG 2.2)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

BANDS = ("critical", "high", "moderate", "low", "minimal")
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "ink-faint", "accent")
        for ground in ("paper", "surface", "sunken")
    ),
    *((ink, "caution") for ink in ("ink", "ink-soft", "caution-ink", "accent")),
    *((ink, "head") for ink in ("head-ink", "head-soft")),
    *((f"{band}-ink", ground) for band in BANDS for ground in (f"{band}-soft", "surface", "paper")),
    ("surface", "accent"),
]
SHAPES = [
    *((band, "surface") for band in BANDS),
    ("focus", "paper"),
    ("focus", "surface"),
    ("ink-faint", "surface"),
]


def colours(scheme: str) -> dict[str, str]:
    """Return name -> colour of one scheme."""
    light, dark = (
        files("api.pages")
        .joinpath("static/tokens.css")
        .read_text()
        .split("@media (prefers-color-scheme: dark)")
    )
    return dict(re.findall(r"--([a-z-]+): #([0-9a-f]{6});", light if scheme == "light" else dark))


def luminance(colour: str) -> float:
    """Return the relative luminance WCAG defines."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    named = colours(scheme)
    weak = [
        f"{ink} on {ground}: {contrast(named[ink], named[ground]):.2f}"
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for ink, ground in pairs
        if contrast(named[ink], named[ground]) < least
    ]
    assert weak == []


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
