"""Reads the heads of HTTP/1 requests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.captures.text import escaped_name, escaped_text

METHODS = (
    b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"CONNECT", b"PATCH", b"TRACE", b"PROPFIND",
    b"PROPPATCH", b"MKCOL", b"COPY", b"MOVE", b"LOCK", b"UNLOCK", b"REPORT", b"SEARCH", b"NOTIFY",
    b"SUBSCRIBE", b"UNSUBSCRIBE", b"M-SEARCH", b"MERGE", b"POLL", b"BCOPY", b"BDELETE", b"BMOVE",
    b"BPROPFIND", b"BPROPPATCH", b"CCM_POST", b"RPC_CONNECT", b"RPC_IN_DATA", b"RPC_OUT_DATA",
)  # fmt: skip
PREFACE = b"PRI * HTTP/2.0\r\n"
MAX_HEAD = 65_536
MAX_BODY = 1 << 30
"""Longest body that is jumped over: half of what TCP sequence numbers can tell apart."""

_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{0,15}://(?:[^/?#@]{0,256}@)?([^/?#]*)")
_PORT = re.compile(rb":[0-9]*\Z")
_VERSION = re.compile(rb"HTTP/1\.[0-9]\Z")
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,7}")
_WANTED = (b"host", b"user-agent", b"content-length", b"transfer-encoding", b"upgrade")


@dataclass(frozen=True, slots=True)
class Request:
    """What the head of a request says."""

    method: str
    host: str | None
    path: str
    """Without the query string."""
    user_agent: str | None
    body_length: int
    upgrades_to_http2: bool


def starts_request(head: bytes) -> bool:
    """Tell whether a TCP payload may begin a request, also if it is cut inside the method."""
    space = head.find(b" ", 0, 12)
    if space > 0:
        return head[:space] in METHODS
    return 0 < len(head) < 12 and any(method.startswith(head) for method in METHODS)


def read_request(stream: bytes, *, ended: bool = False) -> tuple[Request, int] | None:
    """Read the request head at the beginning of `stream`.

    Args:
        ended: nothing follows; a head without its empty line is read as far as it goes.

    Returns:
        The request and the bytes of its head, or None if more bytes are needed.

    Raises:
        ValueError: no HTTP/1 request stands here.
    """
    line_end = stream.find(b"\n", 0, MAX_HEAD)
    if line_end < 0 and ended:
        line_end = len(stream)
    if line_end < 0:
        if len(stream) >= MAX_HEAD or not starts_request(stream):
            raise ValueError("not a request")
        return None
    words = stream[:line_end].strip().split(b" ", 1)
    target, _, version = words[-1].rpartition(b" ")
    complete = _VERSION.match(version) or (line_end == len(stream) and b"HTTP/1.1".startswith(version))
    if words[0] not in METHODS or len(words) < 2 or not version or not complete:
        raise ValueError("not a request")
    size = _head_size(stream, line_end)
    if size is None:
        if not ended and len(stream) < MAX_HEAD:
            return None
        size = len(stream)
    headers = _headers(stream[line_end + 1 : size])
    if words[0] == b"CONNECT":
        body = 0  # what follows is a tunnel
    elif b"transfer-encoding" in headers:
        body = _chunks_size(stream, size)
    else:
        body = _stated_size(headers.get(b"content-length", b""))
    return _request(words[0], target.strip(), headers, body), size


def _stated_size(length: bytes) -> int:
    return min(int(length), MAX_BODY) if length.isdigit() and len(length) < 16 else 0


def _chunks_size(stream: bytes, start: int) -> int:
    """Return the size of a body in chunks (RFC 9112, 7.1); 0 if its end is not there."""
    at = start
    while (line_end := stream.find(b"\r\n", at, at + 64)) >= 0:
        size = _CHUNK.match(stream, at, line_end)
        if size is None:
            return 0
        if int(size[0], 16) == 0:
            end = stream.find(b"\r\n\r\n", line_end)
            return end + 4 - start if end >= 0 else 0
        at = line_end + 2 + int(size[0], 16) + 2
    return 0


def _head_size(stream: bytes, start: int) -> int | None:
    """Return the bytes up to and with the empty line; None if it is not there yet."""
    ends = [at + len(sign) for sign in (b"\n\r\n", b"\n\n") if (at := stream.find(sign, start)) >= 0]
    return min(ends, default=None)


def _headers(lines: bytes) -> dict[bytes, bytes]:
    """Return the first value of each header that is used."""
    found: dict[bytes, bytes] = {}
    for line in lines.split(b"\n"):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name in _WANTED:
            found.setdefault(name, value.strip())
    return found


def _request(method: bytes, target: bytes, headers: dict[bytes, bytes], body: int) -> Request:
    host, path = headers.get(b"host", b""), target
    if method == b"CONNECT":
        host = target
        path = b""
    elif absolute := _ABSOLUTE.match(target):
        # A proxy goes by the target, whatever the Host header says (RFC 9112, 3.2.2).
        host, path = absolute[1], target[absolute.end() :] or b"/"
    path = re.split(rb"[?#]", path, maxsplit=1)[0]
    host = _PORT.sub(b"", host.strip())
    agent = headers.get(b"user-agent")
    return Request(
        method=method.decode("ascii"),
        host=escaped_name(host) or None,
        path=escaped_text(path),
        user_agent=escaped_text(agent) if agent else None,
        body_length=body,
        upgrades_to_http2=headers.get(b"upgrade", b"").lower() == b"h2c",
    )
