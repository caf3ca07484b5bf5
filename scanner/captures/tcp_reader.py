"""Reads client hellos, HTTP requests, DNS and SOCKS names out of TCP flows, whatever the port."""

from __future__ import annotations

from scanner.captures import hello, http, socks
from scanner.captures.flow_table import Group
from scanner.captures.flows import SYN, Fate, Flow, Side
from scanner.captures.page import Page
from scanner.captures.segments import MASK, Segments, ahead_of

PAYLOADS_FOR_TSHARK = 8
"""Payload packets per direction of an unknown flow that tshark gets."""
PACKETS_OF_UNKNOWN_FLOW = 256
"""Packets after which no more payloads of an unknown flow are looked for."""
PACKETS_OF_WHOLE_FLOW = 4096
LOOK_BACK = 4
"""Packets before the beginning of a message among which its later parts are looked for."""

_ALERT, ALERT_SIZE = b"\x15\3", 7
_KNOWN_STARTS = (
    b"HTTP/1.", b"SSH-", b"220 ", b"220-", b"* OK", b"+OK", b"EHLO ", b"HELO ", b"\x0bMSH|", b"\xff" * 16,
)  # fmt: skip
"""Greetings of web, SSH, FTP, mail and HL7 peers, and BGP. TLS that begins later in them is read all the same."""
SILENT_PORTS = frozenset(
    {21, 22, 23, 25, 88, 102, 104, 110, 111, 119, 135, 139, 143, 179, 389, 445, 464, 502, 515, 554, 587, 631, 636,
     993, 995, 1433, 1521, 1723, 1883, 2049, 2575, 3268, 3306, 3389, 3868, 5060, 5432, 5900, 5985, 6379, 6667,
     9042, 9092, 9100, 11112, 27017}
)  # fmt: skip
"""Mail, files, directories, databases, remote desktops, printers, telephony, plant control, DICOM and HL7: no
names of web services in them but in TLS and HTTP, which are found at any port."""


def read(page: Page, group: Group) -> None:
    """Read one TCP flow's packets of one batch."""
    flow = group.flow
    if (
        flow.fate == Fate.TO_TSHARK
        and flow.sides[0].packets + flow.sides[1].packets > PACKETS_OF_UNKNOWN_FLOW
    ):
        flow.fate = Fate.KNOWN
    if not (group.interesting or flow.fate in (Fate.UNDECIDED, Fate.TO_TSHARK) or _pending(flow)):
        if flow.fate == Fate.WHOLLY_TO_TSHARK:
            _give_wholly(page, group)
        return
    reader = _Reader(page, flow, group.rows, group.sides)
    for at, index in enumerate(group.rows):
        flags, fate = page.flags[index], flow.fate
        if flags & SYN and fate in (Fate.UNDECIDED, Fate.TO_TSHARK):
            reader.openings.append(index)
        if page.starts[index] >= page.ends[index]:
            continue
        side = flow.sides[group.sides[at]]
        if fate == Fate.UNDECIDED and page.hits[index] and _is_one_hello(page, flow, index, group.sides[at]):
            continue
        if (
            page.hits[index]
            or fate == Fate.UNDECIDED
            or side.segments is not None
            or side.awaits_next
            or (fate == Fate.TO_TSHARK and side.payloads < PAYLOADS_FOR_TSHARK)
        ):
            reader.segment(at, side, flags)
    if flow.fate == Fate.WHOLLY_TO_TSHARK:
        _give_wholly(page, group)


def _is_one_hello(page: Page, flow: Flow, index: int, number: int) -> bool:
    """Read a hello that is the first payload of its side and fills one packet, as most do."""
    side, payload = flow.sides[number], page.payload(index)
    if (
        side.payloads
        or payload[0] != hello.HANDSHAKE_RECORD
        or int.from_bytes(payload[3:5], "big") + 5 != len(payload)
        or len(payload) != page.lengths[index]
        or page.flags[index] & SYN
        or flow.has_port(53)
    ):
        return False
    try:
        found = hello.read_tls(payload)
    except hello.NotAHello:
        return False
    if found is None:
        return False
    page.hello("tls_client_hello", index, flow.labels(number), found[0])
    side.payloads, flow.fate = 1, Fate.KNOWN
    side.consumed = page.sequences[index] + len(payload) & MASK
    return True


def _pending(flow: Flow) -> bool:
    one, two = flow.sides
    return one.segments is not None or two.segments is not None or one.awaits_next or two.awaits_next


def _give_wholly(page: Page, group: Group) -> None:
    if group.flow.sides[0].packets + group.flow.sides[1].packets <= PACKETS_OF_WHOLE_FLOW:
        page.for_tshark.update(group.rows)


class _Reader:
    """The packets of one flow in one batch."""

    def __init__(self, page: Page, flow: Flow, positions: list[int], sides: list[int]) -> None:
        self._page, self._flow, self._positions, self._sides = page, flow, positions, sides
        self.openings: list[int] = []
        """Packets with SYN: tshark follows a flow better with them."""
        self._side = 0

    def segment(self, at: int, side: Side, flags: int) -> None:
        """Look at one packet with payload."""
        index = self._positions[at]
        sequence = self._page.sequences[index] + (1 if flags & SYN else 0) & MASK
        payload = self._page.payload(index)
        side.payloads += 1
        self._side = self._sides[at]
        cut = self._page.lengths[index] > len(payload)
        if side.segments is not None:
            side.segments.add(sequence, payload)
            self._read(side, index, cut=cut)
            return
        if side.consumed is not None and ahead_of(sequence, side.consumed) < 0:
            if not side.comes_late(sequence):
                return  # seen before, or inside the body of a request
            assert side.missing is not None
            side.consumed, side.missing = side.missing[0], None
        side.awaits_next = False
        gap_at = side.behind_gap(sequence)
        if self._flow.has_port(53):
            self._begin_dns(side, index, sequence, payload, gap_at, cut=cut)
            return
        if payload.startswith(_ALERT) and len(payload) > ALERT_SIZE:  # a hello may follow at once
            sequence, payload = sequence + ALERT_SIZE & MASK, payload[ALERT_SIZE:]
        kind = _kind(payload)
        if side.payloads == 1 and gap_at is not None and not (kind and self._page.hits[index]):
            side.segments = Segments(gap_at, "")  # the beginning may come later
            side.segments.add(sequence, payload)
        elif kind:
            side.missing = None if gap_at is None else (gap_at, sequence)
            side.segments = Segments(sequence, kind)
            side.segments.add(sequence, payload)
            for earlier, piece in self._before(at, sequence):
                side.segments.add(earlier, piece)
            self._read(side, index, cut=cut)
        elif self._flow.fate in (Fate.UNDECIDED, Fate.TO_TSHARK):
            self._unknown(side, index, payload)

    def _begin_dns(
        self, side: Side, index: int, sequence: int, payload: bytes, gap_at: int | None, *, cut: bool
    ) -> None:
        """Begin to read messages, at once if they are whole, else with the bytes missing before them."""
        start = sequence
        if gap_at is not None and not cut and not _is_whole_dns(payload):
            start = gap_at
        elif gap_at is not None:
            side.missing = gap_at, sequence
        side.segments = Segments(start, "dns")
        side.segments.add(sequence, payload)
        self._read(side, index, cut=cut)

    def _before(self, at: int, sequence: int) -> list[tuple[int, bytes]]:
        """Return earlier packets of the same side that hold what comes after `sequence`."""
        found: list[tuple[int, bytes]] = []
        for earlier in range(max(0, at - LOOK_BACK), at):
            if self._sides[earlier] == self._sides[at]:
                index = self._positions[earlier]
                its_sequence = self._page.sequences[index]
                if 0 < ahead_of(its_sequence, sequence) < 65536:
                    found.append((its_sequence, self._page.payload(index)))
        return found

    def _read(self, side: Side, index: int, *, cut: bool) -> None:
        """Read messages off the bytes that are there, until more are needed or nothing is known.

        If the capture cut this packet, the rest of its message never comes and what is there must do.
        """
        previous: Segments | None = None
        while side.segments is not None and side.segments is not previous:
            previous = side.segments
            if not previous.kind and previous.data:
                previous.kind = _kind(bytes(previous.data[:64])) or "unknown"
            if previous.data:
                _STEPS[previous.kind](self, side, previous, index, cut)
        if side.segments is not None and (cut or side.segments.exhausted):
            side.segments = None

    def _done(self, side: Side, segments: Segments, size: int, behind: int = 0) -> None:
        """Close a message of `size` bytes with `behind` bytes of body; go on with what follows it."""
        self._decide(Fate.KNOWN)
        side.consumed = (segments.start + size + behind) & MASK
        rest = bytes(segments.data[size + behind :])
        kind = _kind(rest)
        side.segments = Segments(side.consumed, kind) if kind else None
        if side.segments is not None:
            side.segments.add(side.consumed, rest)

    def _read_unknown(self, side: Side, segments: Segments, index: int, cut: bool) -> None:
        side.segments = None
        self._unknown(side, index, bytes(segments.data))

    def _read_hello(self, side: Side, segments: Segments, index: int, cut: bool) -> None:
        try:
            found = hello.read_tls(bytes(segments.data), ended=cut)
        except hello.NotAHello:
            self._read_unknown(side, segments, index, cut)
            return
        if found is not None:
            self._page.hello("tls_client_hello", index, self._flow.labels(self._side), found[0])
            self._done(side, segments, found[1])

    def _read_request(self, side: Side, segments: Segments, index: int, cut: bool) -> None:
        data = bytes(segments.data)
        if data.startswith(http.PREFACE):
            side.segments, self._flow.fate = None, Fate.WHOLLY_TO_TSHARK
            return
        try:
            found = http.read_request(data, ended=cut)
        except ValueError:
            self._read_unknown(side, segments, index, cut)
            return
        if found is None:
            return
        request, size = found
        self._page.request(index, self._flow.labels(self._side), request)
        self._done(side, segments, size, request.body_length)
        side.awaits_next = side.segments is None
        if request.upgrades_to_http2:
            self._flow.fate = Fate.WHOLLY_TO_TSHARK

    def _read_dns(self, side: Side, segments: Segments, index: int, cut: bool) -> None:
        self._decide(Fate.KNOWN)
        while len(segments.data) >= 2:
            size = segments.data[0] << 8 | segments.data[1]
            if size >= 12 and len(segments.data) < 2 + size and not cut:
                return
            if size >= 12:
                self._page.dns(index, self._flow.labels(self._side), bytes(segments.data[2 : 2 + size]))
                segments.drop(2 + size)
            else:
                segments.drop(len(segments.data))  # out of step: begin again with the next packet
        if not segments.data and not segments.has_gap:
            side.segments, side.consumed = None, segments.end

    def _read_socks(self, side: Side, segments: Segments, index: int, cut: bool) -> None:
        asked = socks.requested_name(bytes(segments.data))
        if asked is not None:
            self._page.socks(index, self._flow.labels(self._side), asked[0])
        side.segments, side.consumed = None, segments.end
        if segments.data[0] == socks.PASSWORD_VERSION:
            side.segments = Segments(segments.end, "socks")  # the request comes after the password

    def _unknown(self, side: Side, index: int, payload: bytes) -> None:
        """Decide on a flow by a payload that begins no message that is read here."""
        if self._flow.fate == Fate.UNDECIDED and (
            (side.payloads == 1 and self._read_proxy_start(side, index, payload))
            or _is_known(payload)
            or self._flow.server_port in SILENT_PORTS
        ):
            self._decide(Fate.KNOWN)
        elif self._flow.fate != Fate.KNOWN and side.payloads <= PAYLOADS_FOR_TSHARK:
            self._decide(Fate.TO_TSHARK)
            self._page.for_tshark.update(self.openings)
            self._page.for_tshark.add(index)

    def _read_proxy_start(self, side: Side, index: int, payload: bytes) -> bool:
        asked = socks.requested_name_4a(payload)
        if asked is not None:
            self._page.socks(index, self._flow.labels(self._side), asked[0])
            return True
        if not socks.is_greeting(payload):
            return False
        sequence = self._page.sequences[index]
        side.segments = Segments((sequence + len(payload)) & MASK, "socks")
        return True

    def _decide(self, fate: Fate) -> None:
        if self._flow.fate == Fate.UNDECIDED:
            self._flow.fate = fate


_STEPS = {
    "hello": _Reader._read_hello,
    "http": _Reader._read_request,
    "dns": _Reader._read_dns,
    "socks": _Reader._read_socks,
    "unknown": _Reader._read_unknown,
}


def _kind(head: bytes) -> str:
    if hello.looks_like_hello(head):
        return "hello"
    if http.starts_request(head) or (head and http.PREFACE.startswith(head[: len(http.PREFACE)])):
        return "http"
    return ""


def _is_whole_dns(payload: bytes) -> bool:
    """Tell whether a payload consists of messages with their lengths before them."""
    at = 0
    while at + 2 < len(payload):
        size = payload[at] << 8 | payload[at + 1]
        if size < 12:
            return False
        at += 2 + size
    return at == len(payload)


def _is_known(payload: bytes) -> bool:
    """Tell whether a payload belongs to a protocol that holds no more names to read."""
    is_tls = len(payload) >= 3 and 20 <= payload[0] <= 23 and payload[1] == 3 and payload[2] <= 4
    return is_tls or payload.startswith(_KNOWN_STARTS)
