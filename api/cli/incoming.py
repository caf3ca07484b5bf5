"""Make standard input a file, since recognition and checkpoints need to read some of it twice."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STDIN_LABEL = "standard input"


@contextmanager
def as_path(name: str) -> Iterator[Path]:
    """Yield the path of a file, or of a temporary copy of standard input for '-'."""
    if name != "-":
        yield Path(name)
        return
    with tempfile.NamedTemporaryFile(prefix="skiagram-stdin-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)
