"""Where settings come from, which place wins, and how a wrong one is refused."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from api.origins import origin_of
from api.settings import Settings, SettingsInvalid, SourceSettings, load_settings
from tests.nightly.hospital_at_night import Hospital

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "skiagram.toml"
    path.write_text("")
    monkeypatch.setenv("SKIAGRAM_CONFIG", str(path))
    return path


def test_flag_before_environment_before_file_before_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().database is None
    assert origin_of("database") == "default"
    file.write_text("database = 'sqlite:////file.db'\n")
    assert load_settings().database == "sqlite:////file.db"
    assert origin_of("database") == f"file {file}"
    monkeypatch.setenv("SKIAGRAM_DATABASE", "sqlite:////environment.db")
    assert load_settings().database == "sqlite:////environment.db"
    assert origin_of("database") == "environment SKIAGRAM_DATABASE"
    assert load_settings(database="sqlite:////flag.db").database == "sqlite:////flag.db"


def test_lists_and_tables_come_from_the_environment_as_json(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("own_domains = ['file.example']\n[channels]\nmail = 'mailto://a.example'\n")
    sources = [{"name": "Proxy", "paths": ["/var/log/squid"], "kind": "proxy"}]
    monkeypatch.setenv("SKIAGRAM_SOURCES", json.dumps(sources))
    monkeypatch.setenv("SKIAGRAM_OWN_DOMAINS", '["a.example", "b.example"]')
    monkeypatch.setenv("SKIAGRAM_CHANNELS", '{"hook": "json://h.example"}')
    monkeypatch.setenv("SKIAGRAM_CHANNELS__PAGER", "pagerduty://x@y")
    monkeypatch.setenv("SKIAGRAM_NIGHTLY", "")
    found = load_settings()
    assert found.sources == [SourceSettings(name="Proxy", paths=["/var/log/squid"], kind="proxy")]
    assert found.own_domains == ["a.example", "b.example"]
    assert found.channels == {
        "mail": "mailto://a.example",
        "hook": "json://h.example",
        "pager": "pagerduty://x@y",
    }
    assert found.nightly is None
    assert origin_of("nightly") == "default"
    assert origin_of("own_domains") == "environment SKIAGRAM_OWN_DOMAINS"
    assert (
        origin_of("channels")
        == f"environment SKIAGRAM_CHANNELS, environment SKIAGRAM_CHANNELS__PAGER, file {file}"
    )


WRONG_IN_FILE = [
    ("colour = 'blue'", "colour: there is no such setting; known are data_directory"),
    ("time_zones = 'UTC'", "time_zones: there is no such setting; did you mean time_zone?"),
    ("time_zone = 'Mars/Olympus'", "time_zone: no zone 'Mars/Olympus'; use an IANA name"),
    (
        "[[sources]]\nname = 'x'\npaths = ['/x']\ntime_zone = 'Mars'",
        "sources.0.time_zone: no zone 'Mars'",
    ),
    ("nightly = 'at two'", "nightly: 'at two' is no cron expression"),
    ("own_domains = 'h.example'", "own_domains: Input should be a valid list (got 'h.example')"),
    (
        "[[sources]]\nname = 'x'\npaths = ['log']",
        "sources.0.paths: 'log' is no full path; begin it with /",
    ),
    ("[[sources]]\nname = 'x'", "sources.0.paths: Field required"),
    ("[[sources]]\nname = ''\npaths = ['/x']", "sources.0.name: String should have at least 1 character"),
    ("[[sources]]\nname = 'x'\npath = '/x'", "sources.0.path: there is no such setting; did you mean paths?"),
    (
        "[[sources]]\nname = 'x'\npaths = ['/x']\n[[sources]]\nname = 'x'\npaths = ['/y']",
        "sources: two are called 'x'",
    ),
    ("[channels]\nmail = 'privacy@h.example'", "channels: channel 'mail' has no URL"),
    ("sources = [", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "words"), WRONG_IN_FILE)
def test_a_wrong_value_is_refused_with_file_and_key(file: Path, text: str, words: str) -> None:
    file.write_text(text + "\n")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert f"file {file}: {words}" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SKIAGRAM_TIME_ZONE", "Mars", "environment SKIAGRAM_TIME_ZONE: time_zone: no zone 'Mars'"),
        ("SKIAGRAM_TIMEZONE", "UTC", "SKIAGRAM_TIMEZONE: there is no such setting; did you mean SKIAGRAM_TIME_ZONE?"),
        ("SKIAGRAM_SOURCES", "[{bad", 'environment SKIAGRAM_SOURCES: not valid JSON; write it like [{"name"'),
        ("SKIAGRAM_OWN_DOMAINS", "a,b", "environment SKIAGRAM_OWN_DOMAINS: not valid JSON"),
        ("SKIAGRAM_SOURCES", '[{"name": "x"}]', "environment SKIAGRAM_SOURCES: sources.0.paths: Field required"),
        ("SKIAGRAM_CONFIG", "/no/such.toml", "/no/such.toml: no such file; correct SKIAGRAM_CONFIG"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert words in str(caught.value)


def test_variables_that_platforms_set_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIAGRAM_PORT", "tcp://10.0.0.7:8080")
    monkeypatch.setenv("SKIAGRAM_SERVICE_HOST", "10.0.0.7")
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    "text",
    [
        "channels = 'mailto://user:s3cretpass@h.example'",
        "chanels = 'mailto://user:s3cretpass@h.example'",
        "[channels]\nmail = ['mailto://user:s3cretpass@h.example']",
        "[channels]\nmail = 's3cretpass'",
        "database = ['postgresql://user:s3cretpass@h.example/x']",
    ],
)
def test_no_refusal_tells_a_password(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert "s3cretpass" not in str(caught.value)


def test_unreadable_files_are_refused(file: Path) -> None:
    file.write_bytes(b"nightly = '\xff'")
    with pytest.raises(SettingsInvalid, match="UTF-8"):
        load_settings()


def test_the_command_shows_origins_and_no_password(hospital: Hospital) -> None:
    hospital.settings(
        "database = 'postgresql://skiagram:s3cretpass@db.h.example/skiagram'\n"
        "[channels]\nmail = 'mailtos://user:s3cretpass@mail.h.example'\n"
    )
    hospital.environment["SKIAGRAM_TIME_ZONE"] = "Europe/Berlin"
    shown = {row["setting"]: row for row in hospital.document("config", "show")}
    assert shown["time_zone"]["origin"] == "environment SKIAGRAM_TIME_ZONE"
    assert shown["channels"]["origin"] == f"file {hospital.settings_file}"
    assert shown["nightly"]["origin"] == "default"
    assert "s3cretpass" not in json.dumps(shown)
    assert set(shown) == set(Settings.model_fields)
    hospital.settings("colour = 'blue'\n")
    refused = hospital.inside("config", "show")
    assert refused.returncode == 4
    assert f"file {hospital.settings_file}: colour" in refused.stderr


def test_every_setting_is_documented_with_its_variable() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"| `{name}` |" in text, name
        assert f"`SKIAGRAM_{name.upper()}`" in text, name
    for name in SourceSettings.model_fields:
        assert f"| `{name}` |" in text, name
    rows = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    variables = {name for name in rows if name.startswith("SKIAGRAM_")}
    assert rows - variables == set(Settings.model_fields) | set(SourceSettings.model_fields)


def test_the_example_of_the_documentation_is_accepted(file: Path) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    example = text.partition("```toml\n")[2].partition("```")[0]
    file.write_text(example)
    found = load_settings()
    assert set(tomllib.loads(example)) <= set(Settings.model_fields)
    assert len(found.sources) >= 2
    assert found.channels
    assert found.nightly
