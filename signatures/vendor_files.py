"""Read vendor files: find them, parse them, and turn every fault into a problem with file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from signatures import schema
from signatures.errors import Problem
from signatures.kinds import Origin
from signatures.locations import Location, line_of

_DECODE_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class ExtensionDocument:
    """Hold one file that changes a vendor of an earlier folder."""

    path: Path
    content: bytes
    entry: schema.VendorExtension
    origin: Origin = Origin.LOCAL

    def line(self, *location: str | int) -> int:
        """Return the line of a key or table, from 1."""
        return line_of(self.content.decode("utf-8"), location)

    def place(self, *location: str | int) -> tuple[Path, int]:
        """Return the file and the line of a key or table."""
        return self.path, self.line(*location)


@dataclass(frozen=True, slots=True)
class VendorDocument:
    """Hold one vendor that follows the schema, with its bytes and its places for messages.

    A vendor that later folders extend is one document: `extensions` are their files, and `moved` says for tools,
    signatures, terms and examples in which file, and where there, each stands.
    """

    path: Path
    content: bytes
    entry: schema.VendorFile
    origin: Origin = Origin.SHIPPED
    extensions: tuple[ExtensionDocument, ...] = ()
    moved: Mapping[Location, tuple[VendorDocument | ExtensionDocument, Location]] = field(
        default_factory=dict
    )

    def line(self, *location: str | int) -> int:
        """Return the line of a key or table, from 1."""
        return self.place(*location)[1]

    def place(self, *location: str | int) -> tuple[Path, int]:
        """Return the file and the line of a key or table."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.moved:
                document, there = self.moved[location[:length]]
                return document.path, document.line(*there, *location[length:])
        return self.path, line_of(self.content.decode("utf-8"), location)

    def origin_of(self, *location: str | int) -> Origin:
        """Return which folder a tool, a signature or terms come from."""
        return self.moved[location][0].origin if location in self.moved else self.origin


Document = VendorDocument | ExtensionDocument


def parse_vendor_files(
    directory: Path, origin: Origin, contents: Mapping[str, bytes]
) -> tuple[list[Document], list[Problem]]:
    """Turn files, given by name, each either into a document or into one or more problems."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for name, content in contents.items():
        read = parse_vendor_file(directory / name, content, origin)
        if isinstance(read, list):
            problems.extend(read)
        else:
            documents.append(read)
    return documents, problems


def parse_vendor_file(path: Path, content: bytes, origin: Origin) -> Document | list[Problem]:
    """Return the document a file holds, or what is wrong with it."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return [_unreadable(path, error)]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _DECODE_LINE.search(str(error))
        line = int(where[1]) if where else text.count("\n") + 1
        return [
            Problem(path, line, f"is not valid TOML: {error}", "correct the syntax on or before this line")
        ]
    except RecursionError:
        return [Problem(path, 1, "is nested too deeply", "write it as docs/catalogue-updates.md shows")]
    try:
        if "extends" in data:
            return ExtensionDocument(path, content, schema.VendorExtension.model_validate(data), origin)
        return VendorDocument(path, content, schema.VendorFile.model_validate(data), origin)
    except ValidationError as error:
        return list(problems_in(path, text, error))


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(path, 1, f"cannot be read: {error}", "make it a readable UTF-8 text file")


def problems_in(path: Path, text: str, error: ValidationError, at: Location = ()) -> Iterator[Problem]:
    """Yield what a validation found; `at` is where the validated part stands in the file."""
    for detail in error.errors(include_url=False):
        message, advice = _explain(detail)
        yield Problem(path, line_of(text, (*at, *detail["loc"])), message, advice)


def _explain(detail: ErrorDetails) -> tuple[str, str]:
    location = detail["loc"]
    key = str(location[-1]) if location else "file"
    match detail["type"]:
        case "missing":
            return f"key {key!r} is missing", "add it; signatures/vendors/openai.toml explains every key"
        case "extra_forbidden":
            return f"unknown key {key!r}", "remove it or correct its spelling"
        case "enum":
            return f"{key} = {detail['input']!r} is not known", f"choose one of {detail['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{key} = {detail['input']!r} has the wrong form", _FORMS.get(key, "see the JSON schema")
        case "value_error":
            return str(detail["ctx"]["error"]), "correct the entry"
        case _:
            return f"{key}: {detail['msg']}", "correct the value"


_FORMS = {
    "id": "use a slug: lower-case letters, digits and single hyphens",
    "homepage": 'give a full address, as in "https://example.com"',
    "source": 'give a full address, as in "https://example.com/help"',
    "country": 'give an ISO 3166 code of two capitals, as in "US", or leave the key out',
}
