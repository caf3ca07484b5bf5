"""Find which recorded content the one at hand is, or goes on from."""

from collections.abc import Mapping

from sqlalchemy import Connection

from scanner.inputs import BlockReader
from scanner.pihole import Queries
from scanner.sources import Content
from storage.batches import ContentState, batch_ends, contents_with_head


def longest_known(known: list[ContentState], content: Content) -> ContentState | None:
    """Return the recorded content this one begins with, the longest; reads the stream to find out."""
    marks = {state.consumed for state in known} | {
        state.tail_end for state in known if state.tail_end is not None
    }
    reached = BlockReader(content.stream).skip_to(marks)
    fitting = [
        state
        for state in known
        if reached.get(state.consumed) == state.consumed_digest
        # A provisional last line may only be replaced by a content that says the same so far.
        and (state.tail_end is None or reached.get(state.tail_end) == state.tail_digest)
    ]
    return max(fitting, key=lambda state: state.consumed, default=None)


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
