"""Errors of the capture reader.

CaptureError
├── NotACapture      the bytes are no pcap or pcapng file
└── TsharkError
    ├── TsharkMissing    no usable tshark program was found
    └── TsharkFailed     tshark ran and gave an error instead of rows
"""


class CaptureError(Exception):
    """Something about a packet capture could not be read."""


class NotACapture(CaptureError):
    """The file does not begin as a pcap or pcapng file."""


class TsharkError(CaptureError):
    """tshark, the reader for what the built-in engine does not know, is of no use here."""


class TsharkMissing(TsharkError):
    """No usable tshark program was found."""


class TsharkFailed(TsharkError):
    """tshark ran and gave an error instead of rows."""
