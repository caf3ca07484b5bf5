"""The names of time zones that logs write, and which of them mean only one thing.

Offsets as in the time zone database of IANA (https://www.iana.org/time-zones, release 2025b, read 2026-11-22). Where
a name has another meaning that is no longer in use (EST in Australia until 2014), the one in use counts.
"""

from typing import Final

OFFSETS: Final[dict[str, float]] = {
    "EST": -5, "EDT": -4, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "HDT": -9,
    "NST": -3.5, "NDT": -2.5, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SAST": 2, "PKT": 5, "WIB": 7, "HKT": 8, "JST": 9, "KST": 9, "AWST": 8, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""Hours east of Greenwich."""

SEVERAL_MEANINGS: Final = frozenset({"CST", "CDT", "IST", "BST", "AST", "ADT", "SST", "GST", "ECT", "AMT"})
"""CST is that of Chicago, Shanghai or Havana; IST of Delhi, Tel Aviv or Dublin: only the source's zone can tell."""
