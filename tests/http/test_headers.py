"""Every response carries the strict headers, and only known host names are answered."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.http.guards import LARGEST_BODY, LARGEST_QUERY, host_name
from api.http.headers import CONTENT_SECURITY_POLICY, STRICT_HEADERS

EVERYTHING = (
    ("GET", "/", 200),
    ("GET", "/inventory", 200),
    ("GET", "/coverage", 200),
    ("GET", "/scans", 200),
    ("GET", "/scans/1", 200),
    ("GET", "/tools/scribe-one", 200),
    ("GET", "/api/v1/tools", 200),
    ("GET", "/api/v1/tools/scribe-one", 200),
    ("GET", "/api/v1/scans", 200),
    ("GET", "/api/v1/coverage", 200),
    ("GET", "/api/openapi.json", 200),
    ("GET", "/healthz", 200),
    ("HEAD", "/", 200),
    ("GET", "/nothing", 404),
    ("GET", "/api/nothing", 404),
    ("GET", "/tools/none", 404),
    ("POST", "/", 405),
    ("OPTIONS", "/api/v1/tools", 405),
    ("GET", "/?limit=0", 422),
    ("GET", "/api/v1/tools?limit=0", 422),
    ("GET", "/?vendor=" + "a" * LARGEST_QUERY, 414),
    ("GET", "/api/v1/tools?vendor=" + "a" * LARGEST_QUERY, 414),
)


def assert_strict(headers: object, cached: bool = False) -> None:
    """Check all strict headers; static files may be cached."""
    for name, value in STRICT_HEADERS:
        if not (cached and name == "cache-control"):
            assert headers[name] == value, name  # type: ignore[index]


@pytest.mark.parametrize(("method", "address", "status"), EVERYTHING)
def test_every_response_has_the_strict_headers(
    hospital: TestClient, method: str, address: str, status: int
) -> None:
    answer = hospital.request(method, address)
    assert answer.status_code == status
    assert_strict(answer.headers)
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


def test_the_policy_allows_no_script_and_nothing_from_elsewhere() -> None:
    policy = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert set(policy.values()) == {"'none'", "'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_static_files_are_immutable_and_strict(hospital: TestClient) -> None:
    page = hospital.get("/").text
    addresses = [part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/static/")]
    assert len(addresses) == 5
    for address in addresses:
        answer = hospital.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].split(";")[0] in ("text/css", "image/svg+xml")
        assert_strict(answer.headers, cached=True)
        assert "url(" not in answer.text
        assert "@import" not in answer.text


@pytest.mark.parametrize("address", ["/", "/api/v1/tools", "/healthz", "/static/x"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:80",
        "user@localhost",
        "localhost:80@evil.example",
        "127.0.0.2",
        "[::1",
        "[::2]:80",
        "localhost:80:80",
        "localhost:x",
        "",
        "0.0.0.0",
        "2130706433",
        "LOCALHOST.",
    ],
)
def test_foreign_host_names_are_refused(hospital: TestClient, address: str, host: str) -> None:
    answer = hospital.get(address, headers={"host": host})
    assert answer.status_code == 421
    assert_strict(answer.headers)
    assert "Scribe" not in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8642", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8642", "[0:0:0:0:0:0:0:1]"],
)
def test_loopback_host_names_are_answered(hospital: TestClient, host: str) -> None:
    assert hospital.get("/healthz", headers={"host": host}).status_code == 200


def test_host_names_are_read_without_their_port() -> None:
    assert host_name("Example.ORG:443") == "example.org"
    assert host_name("[2001:DB8::1]:443") == "[2001:db8::1]"
    assert host_name("a:b:c") is None
    assert host_name(":80") is None


def test_a_missing_and_a_repeated_host_are_refused(hospital: TestClient) -> None:
    headers = [("host", "localhost"), ("host", "localhost")]
    answer = hospital.get("/api/v1/tools", headers=headers)
    assert answer.status_code == 400
    assert_strict(answer.headers)


def test_large_bodies_are_refused(hospital: TestClient) -> None:
    answer = hospital.post("/", content=b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert_strict(answer.headers)
    assert hospital.post("/", content=b"x" * LARGEST_BODY).status_code == 405


@pytest.mark.parametrize("address", ["/", "/api/v1/tools", "/healthz"])
def test_a_failure_inside_tells_an_incident_number_and_nothing_else(
    hospital: TestClient,
    hospital_app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    address: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM /var/lib/skiagram")

    monkeypatch.setattr("storage.database.Database.read", fail)
    answer = hospital.get(address)
    assert answer.status_code == 500
    assert_strict(answer.headers)
    assert "secret" not in answer.text
    assert "/var/lib" not in answer.text
    assert "Traceback" not in answer.text
    incident = caplog.records[0].getMessage().split()[1]
    assert incident in answer.text
    assert "SELECT secret" in caplog.text


def test_a_database_that_cannot_be_read_is_a_503(
    hospital: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.errors import StorageUnavailable

    def fail(*_: object, **__: object) -> None:
        raise StorageUnavailable("postgresql://db.example: the server does not answer")

    monkeypatch.setattr("storage.database.Database.read", fail)
    for address in ("/", "/api/v1/coverage", "/healthz"):
        answer = hospital.get(address)
        assert answer.status_code == 503
        assert "db.example" not in answer.text
        assert_strict(answer.headers)


def test_a_hostile_path_forges_no_log_line(
    hospital: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr("storage.database.Database.read", fail)
    hospital.get("/tools/a%0d%0aCRITICAL forged")
    assert "\nCRITICAL" not in caplog.records[0].getMessage()
