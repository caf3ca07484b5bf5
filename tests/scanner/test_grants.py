"""Consented scopes and lists of targets are read out of what identity logs pack into one value."""

import pytest

from scanner.grants import consented_scopes, targets


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (
            "[] => [[Id: a, ConsentType: Principal, Scope: User.Read Mail.Read, CreatedDateTime: ]]; ",
            ["User.Read", "Mail.Read"],
        ),
        ("[[Id: a, Scope: Old.Read]] => [[Id: a, Scope: User.Read]]; ", ["User.Read"]),
        (
            "[] => [[Id: a, Scope: User.Read], [Id: b, Scope: Mail.Send User.Read]]",
            ["User.Read", "Mail.Send"],
        ),
        ("[[Id: a, Scope: User.Read]] => []", None),
        ('" User.Read Files.Read.All"', ["User.Read", "Files.Read.All"]),
        ("openid, profile", ["openid", "profile"]),
        ("", None),
        (None, None),
        (["openid"], None),
    ],
)
def test_scopes_in_force_after_a_consent(text: object, scopes: list[str] | None) -> None:
    assert consented_scopes(text) == scopes


def test_targets_keep_what_is_stated_and_leave_out_the_rest() -> None:
    assert targets(
        [
            {"type": "ServicePrincipal", "id": "1", "displayName": "Notes", "userPrincipalName": None},
            {"Type": "User", "id": "2", "displayName": None, "userPrincipalName": "a@example.org"},
            {"modifiedProperties": []},
            "text",
        ]
    ) == [
        {"type": "ServicePrincipal", "id": "1", "name": "Notes"},
        {"type": "User", "id": "2", "user": "a@example.org"},
    ]


def test_one_target_counts_as_a_list_and_none_as_nothing() -> None:
    assert targets({"type": "App", "name": "Notes"}) == [{"type": "App", "name": "Notes"}]
    assert targets([]) is None
    assert targets(None) is None
