"""See minute by minute who used which tool, who used the patient record (EHR), and by whose account."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import compress, count
from typing import Final

from sqlalchemy import Connection

from scanner.detect import HOUR, principal_of, stated_size
from scanner.fields import KIND_PRESENCE, KIND_REMOVAL, Event
from scanner.observing import Observer, Watch
from scanner.table import Part, Table
from signatures.ehr import EhrList
from signatures.evidence import Match
from signatures.kinds import Kind, Surface
from storage.pseudonyms import Pseudonyms
from storage.usage import BatchUsage, MinuteUse, record_usage

_SIGN_INS: Final = frozenset({Kind.SSO_APP_ID, Kind.SSO_APP_NAME, Kind.OAUTH_CLIENT})
_REMEMBERED: Final = 300_000
_NO_USE: Final = frozenset({KIND_PRESENCE, KIND_REMOVAL})
_LONGEST: Final = 200
"""Longer texts are user agents and addresses with paths."""


class UsageObserver(Observer):
    """Watches use of tools and of the record.

    `own_domains` are the organisation's mail domains, `private_domains` those of mail for everybody.
    """

    def __init__(
        self,
        pseudonyms: Pseudonyms,
        record: EhrList,
        own_domains: Collection[str],
        private_domains: Collection[str],
    ) -> None:
        self.pseudonyms = pseudonyms
        self.own = frozenset(name.strip().lstrip("@").casefold() for name in own_domains)
        self.private = frozenset(name.casefold() for name in private_domains)
        self.names = _RecordNames(record)

    def judge(self, hosts: Sequence[Part], others: Sequence[Part]) -> None:
        self.names.learn((*hosts, *others))

    def watch(self) -> Watch:
        self.names.trim()
        return _UsageWatch(self)


class _RecordNames(dict[Part, bool]):
    """Whether a host, URL or application as a log wrote it is a record system, each worked out once."""

    def __init__(self, record: EhrList) -> None:
        super().__init__()
        self._record = record
        self.noted: set[Part] = set()
        """Those that are."""
        marks = record.marks()
        self._marks = marks if all(map(str.isascii, marks)) else ()

    def learn(self, parts: Sequence[Part]) -> None:
        """Work out at once which parts are none: nearly all are."""
        plain = self._unmarked(parts)
        for part in set(parts).difference(plain):
            self[part]

    def _unmarked(self, parts: Sequence[Part]) -> Sequence[Part]:
        """Return those parts that certainly are none."""
        plain = [part for part in parts if isinstance(part, bytes | str) and part.isascii()]
        texts = [part.decode("ascii") if isinstance(part, bytes) else part for part in plain]
        text = "\n".join(texts).lower()
        if not self._marks or text.count("\n") != len(plain) - 1:
            return ()
        marked: set[int] = set()
        # A few searches over all of them cost less than one expression with as many choices.
        for mark in self._marks:
            at, place, before = text.find(mark), 0, 0
            while at >= 0:
                place += text.count("\n", before, at)
                before = at
                marked.add(place)
                end = text.find("\n", at)
                at = text.find(mark, end + 1) if end >= 0 else -1
        return [part for place, part in enumerate(plain) if place not in marked]

    def __missing__(self, part: Part) -> bool:
        text = part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part or "")
        text = text.strip('"')
        found = False
        if text and len(text) <= _LONGEST:
            host = (text.partition("://")[2] or text).partition("/")[0]
            found = self._record.of_host(host) is not None or self._record.of_application(text) is not None
        self[part] = found
        if found and len(self.noted) < _REMEMBERED:
            self.noted.add(part)
        return found

    def trim(self) -> None:
        """Forget what was worked out once there is too much of it; what is noted stays, it is not told again."""
        if len(self) > _REMEMBERED:
            self.clear()


class _UsageWatch(Watch):
    """What one batch shows."""

    def __init__(self, observer: UsageObserver) -> None:
        self._observer = observer
        self._used: list[tuple[Event, Match]] = []
        self._record: dict[tuple[str, str, int], int] = defaultdict(int)

    def see(self, event: Event, match: Match | None) -> None:
        if match is not None and match.surface == Surface.USE:
            self._used.append((event, match))
        moment = event.get("timestamp")
        if moment is None or event.get("action") == "blocked" or event.get("outcome") == "failure":
            return
        if event.get("kind") in _NO_USE:
            return
        names = (
            event.get("destination_domain"),
            event.get("dns_question"),
            event.get("application_name"),
        )
        if any(name and self._observer.names[name] for name in names):
            kind, name = principal_of(event)
            minute = int(moment // 60)
            self._record[kind, name, minute // 60] |= 1 << (minute % 60)

    def see_table(self, table: Table, lines: list[bytes], exact: set[int]) -> None:
        """Have read exactly one row of every user and stretch of time in which the record was used."""
        noted = self._observer.names.noted
        if not noted:
            return
        known: set[tuple[Part, object]] = set()
        for column in (table.hosts, *table.also):
            for row in compress(count(), map(noted.__contains__, column)):
                user = table.users[row] if table.users is not None else None
                if user is not None and user not in (b"-", "-", b"", ""):
                    key = (user, _stretch(table.times[row]))
                    if key in known:
                        continue
                    known.add(key)
                exact.add(row)

    def store(self, conn: Connection, batch_id: int, source: str) -> None:
        # Only now: a later line may have said that an event was blocked.
        used: dict[tuple[str, str, str, int], dict[int, MinuteUse]] = {}
        accounts: dict[tuple[str, str], int] = defaultdict(int)
        names = _Names(self._observer.pseudonyms)
        for event, match in self._used:
            account = self._account(event, match)
            if account:
                accounts[match.tool_id, account] += 1
            moment = event.get("timestamp")
            if moment is None or event.get("action") == "blocked" or event.get("outcome") == "failure":
                continue
            kind, name = principal_of(event)
            pseudonym = names.of(kind, name)
            if not pseudonym:
                continue
            hour, second = divmod(int(moment), HOUR)
            minutes = used.setdefault((match.tool_id, pseudonym, kind, hour), {})
            before = minutes.get(second // 60, MinuteUse(0, None, None))
            minutes[second // 60] = before.plus(
                stated_size(event.get("source_bytes")), stated_size(event.get("destination_bytes"))
            )
        record: dict[tuple[str, str, int], int] = defaultdict(int)
        for (kind, name, hour), bits in self._record.items():
            pseudonym = names.of(kind, name)
            if pseudonym:
                record[pseudonym, kind, hour] |= bits
        record_usage(conn, batch_id, BatchUsage(source, used, dict(accounts), dict(record)))

    def _account(self, event: Event, match: Match) -> str | None:
        """Return whose account an event shows: a sign-in by our own mail, or anything by a private one."""
        mail = str(event.get("user_email") or event.get("actor") or event.get("user_name") or "")
        domain = mail.rpartition("@")[2].strip().casefold() if "@" in mail else ""
        if domain in self._observer.private:
            return "personal"
        # The user a proxy names signed in to the proxy; only a sign-in to the tool shows the tool's account.
        return "organisation" if match.kind in _SIGN_INS and domain in self._observer.own else None


class _Names:
    """Pseudonyms, each worked out once."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        """Return the pseudonym of a principal, "" for nobody."""
        if kind == "unknown" or not name:
            return ""
        known = self._known.get((kind, name))
        if known is None:
            known = self._known[kind, name] = self._pseudonyms.principal(name, kind)
        return known


def _stretch(time: Part) -> object:
    """Return the same value for times that are certainly within one minute of a clock."""
    if isinstance(time, int | float):
        return int(time) // 60
    text = time.decode("utf-8", "replace") if isinstance(time, bytes) else str(time)
    minute, colon, _ = text.rpartition(":")
    return minute if colon and text.count(":") >= 2 else text
