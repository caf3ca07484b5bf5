"""Make one line of one message, so that no sender can write two, and mark the files such lines are kept in."""

import re
from typing import Final

SPOOL_MARK: Final = "#skiagram-spool "
"""How the first line of a file of received messages begins; it is no message, and no format sees it.

It gives the file an identity of its own (two senders, or one twice, may say exactly the same) and a beginning
that no sender has a say in.
"""
_MARK_LENGTH: Final = 271
"""Up to where the kinds of binary files have their signs, a tar archive the furthest."""
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def line_of(message: bytes) -> bytes:
    """Return a message as one line of UTF-8 without its end; empty where it says nothing.

    Control characters are written as rsyslog does, as # and three octal digits, but for tabs.
    """
    text = message.rstrip(b"\r\n\0 ")
    if _CONTROL.search(text):
        text = _CONTROL.sub(lambda found: b"#%03o" % found.group()[0], text)
    if not text.isascii():
        text = text.decode("utf-8", "backslashreplace").encode("utf-8", "backslashreplace")
    return text


def mark_line(identity: str, sender: str, moment: str) -> bytes:
    """Return the first line of a file of received messages."""
    mark = f"{SPOOL_MARK}{identity} from {sender} since {moment}"
    return mark.ljust(_MARK_LENGTH)[:_MARK_LENGTH].encode("ascii", "replace") + b"\n"
