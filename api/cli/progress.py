"""A progress bar for long scans: rate and time left on a terminal, silence when piped."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def progress_over(names: Sequence[str]) -> Iterator[Callable[[int], None] | None]:
    """Yield a function to call with bytes read, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    from api.cli.output import console
    from scanner.sources import Missing, find_files

    total = sum(0 if isinstance(file, Missing) else file.stat().st_size for file in find_files(names))
    columns = (
        TextColumn("reading"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total or None)
        yield lambda size: bar.advance(task, size)
