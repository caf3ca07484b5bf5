"""Whatever order files are read in, in one scan or in several, they come to the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from api.catalogue_in_force import only
from api.scanning import ScanTask, run_scan
from api.settings import Settings
from api.workplace import Workplace
from signatures.catalogue import Catalogue, default_directory, load_catalogue
from storage.answers import refused_flows
from storage.sightings import evidence_rows, principal_rows

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
DNS = "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tproto\tquery\tqtype_name\tanswers\n"
CONN = (
    "#separator \\x09\n#path\tconn\n"
    "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_bytes\tresp_bytes\tconn_state\n"
)
LEASE = (
    "Nov 20 11:50:00 dhcp dhcpd[900]: DHCPACK on 10.20.4.17 to 00:00:5e:00:53:17 (ward-pc-17) via 10.20.4.1\n"
)


def dns(*answers: tuple[int, str, str]) -> str:
    row = "{:.2f}\t10.20.4.99\t5353\t10.0.0.53\tudp\t{}\tA\t{}\n"
    return DNS + "".join(row.format(NOON + after, name, address) for after, name, address in answers)


def conn(*flows: tuple[int, str]) -> str:
    row = "{:.2f}\t10.20.4.17\t40000\t{}\t443\ttcp\t5000\t900\tSF\n"
    others = [(second, "198.51.100.9") for second in range(100)]
    return CONN + "".join(row.format(NOON + after, address) for after, address in [*flows, *others])


CASES = {
    "an answer": (dns((0, "chatgpt.com", "203.0.113.7")), conn((60, "203.0.113.7"), (90, "203.0.113.7"))),
    "an address of two names": (
        dns((0, "chatgpt.com", "203.0.113.7"), (1, "chatgpt.com", "203.0.113.8")),
        dns((7200, "shop.example.org", "203.0.113.7")),
        conn((60, "203.0.113.7"), (90, "203.0.113.8")),
    ),
    "two servers' answers": (
        dns((0, "chatgpt.com", "203.0.113.7")),
        dns((3000, "chatgpt.com", "203.0.113.7")),
        conn((60, "203.0.113.7"), (5000, "203.0.113.7"), (9000, "203.0.113.7")),
    ),
    "a lease": (
        dns((0, "chatgpt.com", "203.0.113.7")),
        LEASE,
        conn((60, "203.0.113.7")),
    ),
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("vendors")
    (folder / "openai.toml").write_bytes((default_directory() / "openai.toml").read_bytes())
    return load_catalogue([folder])


def written(case: str, folder: Path) -> list[Path]:
    paths = [folder / f"{number}.log" for number in range(len(CASES[case]))]
    for path, text in zip(paths, CASES[case], strict=True):
        path.write_text(text)
    return paths


def workplace(folder: Path, catalogue: Catalogue) -> Workplace:
    place = Workplace(Settings(data_directory=folder / "data", database=None))
    place.__dict__["in_force"] = only(catalogue)
    return place


def result(place: Workplace, scans: Sequence[Sequence[Path]]) -> object:
    for paths in scans:
        run_scan(place, [ScanTask((str(path),), path.stem) for path in paths], clock=lambda: NOW)
    with place.database.read() as reader:
        rows = evidence_rows(reader, "chatgpt")
        found = (
            sorted((row.source, row.signature, row.count, row.people, row.bytes_up) for row in rows),
            sorted((row.principal_kind, row.count, row.via) for row in principal_rows(reader, "chatgpt")),
            refused_flows(reader),
        )
    place.database.close()
    return found


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=[] if case == "an address of two names" else pytest.mark.full)
        for case in CASES
    ],
)
def test_the_last_file_first_comes_to_the_same(case: str, tmp_path: Path, catalogue: Catalogue) -> None:
    paths = written(case, tmp_path)
    expected = result(workplace(tmp_path / "first", catalogue), [paths])
    assert ":dns_answer:" in str(expected)
    assert ("DHCP lease" in str(expected)) == (case == "a lease")
    # One file more each night: each finds what the earlier ones left, and the earlier files are still there.
    nights = [paths[:0:-1], paths[::-1]]
    assert result(workplace(tmp_path / "second", catalogue), nights) == expected


@pytest.mark.full
@pytest.mark.parametrize("case", CASES)
def test_any_order_of_files_comes_to_the_same(case: str, tmp_path: Path, catalogue: Catalogue) -> None:
    paths = written(case, tmp_path)
    expected = result(workplace(tmp_path / "first", catalogue), [paths])
    for number, order in enumerate(permutations(paths)):
        place = workplace(tmp_path / f"several{number}", catalogue)
        assert result(place, [order[: at + 1] for at in range(len(order))]) == expected, order
        place = workplace(tmp_path / f"one{number}", catalogue)
        assert result(place, [order] * 2) == expected, order
