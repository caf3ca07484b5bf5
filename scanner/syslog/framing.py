"""Cut a stream of syslog over TCP or TLS into messages: octet counting and line feeds, told apart per frame.

Sources: RFC 6587 sections 3.4.1 and 3.4.2 (TCP), RFC 5425 section 4.3 (TLS), RFC 5424 section 6.1 (sizes).
"""

import re
from typing import Final

from scanner.inputs import LONGEST_LINE

LONGEST_MESSAGE: Final = LONGEST_LINE
_COUNTED: Final = re.compile(rb"[1-9][0-9]{0,9} <")
_MAY_BE_COUNTED: Final = re.compile(rb"[1-9][0-9]{0,9} ?\Z")
_END: Final = re.compile(rb"[\n\0]")
_BETWEEN: Final = re.compile(rb"[\r\n\0]*")


class FrameReader:
    """The messages of one connection, whatever pieces its bytes arrive in.

    A frame is counted if it begins with a length, a space and `<`; otherwise it ends at the next line feed or
    NUL (which GELF and some Cisco devices send). `too_long` counts messages above LONGEST_MESSAGE: they are
    left out, and reading goes on with the next frame.
    """

    __slots__ = ("_buffer", "_needed", "_searched", "_skip", "_skip_line", "too_long")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._needed = 1  # bytes without which nothing new can be said, so that drops cost nothing
        self._searched = 0
        self._skip = 0
        self._skip_line = False
        self.too_long = 0

    @property
    def held(self) -> int:
        """Return the number of bytes kept of a message that has not ended."""
        return len(self._buffer)

    @property
    def within(self) -> bool:
        """Say whether a message has begun and not ended, other than one that is left out as too long."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that are complete with these bytes, without what ends them."""
        buffer = self._buffer
        buffer += data
        if len(buffer) < self._needed:
            return []
        messages: list[bytes] = []
        at = 0
        while (after := self._next(at, messages)) is not None:
            at = after
            self._searched = 0
        if at:
            del buffer[:at]
            self._needed = max(1, self._needed - at)
        return messages

    def close(self) -> bytes | None:
        """Return a last message that ends with the connection; None if there is none, or it was cut off.

        Only one without a length can end so: of a counted one it is known that something is missing.
        """
        rest = bytes(self._buffer).strip(b"\r\n\0")
        whole = not self._skip and not self._skip_line and not _COUNTED.match(rest)
        self._buffer.clear()
        return rest if rest and whole else None

    def _next(self, at: int, messages: list[bytes]) -> int | None:
        """Take one frame from `at`; return where the next one begins, None where bytes are missing.

        `_needed` is then the size the buffer must have before it is looked at again.
        """
        buffer = self._buffer
        size = len(buffer)
        self._needed = size + 1
        if at == size:
            return None
        if self._skip:
            taken = min(self._skip, size - at)
            self._skip -= taken
            return at + taken
        found: re.Match[bytes] | None
        if self._skip_line:
            found = _END.search(buffer, at)
            self._skip_line = found is None
            return size if found is None else found.end()
        between = _BETWEEN.match(buffer, at)
        if between is not None and between.end() > at:
            return between.end()
        counted = _COUNTED.match(buffer, at)
        if counted is not None:
            start, length = counted.end() - 1, int(buffer[at : counted.end() - 2])
            if length > LONGEST_MESSAGE:
                self.too_long += 1
                self._skip = length
                return start
            if size - start < length:
                self._needed = start + length
                return None
            messages.append(bytes(buffer[start : start + length]))
            return start + length
        if _MAY_BE_COUNTED.match(buffer, at):
            return None
        found = _END.search(buffer, max(at, self._searched))
        if found is None:
            if size - at <= LONGEST_MESSAGE:
                self._searched = size - at  # relative to the frame, which will stand at the front
                return None
            self.too_long += 1
            self._skip_line = True
            return size
        if found.start() - at > LONGEST_MESSAGE:
            self.too_long += 1
        else:
            messages.append(bytes(buffer[at : found.start()]))
        return found.end()
