"""Everything that can go wrong while reading, as one tree.

ScannerError
|-- FormatInvalid        a format file is wrong: which file, which key, what to write instead
|-- SourceUnreadable     one input cannot be read (the others still are)
|   |-- SourceRefused    it would be unsafe to read on (a decompression bomb, a device)
|   `-- FormatUnknown    nothing recognises the content
`-- UnknownFormatId      a format was asked for by a name that does not exist
"""

from shlex import quote


class ScannerError(Exception):
    """Any failure of the scanner; the message says what, where and what to do next."""


class FormatInvalid(ScannerError):
    """A format file cannot be used."""


class SourceUnreadable(ScannerError):
    """One input cannot be read; the scan goes on with the others."""


class SourceRefused(SourceUnreadable):
    """Reading on would be unsafe."""


class FormatUnknown(SourceUnreadable):
    """No format recognises the content."""


def unrecognised(label: str, path: str) -> FormatUnknown:
    """Return the refusal of a content; `path` is what a command takes to read it again."""
    return FormatUnknown(
        f"{label}: no format recognises this content; name one with --format ID (see: skiagram formats list), "
        f"or have a format file for it begun: skiagram formats draft {quote(path)}"
    )


class UnknownFormatId(ScannerError):
    """A format was named that does not exist."""
