"""Read a form with a file as it arrives: the file to disk, small fields to memory, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from python_multipart.multipart import MultipartParser, parse_options_header

_LONGEST_FIELD: Final = 500
_MOST_FIELDS: Final = 10


class FormInvalid(ValueError):
    """The body is no form as browsers send them."""


class FileForm:
    """A form that arrives piece by piece; `write` is given the file's bytes. Raises FormInvalid.

    `fields` holds the small fields, `name` the file's name as the browser stated it; both are complete at end().
    """

    def __init__(self, content_type: str, write: Callable[[bytes], object]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise FormInvalid("no form with a file")
        self.fields: dict[str, str] = {}
        self.name: str | None = None
        self._write = write
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition: dict[bytes, bytes] = {}
        self._value = bytearray()
        self._is_file = False
        self._parts = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begin,
                "on_header_field": lambda data, start, end: self._header_name.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header_value.extend(data[start:end]),
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_end": self._all_parts_end,
            },
        )

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises FormInvalid, and what `write` raises."""
        try:
            self._parser.write(data)
        except ValueError as problem:  # the parser's own errors are ValueErrors
            raise FormInvalid(str(problem)) from problem

    def end(self) -> None:
        """Say that the body has ended. Raises FormInvalid where it is cut off or has no file."""
        try:
            self._parser.finalize()
        except ValueError as problem:
            raise FormInvalid(str(problem)) from problem
        if not self._ended:
            raise FormInvalid("it is cut off")
        if self.name is None:
            raise FormInvalid("no file in the form")

    def _part_begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_FIELDS:
            raise FormInvalid("too many fields")
        self._disposition, self._value, self._is_file = {}, bytearray(), False

    def _header_end(self) -> None:
        if bytes(self._header_name).lower() == b"content-disposition":
            _, self._disposition = parse_options_header(bytes(self._header_value))
        self._header_name.clear()
        self._header_value.clear()

    def _headers_finished(self) -> None:
        if b"filename" in self._disposition:
            if self.name is not None:
                raise FormInvalid("more than one file")
            self._is_file = True
            self.name = self._disposition[b"filename"].decode("utf-8", "replace")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._write(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _LONGEST_FIELD:
            raise FormInvalid("a field is too long")

    def _part_end(self) -> None:
        if not self._is_file:
            name = self._disposition.get(b"name", b"").decode("utf-8", "replace")
            self.fields[name] = self._value.decode("utf-8", "replace").strip()

    def _all_parts_end(self) -> None:
        self._ended = True
