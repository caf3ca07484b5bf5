"""Find which recorded content the one at hand is, or goes on from."""

from collections.abc import Iterable, Iterator, Mapping
from glob import escape
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from scanner.errors import ScannerError
from scanner.inputs import BlockReader, member_again
from scanner.pihole import Queries
from scanner.sources import Content, begin
from storage.batches import ContentState, batch_ends, contents_with_head

_MOST_ROTATED: Final = 50
_MOST_ASKED: Final = 32
"""Contents that begin alike, the newest, whose files are compared; exports of one kind all begin alike."""


def longest_known(known: list[ContentState], content: Content) -> ContentState | None:
    """Return the recorded content this one begins with, the longest; reads the stream to find out."""
    marks = {state.consumed for state in known} | {
        state.tail_end for state in known if state.tail_end is not None
    }
    reader = BlockReader(content.stream)
    reached = reader.skip_to(marks)
    fitting = [
        state
        for state in known
        if reached.get(state.consumed) == state.consumed_digest
        # A provisional last line may only be replaced by a content that says the same so far.
        and (state.tail_end is None or reached.get(state.tail_end) == state.tail_digest)
    ]
    found = max(fitting, key=lambda state: state.consumed, default=None)
    return found or (_older_copy_of(known, content, *reader.reached) if reader.damage is None else None)


def _older_copy_of(
    known: Iterable[ContentState], content: Content, size: int, digest: str
) -> ContentState | None:
    """Return the recorded content of whose file this one is the beginning, where that file is still there.

    What was recorded ends at other bytes than a copy made earlier, so only the file itself can tell.
    """
    head = content.decoded_head
    longer = sorted((state for state in known if state.consumed > size), key=lambda state: -state.id)
    for state in longer[:_MOST_ASKED]:
        for path, label in _where_it_may_be(state.label):
            try:
                with member_again(path, label) as member:
                    whole = begin(member.stream)
                    if not whole.decoded_head.startswith(head):
                        continue
                    reached = BlockReader(whole.stream).skip_to([size, state.consumed])
            except (ScannerError, OSError, ValueError):
                continue
            if reached.get(size) == digest and reached.get(state.consumed) == state.consumed_digest:
                return state
    return None


def _where_it_may_be(label: str) -> Iterator[tuple[Path, str]]:
    """Yield the file a content was read from, and those that it may have become by rotation."""
    name, inside, _ = label.partition("!")
    path = Path(name)
    yield path, label
    if not inside:
        try:
            others = sorted(path.parent.glob(f"{escape(path.name)}?*"))
        except (OSError, ValueError):
            return
        yield from ((other, str(other)) for other in others[:_MOST_ROTATED])


def recorded_queries(conn: Connection, head_digest: str) -> dict[int, dict[int, str]]:
    """Return, for each recorded database of a Pi-hole, the ids at which batches end, with the digests of the rows."""
    return {state.id: batch_ends(conn, state.id) for state in contents_with_head(conn, head_digest)}


def continued(queries: Queries, known: Mapping[int, Mapping[int, str]]) -> tuple[int | None, int]:
    """Return which recorded content a database continues, None for a new one, and the id up to which it was read.

    `known` is what recorded_queries() returned. A database is the same where rows that both have are the same. Where
    it went on differently (a backup that was put back), it is a new content from the last row that both have.
    """
    common = 0
    for content, marks in known.items():
        agreed = 0
        for number, digest in sorted(marks.items()):
            here = queries.holds(number)
            if here is None:
                continue
            if here != digest:
                break
            agreed = number
        else:
            if (
                agreed
            ):  # the rows up to the last batch have been read, whether this copy still has them or not
                return content, max(marks)
        common = max(common, agreed)
    # One that was begun, and nothing recorded of it, is taken up.
    return next((content for content, marks in known.items() if not marks), None), common
