"""Print data to stdout and everything else to stderr; nothing from a log is ever markup."""

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def console(*, stderr: bool = False) -> "Console":
    """Return a console that colours only terminals and obeys NO_COLOR."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else int(os.environ.get("COLUMNS", "118"))
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width, soft_wrap=False)


def note(text: str) -> None:
    """Tell a person something, on stderr."""
    from api.pages.text import shown

    print(shown(text), file=sys.stderr)


def print_json(value: Any) -> None:
    """Print one JSON document."""
    print(json.dumps(value, ensure_ascii=True, indent=2, default=str))


def print_line(value: Any) -> None:
    """Print one line of NDJSON."""
    print(json.dumps(value, ensure_ascii=True, default=str))


_PROSE = frozenset(
    {
        "tool",
        "reason",
        "reason, as assumed where it changed",
        "title",
        "meaning",
        "value",
        "file",
        "part",
        "format",
        "signature",
        "problem",
    }
    | {"declared and seen", "declared, not seen", "seen, not declared (people)", "not in the catalogue"}
    | {"AI tools in these departments (people)"}
    | {
        "governance",
        "training",
        "review",
        "question",
        "answer",
        "proposal",
        "votes",
        "what",
        "detail",
        "last error",
    }
)


def table(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], *, colours: Sequence[str] = ()
) -> None:
    """Print a table; each column is (title, 'left' or 'right'), each row's colour by position."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from api.pages.text import shown

    drawn = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold"
    )
    for title, side in columns:
        # Prose may run over several lines; an id or a number that did could not be copied.
        wraps = title in _PROSE
        drawn.add_column(
            title, justify="right" if side == "right" else "left", overflow="fold", no_wrap=not wraps
        )
    for number, row in enumerate(rows):
        style = colours[number] if number < len(colours) else ""
        drawn.add_row(*(Text(shown(cell)) for cell in row), style=style)
    console().print(drawn)


BAND_COLOURS = {"critical": "bold red", "high": "red", "moderate": "yellow", "low": "", "minimal": "dim"}
