"""Everything that can go wrong while recording, as one tree.

CaptureFault
├── DumpcapMissing    the recording program is not installed
└── CaptureRefused    recording cannot begin or go on: rights, interface, filter
"""


class CaptureFault(Exception):
    """Any failure of live capture; the message says what, where and what to do next."""


class DumpcapMissing(CaptureFault):
    """dumpcap is not installed."""


class CaptureRefused(CaptureFault):
    """Recording cannot begin or go on."""
