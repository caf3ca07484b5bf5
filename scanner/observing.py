"""Let others watch what is read: every observer sees each batch, and stores what it saw with the batch."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection

from scanner.clock import Instant
from scanner.fields import Event
from scanner.table import Part, Table
from signatures.evidence import Match

MomentOf = Callable[[Part], Instant | None]


class Watch:
    """What one observer sees of one batch; this one sees nothing."""

    def see(self, event: Event, match: Match | None) -> None:
        """Take note of an event that was read exactly, with the tool it shows, if any."""

    def see_answer(self, event: Event) -> None:
        """Take note of what a name server answered to a question that is counted by its own line."""

    def infer(self, event: Event) -> Match | None:
        """Return the tool an event shows that shows none by itself; asked before `see`."""
        return None

    def see_times(self, first: Instant, last: Instant, moment: MomentOf) -> None:
        """Take note of the times between which the rows lie that `wanted_rows` is asked about next.

        `moment` reads the time of a row as the log wrote it.
        """

    def wanted_rows(self, table: Table, data: bytes, lines: list[bytes], exact: set[int]) -> Iterable[int]:
        """Return rows a kernel read that shall be read exactly beside those in `exact`."""
        return ()

    def see_table(self, table: Table, lines: list[bytes], exact: set[int]) -> None:
        """Take note of rows a kernel read; those in `exact` come to `see` as well.

        Rows may be added to `exact`; a watch that adds some belongs to the first observer, so that the others
        know of them.
        """

    def see_columns(self, names: Sequence[str]) -> None:
        """Take note of the columns that header lines name, after everything else."""

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        """Store what was seen, in the transaction that records the batch and only if it is new.

        Rows must refer to the batch and vanish with it (ON DELETE CASCADE): the last batch of a file that
        still grows is replaced by a longer one.
        """


class Observer:
    """Gives a watch for every batch; this one wants nothing."""

    def wants_host(self, host: str) -> bool:
        """Say whether lines that name a host must be read exactly although no tool has it."""
        return False

    def judge(self, hosts: Sequence[Part], others: Sequence[Part]) -> None:
        """Take note of hosts, and of user agents and applications, as lines a kernel read write them.

        Asked before the watch sees these lines, and seldom twice about the same text: what is remembered here
        need not be worked out row by row.
        """

    def watch(self) -> Watch:
        """Return a new watch."""
        return Watch()
