"""The kernel's quick reading of times agrees with the exact one."""

import pytest

from scanner.clock import TimeContext, parse_time
from scanner.detect import Detector
from scanner.fold import Folder
from scanner.reading import SourceReader
from scanner.recognise import Formats
from signatures.catalogue import default_directory, load_catalogue
from signatures.matcher import Matcher


@pytest.mark.parametrize(
    "text",
    [
        "2025/11/22 10:00:07",
        "Nov 22 10:00:07",
        "2025-11-22T10:00:07+05:30",
        "2025-11-22T10:00:07.250-03:30",
        "1763805607",
    ],
)
def test_moment_is_what_the_exact_reading_gives(text: str) -> None:
    context = TimeContext()
    compiled = Formats.for_context(context).by_id("squid")
    detector = Detector(Matcher(load_catalogue([default_directory()])))
    folder = Folder(SourceReader([compiled]), detector, context)
    assert folder._moment(text.encode()) == parse_time(text, context)
