"""The nightly run pulls what the settings name; the command does the same by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import api.cli.options
from api.cli.app import app, guarded
from api.http.coverage_views import read_coverage
from api.nightly import notes, run_night
from api.pages.wording import unread_lines
from api.pulling.settings import PullSettings
from api.workplace import Workplace, now
from tests.pulling.vendor_server import NOW, VendorServer, okta_event

pytestmark = pytest.mark.network

Secret = Callable[[str], Path]


def with_pulls(place: Workplace, *pulls: PullSettings) -> Workplace:
    made = Workplace(place.settings.model_copy(update={"pulls": list(pulls)}))
    for name in ("catalogue", "matcher", "weights", "formats", "database"):
        made.__dict__[name] = getattr(place, name)
    return made


@pytest.fixture
def okta(server: VendorServer, secret: Secret) -> PullSettings:
    told = {"name": "Okta", "vendor": "okta", "base_url": server.url, "secret_file": secret("00okta-secret")}
    return PullSettings.model_validate({**told, "streams": ["system_log"], "first_days": 1})


def test_the_night_pulls_and_tells_what_failed(
    place: Workplace, server: VendorServer, okta: PullSettings
) -> None:
    server.okta = [okta_event(number, NOW - timedelta(hours=number + 1)) for number in range(5)]
    other = okta.model_copy(update={"name": "Second", "secret_file": Path("/no/such/secret")})
    night = run_night(with_pulls(place, okta, other), NOW.date(), lambda: NOW)
    assert night.result is not None
    assert night.result.ledger.events == 5
    assert not night.complete
    told = list(notes(night))
    assert any(line.startswith("nothing was pulled: Second: /no/such/secret cannot be read") for line in told)
    with place.database.read() as conn:
        coverage = read_coverage(conn, NOW)
    (source,) = [one for one in coverage.sources if one.source == "Okta"]
    assert any(one.pull_problem for one in coverage.sources if one.source == "Second")
    assert (source.is_pulled, source.pulled_at, source.pull_problem) == (True, NOW, None)


def test_a_failing_pull_shows_in_the_coverage_statement(
    place: Workplace, server: VendorServer, okta: PullSettings
) -> None:
    server.dead_tokens = set()
    wrong = okta.model_copy(update={"base_url": f"{server.url}/nowhere"})
    run_night(with_pulls(place, wrong), NOW.date(), lambda: NOW)
    with place.database.read() as conn:
        said = unread_lines(read_coverage(conn, NOW))
    assert any("Okta could not be pulled to its end" in line and "404" in line for line in said)


@pytest.fixture
def command(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `skiagram pull` in this process, on the workplace of the test."""

    def run(*words: str, pulls: tuple[PullSettings, ...] = ()) -> int:
        monkeypatch.setattr(api.cli.options, "workplace", lambda *_: with_pulls(place, *pulls))
        return guarded(lambda: app(["pull", *words]))

    return run


def test_the_command_pulls(
    server: VendorServer,
    okta: PullSettings,
    secret: Secret,
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.okta = [okta_event(1, now() - timedelta(hours=1))]
    words = ["okta", "--url", server.url, "--secret-file", str(secret("00okta-secret")), "--first-days", "1"]
    assert command(*words, "--stream", "system_log", "--json") == 0
    (pulled,) = json.loads(capsys.readouterr().out)["pulls"]
    assert (pulled["name"], pulled["streams"][0]["new"], pulled["problems"]) == ("okta", 1, [])
    assert command("okta", pulls=(okta,)) == 0
    assert "Okta, System Log: 1 new records" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["bing"], 2, "is no vendor"),
        (["okta"], 2, "no pull from okta is in the settings"),
        (["okta", "--name", "x"], 2, "called 'x'"),
        (["okta", "--url", "http://x.example", "--secret-env", "T"], 2, "must begin with https://"),
        (["graph", "--secret-env", "T"], 2, "tenant is needed"),
        (["okta", "--url", "https://x.example", "--secret-env", "NO_SUCH"], 3, "NO_SUCH is empty or not set"),
    ],
)
def test_mistakes_are_named(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert command(*words) == code
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())
