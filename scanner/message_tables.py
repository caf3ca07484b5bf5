"""Know tables that collectors export with the original message of a log in one of their columns."""

import re
from dataclasses import dataclass
from typing import Any, Final

from scanner.readers import split_row

_MESSAGE_COLUMNS: Final = (
    "_raw", "event.original", "log.original", "full_message", "rawdata", "raw_log", "rawlog", "raw_event", "raw",
    "utf8(payload)", "utf8_payload", "payload", "syslogmessage", "@message", "message", "msg", "line", "log",
)  # fmt: skip
"""Names of such a column, the surest first: Splunk, Elastic, Graylog, QRadar, Sentinel, CloudWatch, Loki."""
_NAME: Final = re.compile(r"[^\W\d]?[@#_]?[^\W\d][\w@#./() \[\]:-]{0,80}")
_DELIMITERS: Final = (",", ";", "\t", "|")
_MOST_COLUMNS: Final = 400


@dataclass(frozen=True, slots=True)
class MessageTable:
    """The header row of such a table."""

    names: tuple[str, ...]
    delimiter: str

    def row(self, text: str) -> dict[str, Any] | None:
        """Return a row as a record that carries its message, or None where it is no row of this table."""
        cells = split_row(text, self.delimiter)
        if cells is None or len(cells) != len(self.names):
            return None
        return dict(zip(self.names, cells, strict=True))


def message_table(first: str) -> MessageTable | None:
    """Return the table whose header row the first line of a file is, or None where it is none."""
    text = first.strip("\ufeff \r\n")
    if len(text) > 8000:
        return None
    if text in {"_raw", '"_raw"', '"message"', '"@message"'}:
        return MessageTable((text.strip('"'),), "\t")
    for delimiter in _DELIMITERS:
        cells = split_row(text, delimiter) if delimiter in text else None
        names = [cell.strip() for cell in cells or ()]
        if not 2 <= len(names) <= _MOST_COLUMNS or not all(map(_NAME.fullmatch, names)):
            continue
        folded = [name.casefold() for name in names]
        column = next((name for name in _MESSAGE_COLUMNS if name in folded), None)
        if column is None or len(set(folded)) < len(folded):
            continue
        at = folded.index(column)
        # One name for all of them: what reads records that carry a message knows it.
        return MessageTable((*names[:at], "_raw", *names[at + 1 :]), delimiter)
    return None
