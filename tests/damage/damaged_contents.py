"""Ways to damage the bytes of a log, the same ones on every run."""

import random
from collections.abc import Iterator
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "formats"
LENGTH = 100_000


def sample_files() -> list[Path]:
    """Return the sample log of every format."""
    return sorted(path for path in SAMPLES.iterdir() if path.is_file() and path.suffix not in {".py", ""})


def hostile_lines() -> dict[str, str]:
    """Return lines of 100 KB that make careless expressions start over at every character."""
    repeated = {
        "quotes": '"', "backslashes": "\\", "escaped quotes": '\\"', "assignments": "=", "commas": ",",
        "spaces": " ", "digits": "1", "letters": "a", "labels": "a.", "brackets": "[", "pairs": "a=b ",
        "empty brackets": "[]", "quoted pairs": 'a="b" ', "pipes": "|", "tabs": "\t", "colons": ":",
        "words": "a ", "addresses": "10.1.1.1 ", "open brackets": "[a", "times": "2026-11-02T08:00:00Z ",
        "objects": '{"a":', "at signs": "a@b.", "quoted words": '"a" ', "comma lists": ", ",
    }  # fmt: skip
    return {name: (piece * (LENGTH // len(piece) + 1))[:LENGTH] for name, piece in repeated.items()}


def cuts(data: bytes, number: int) -> Iterator[tuple[str, bytes]]:
    """Yield the content cut at evenly spread places."""
    for part in range(1, number + 1):
        yield f"cut {part}/{number + 1}", data[: len(data) * part // (number + 1)]


def flips(data: bytes, number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield the content with some bits turned over."""
    dice = random.Random(seed)
    for round_ in range(number):
        damaged = bytearray(data)
        for _ in range(1 + len(data) // 400):
            damaged[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        yield f"flip {round_}", bytes(damaged)


def rewritten(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the content in other encodings, with other line ends, and with foreign bodies in it."""
    text = data.decode("utf-8", "replace")
    middle = data.find(b"\n", len(data) // 2) + 1
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32-le"):
        yield encoding, text.encode(encoding, "replace")
    yield "returns", data.replace(b"\n", b"\r")
    yield "both", data.replace(b"\n", b"\r\n")
    yield "hole", data[:middle] + bytes(5000) + data[middle:]
    yield "hole in front", bytes(300_000) + data
    yield "ten megabytes", data[:middle] + b"x" * 10_000_000 + b"\n" + data[middle:]
    yield "nothing but a line", b"y" * 3_000_000
    yield "nested", data[:middle] + b'{"a":' * 20_000 + b"\n" + data[middle:]
    yield "nested to the end", data[:middle] + b'{"a":' * 900 + b"1" + b"}" * 900 + b"\n" + data[middle:]
    yield "twice", data + data
