"""Read vendor files: find them, parse them, and turn every fault into a problem with file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from signatures import schema
from signatures.errors import CatalogueMissing, Problem
from signatures.locations import Location, line_of

_DECODE_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True, slots=True)
class VendorDocument:
    """Hold one vendor file that follows the schema, with its bytes and its place for messages."""

    path: Path
    content: bytes
    entry: schema.VendorFile

    def line(self, *location: str | int) -> int:
        """Return the line of a key or table, from 1."""
        return line_of(self.content.decode("utf-8"), location)


def vendor_paths(directory: Path) -> list[Path]:
    """Return the vendor files of a directory, sorted; raise `CatalogueMissing` if it cannot be read."""
    try:
        return sorted(path for path in directory.iterdir() if path.suffix == ".toml" and path.name[0] != ".")
    except OSError as error:
        raise CatalogueMissing(directory, error.strerror or str(error)) from error


def read_vendor_files(paths: Sequence[Path]) -> tuple[list[VendorDocument], list[Problem]]:
    """Read files, each either into a document or into one or more problems."""
    documents: list[VendorDocument] = []
    problems: list[Problem] = []
    for path in paths:
        read = _read(path)
        if isinstance(read, VendorDocument):
            documents.append(read)
        else:
            problems.extend(read)
    return documents, problems


def _read(path: Path) -> VendorDocument | list[Problem]:
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [Problem(path, 1, f"cannot be read: {error}", "make it a readable UTF-8 text file")]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _DECODE_LINE.search(str(error))
        line = int(where[1]) if where else text.count("\n") + 1
        return [
            Problem(path, line, f"is not valid TOML: {error}", "correct the syntax on or before this line")
        ]
    try:
        return VendorDocument(path, content, schema.VendorFile.model_validate(data))
    except ValidationError as error:
        return list(_problems(path, text, error))


def _problems(path: Path, text: str, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        message, advice = _explain(detail)
        location: Location = detail["loc"]
        yield Problem(path, line_of(text, location), message, advice)


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
