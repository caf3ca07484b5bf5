"""One person has one pseudonym, nobody can guess it, and its key is kept apart."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import KeyUnusable
from storage.pseudonyms import Pseudonyms, load_or_create_key

ONE = Pseudonyms.from_key(b"1" * 32, own_domains=["Hospital.Example"])


@pytest.mark.parametrize(
    "spelling",
    [
        "jdoe", "JDOE", " jdoe ", "HOSPITAL\\jdoe", "hospital\\JDoe", "hosp%5Cjdoe", '"jdoe"',
        "jdoe@hospital.example", "ＪＤＯＥ",
    ],
)  # fmt: skip
def test_spellings_of_one_person_are_one(spelling: str) -> None:
    assert ONE.principal(spelling) == ONE.principal("jdoe")


@pytest.mark.parametrize("other", ["jdoe2", "jdoe@elsewhere.example", "doe", "j doe"])
def test_other_people_stay_other_people(other: str) -> None:
    assert ONE.principal(other) != ONE.principal("jdoe")


@pytest.mark.parametrize("nobody", ["", " ", "-", "(null)", "N/A", "DOMAIN\\", "unknown", "anonymous"])
def test_marks_for_nobody_are_nobody(nobody: str) -> None:
    assert ONE.principal(nobody) == ""


def test_kinds_and_keys_do_not_mix() -> None:
    names = {
        ONE.principal("ward-3"),
        ONE.device("ward-3"),
        ONE.address("ward-3"),
        Pseudonyms.from_key(b"2" * 32).principal("ward-3"),
    }
    assert len(names) == 4
    assert sorted(name[:2] for name in names) == ["a-", "d-", "p-", "p-"]
    assert {len(name) for name in names} == {22}


def test_spellings_of_one_address_and_device_are_one() -> None:
    assert ONE.address("::ffff:10.0.0.1") == ONE.address("10.0.0.1")
    assert ONE.address("[2001:DB8::0:1]") == ONE.address("2001:db8::1")
    assert ONE.device("WARD-3$") == ONE.device("ward-3.")


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_has_a_pseudonym_that_does_not_contain_it(name: str) -> None:
    pseudonym = ONE.principal(name)
    assert pseudonym == ONE.principal(name)
    assert len(name) < 5 or name not in pseudonym


def test_a_short_key_is_refused() -> None:
    with pytest.raises(KeyUnusable, match="at least 32"):
        Pseudonyms.from_key(b"short")


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_or_create_key(path), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_a_key_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    load_or_create_key(path)
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        load_or_create_key(path)
    path.chmod(0o600)
    path.write_bytes(b"cut")
    with pytest.raises(KeyUnusable, match="has 3 bytes"):
        load_or_create_key(path)
    with pytest.raises(KeyUnusable, match="Create the directory"):
        load_or_create_key(tmp_path / "missing" / "key")
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(KeyUnusable, match="regular file"):
        load_or_create_key(tmp_path / "folder")
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(KeyUnusable, match="cannot be read"):
        load_or_create_key(tmp_path / "link")
