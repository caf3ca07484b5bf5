"""Draw the charts of the report as SVG that stands alone: no style sheet, no script, every text escaped."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from api.reporting.plain import plain
from governance.report.figures import Lines, Links, Ranges

TONES = {
    "critical": "#b3142a",
    "high": "#c75a00",
    "moderate": "#a37c00",
    "low": "#3a7db5",
    "minimal": "#7d8c95",
    "good": "#2e7d4f",
    "bad": "#b3142a",
    "open": "#a37c00",
    "plain": "#5d6d77",
}
"""Tone -> colour; words say the same everywhere."""
_INK, _FAINT, _RULE = "#12202a", "#5d6d77", "#d7dfe3"
_STROKES = (("#0a5d72", ""), ("#c75a00", "7 3"), ("#5d6d77", "2 3"), ("#b3142a", "9 3 2 3"))
_WIDE = 720
_LONGEST = 34


def ranges_svg(block: Ranges) -> str:
    """Draw values with their ranges as bars on one scale."""
    row, left = 21, 190
    wide, height = _WIDE - left - 40, len(block.items) * 21 + 20
    scale = wide / block.most
    marks = [0, 25, 50, 75, 100] if block.most == 100 else [0, block.most / 2, block.most]
    parts = [
        f'<path d="M{left + mark * scale:.1f} 0V{height - 18}" stroke="{_RULE}" stroke-width="1"/>'
        + _text(left + mark * scale, height - 4, f"{mark:g}", "middle", _FAINT)
        for mark in marks
    ]
    for place, one in enumerate(block.items):
        y, colour = place * row + 4, TONES.get(one.tone, _INK)
        at, width = left + one.value * scale, max((one.high - one.low) * scale, 2)
        parts += [
            _text(left - 8, y + 11, one.label, "end"),
            _bar(left + one.low * scale, y + 3, width, 8, colour, 0.3),
            _bar(at - 2, y, 4, 14, colour, 1),
            _text(_WIDE - 4, y + 11, f"{one.value:g}", "end", colour),
        ]
    return _svg(height, block.alt, parts)


def links_svg(block: Links) -> str:
    """Draw two columns of names and lines between those that belong together."""
    row, from_x, to_x = 20, 235, 485
    height = row * max(len(block.left), len(block.right))
    parts = []
    for left, right in block.lines:
        a, b = left * row + row / 2, right * row + row / 2
        tone = block.left[left].tone
        colour, width = (_RULE, 1.0) if tone == "good" else (TONES.get(tone, _RULE), 1.1)
        parts.append(
            f'<path d="M{from_x} {a:g}C{from_x + 110} {a:g} {to_x - 110} {b:g} {to_x} {b:g}" fill="none" '
            f'stroke="{colour}" stroke-width="{width}" stroke-opacity="0.45"/>'
        )
    for marks, x, shift, anchor in ((block.left, from_x, -9, "end"), (block.right, to_x, 9, "start")):
        for place, mark in enumerate(marks):
            y = place * row + row / 2
            parts += [
                f'<circle cx="{x}" cy="{y:g}" r="4" fill="{TONES.get(mark.tone, _INK)}"/>',
                _text(x + shift, y + 4, mark.text, anchor),
            ]
    return _svg(height, block.alt, parts)


def lines_svg(block: Lines) -> str:
    """Draw values over time; a gap in a line is time of which nothing is known."""
    left, top, tall = 56, 8, 130
    wide, foot = _WIDE - left - 12, top + tall
    known = [value for line in block.lines for value in line.values if value is not None]
    most = 1.0 if block.percent else max([*known, 1.0])
    step = wide / max(len(block.times) - 1, 1)
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = foot - share * tall
        label = f"{share * 100:g} %" if block.percent else f"{share * most:g}"
        parts += [
            f'<path d="M{left} {y:g}H{left + wide}" stroke="{_RULE}" stroke-width="1"/>',
            _text(left - 6, y + 4, label, "end", _FAINT),
        ]
    every = max(1, -(-len(block.times) // 7))
    parts += [
        _text(left + place * step, foot + 16, time, _anchor(place, len(block.times)), _FAINT)
        for place, time in enumerate(block.times)
        if place % every == 0
    ]
    for number, line in enumerate(block.lines):
        colour, dashes = _STROKES[number % len(_STROKES)]
        path, broken = [], True
        for place, value in enumerate(line.values):
            if value is None:
                broken = True
                continue
            x, y = left + place * step, foot - min(value / most, 1) * tall
            path.append(f"{'M' if broken else 'L'}{x:.1f} {y:.1f}")
            broken = False
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colour}"/>')
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        if path:
            parts.append(f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        x, y = left + (number % 2) * wide / 2, foot + 36 + number // 2 * 18
        parts += [
            f'<path d="M{x:g} {y - 4:g}h22" stroke="{colour}" stroke-width="2"{dash}/>',
            _text(x + 28, y, line.label, "start"),
        ]
    return _svg(foot + 42 + (len(block.lines) - 1) // 2 * 18, block.alt, parts)


def _anchor(place: int, places: int) -> str:
    return "start" if place == 0 else "end" if place == places - 1 else "middle"


def _bar(x: float, y: float, width: float, height: float, colour: str, opacity: float) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height:g}" fill="{colour}" '
        f'fill-opacity="{opacity:g}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, colour: str = _INK) -> str:
    shown = plain(words)
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    return f'<text x="{x:g}" y="{y:g}" font-size="12" text-anchor="{anchor}" fill="{colour}">{escape(shown)}</text>'


def _svg(height: float, alt: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {height:g}" role="img" '
        f"aria-label={quoteattr(plain(alt))}>{''.join(parts)}</svg>"
    )
