"""Assignments lay addresses to their holders by time, and never guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.assignments import Assignment, holder_during, tenures_of

START = datetime(2026, 11, 20, tzinfo=UTC)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def had(
    holder: str, since: float, until: float, *, kind: str = "device", stated: bool = True, hardware: str = ""
) -> Assignment:
    return Assignment("a-1", holder, kind, hardware, at(since), at(until), stated, "DHCP lease")


def who(sayings: list[Assignment], since: float, until: float) -> str | None:
    found = holder_during(tenures_of(sayings), at(since), at(until))
    return found[1].holder if found else None


def test_a_holder_counts_only_for_what_lies_wholly_inside() -> None:
    sayings = [had("d-1", 8, 12)]
    assert who(sayings, 8, 12) == "d-1"
    assert who(sayings, 7.9, 9) is None
    assert who(sayings, 11, 12.1) is None


def test_renewals_of_one_holder_are_one_tenure() -> None:
    assert who([had("d-1", 8, 12), had("d-1", 10, 14), had("d-1", 14, 16)], 8, 16) == "d-1"


def test_the_next_assignment_ends_one_whose_end_is_not_stated() -> None:
    sayings = [had("d-1", 8, 32, stated=False), had("d-2", 12, 36, stated=False)]
    assert who(sayings, 8, 12) == "d-1"
    assert who(sayings, 12.5, 13) == "d-2"
    assert who(sayings, 11, 13) is None


def test_what_two_leases_claim_is_nobodys() -> None:
    sayings = [had("d-1", 8, 16), had("d-2", 12, 20)]
    assert who(sayings, 9, 11) == "d-1"
    assert who(sayings, 13, 14) is None
    assert who(sayings, 17, 18) == "d-2"


def test_an_address_given_back_is_nobodys() -> None:
    assert who([had("d-1", 8, 16), had("d-1", 10, 10)], 9, 11) is None
    assert who([had("d-1", 8, 16), had("", 10, 10, kind="")], 11, 12) is None
    assert who([had("d-1", 8, 16), had("d-2", 10, 10)], 11, 12) == "d-1"


def test_a_card_and_the_name_of_its_device_are_one_holder() -> None:
    sayings = [had("d-name", 8, 12, hardware="d-card"), had("d-card", 11, 16, hardware="d-card")]
    assert who(sayings, 9, 15) == "d-name"
    assert who([*sayings, had("d-card", 13, 13, hardware="d-card")], 14, 15) is None


def test_a_user_comes_before_the_device_and_two_users_leave_the_device() -> None:
    device = had("d-1", 0, 24)
    assert who([device, had("p-1", 8, 12, kind="user")], 9, 10) == "p-1"
    assert who([device, had("p-1", 8, 12, kind="user"), had("p-2", 9, 13, kind="user")], 9, 10) == "d-1"
    assert who([device, had("p-1", 8, 12, kind="user")], 13, 14) == "d-1"


def test_many_overlapping_leases_take_no_time() -> None:
    sayings = [had(f"d-{number % 3}", number / 100, number / 100 + 5) for number in range(3000)]
    assert who(sayings, 3, 4) is None
