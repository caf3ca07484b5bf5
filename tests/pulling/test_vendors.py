"""Each vendor's protocol: tokens, paging, quotas, and a credential that goes to nobody else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from api.pulling.run import Pulled, pull
from api.pulling.settings import PullSettings
from api.scanning import ScanTask, run_scan
from api.workplace import Workplace
from scanner.spec import read_formats
from storage.coverage import coverage
from tests.pulling.vendor_server import NOW, Fault, VendorServer, activity, okta_event, sign_in, template

pytestmark = pytest.mark.network

Secret = Callable[[str], Path]
Run = Callable[..., Pulled]


@pytest.fixture(scope="module")
def key() -> tuple[str, str]:
    """Give a private key and its public half, PEM."""
    private = rsa.generate_private_key(65537, 2048)
    return (
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


@pytest.fixture
def pulled(place: Workplace, server: VendorServer, secret: Secret) -> Run:
    """Pull from the server."""

    def once(vendor: str, text: str, *, at: datetime = NOW, **more: Any) -> Pulled:
        told = {"name": "Identity", "vendor": vendor, "base_url": server.url, "login_url": server.url}
        settings = PullSettings.model_validate({**told, "secret_file": secret(text), "first_days": 1, **more})
        (one,), _ = pull(place, [settings], clock=lambda: at, sleep=lambda _: None)
        return one

    return once


def graph(pulled: Run, text: str = "right secret", **more: Any) -> Pulled:
    return pulled("graph", text, tenant="t-1.example", client_id="app-1", **more)


def audit(number: str) -> dict[str, Any]:
    told = template("entra_audit", '"activityDateTime"')
    return {**told, "id": number, "activityDateTime": "2026-11-20T11:00:00Z"}


def events(place: Workplace) -> int:
    with place.database.read() as conn:
        return sum(source.events for source in coverage(conn, NOW))


HOUR_AGO = NOW - timedelta(hours=1)


def test_graph_reads_every_kind_of_sign_in(place: Workplace, server: VendorServer, pulled: Run) -> None:
    principal = template("entra_apps", "servicePrincipalType")
    grant = template("entra_apps", "consentType")
    server.graph = {
        "signIns": [sign_in(number, NOW - timedelta(minutes=9 * number + 1)) for number in range(5)],
        "nonInteractiveUser": [sign_in(10, HOUR_AGO)],
        "servicePrincipal": [sign_in(20, HOUR_AGO)],
        "directoryAudits": [audit("a1")],
        "servicePrincipals": [{**principal, "id": grant["clientId"], "appDisplayName": "ChatGPT"}],
        "oauth2PermissionGrants": [grant],
    }  # fmt: skip
    one = graph(pulled)
    assert one.problems == ()
    counts = {f.stream.id: f.records for f in one.fetched}
    assert counts == {
        "sign_ins": 5, "non_interactive": 1, "service_principal": 1, "directory_audits": 1,
        "service_principals": 1, "permission_grants": 1,
    }  # fmt: skip
    assert events(place) == 10
    assert server.forms[0]["scope"] == f"{server.url}/.default"
    assert server.tokens == 1
    with place.database.read() as conn:
        scopes = [source for source in coverage(conn, NOW) if source.unreadable]
    assert scopes == []


def test_a_grant_gets_the_name_of_its_application(
    server: VendorServer, place: Workplace, pulled: Run
) -> None:
    principal, grant = template("entra_apps", "servicePrincipalType"), template("entra_apps", "consentType")
    server.graph = {
        "servicePrincipals": [{**principal, "id": grant["clientId"], "appDisplayName": "ChatGPT"}],
        "oauth2PermissionGrants": [grant],
    }
    graph(pulled, streams=["service_principals", "permission_grants"])
    with sqlite3.connect(place.database.path or "") as raw:
        (found,) = raw.execute("SELECT sum(count) FROM sighting WHERE tool_id LIKE '%chatgpt%'").fetchone()
    assert found == 2


def test_an_expired_token_is_renewed_once(server: VendorServer, place: Workplace, pulled: Run) -> None:
    server.graph = {"signIns": [sign_in(1, HOUR_AGO)]}
    server.dead_tokens = {"token-1"}
    assert graph(pulled, streams=["sign_ins"]).problems == ()
    assert (events(place), server.tokens) == (1, 2)


@pytest.mark.full
def test_a_token_that_is_never_accepted_ends_the_stream(server: VendorServer, pulled: Run) -> None:
    server.dead_tokens = {f"token-{number}" for number in range(9)}
    (problem,) = graph(pulled, streams=["sign_ins"]).problems
    assert "answered 401" in problem
    assert "AuditLog.Read.All" in problem
    assert server.tokens == 2


def test_one_refused_log_does_not_stop_the_others(
    server: VendorServer, place: Workplace, pulled: Run
) -> None:
    server.graph = {"directoryAudits": [audit("a1")]}
    body = {
        "error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "message": "no licence"}
    }
    server.faults = [Fault(200, body={"access_token": "token-1"}), Fault(403, body=body)]
    one = graph(pulled, streams=["sign_ins", "directory_audits"])
    (problem,) = one.problems
    assert "NonPremiumTenant" in problem
    assert "P1 or P2" in problem
    assert events(place) == 1


def test_a_next_link_to_another_host_is_not_followed(
    server: VendorServer, place: Workplace, pulled: Run
) -> None:
    foreign = VendorServer()
    foreign.start()
    try:
        server.graph = {"signIns": [sign_in(number, HOUR_AGO) for number in range(5)]}
        server.foreign = foreign.url
        (problem,) = graph(pulled, streams=["sign_ins"]).problems
    finally:
        foreign.stop()
    assert "where the credential must not go" in problem
    assert foreign.requests == []
    assert events(place) == 2  # the page that came is kept


@pytest.mark.parametrize("target", ["https://evil.example/x", "//evil.example/x", "http://127.0.0.1:1/x"])
def test_an_okta_link_to_another_host_is_not_followed(server: VendorServer, pulled: Run, target: str) -> None:
    link = {"Link": f'<{target}>; rel="next"'}
    server.faults = [Fault(200, link, [okta_event(1, HOUR_AGO)])]
    (problem,) = pulled("okta", "00okta-secret", streams=["system_log"]).problems
    assert "must not go" in problem or "cannot be read" in problem
    assert len(server.requests) == 1


@pytest.mark.full
def test_a_redirect_is_not_followed(server: VendorServer, pulled: Run) -> None:
    server.faults = [Fault(302, {"Location": f"{server.url}/elsewhere"})]
    (problem,) = pulled("okta", "00okta-secret", streams=["system_log"]).problems
    assert "redirect" in problem
    assert len(server.requests) == 1


def test_google_signs_in_as_the_administrator(
    server: VendorServer, place: Workplace, pulled: Run, key: tuple[str, str]
) -> None:
    private, public = key
    claims: list[dict[str, Any]] = []

    def check(form: dict[str, str]) -> None:
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        told = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
        claims.append(jwt.decode(form["assertion"], public, algorithms=["RS256"], options=told))

    server.check_form = check
    server.google = {
        name: [activity(number, NOW - timedelta(minutes=number + 1), name) for number in range(5)]
        for name in ("token", "login", "saml")
    }
    account = {
        "type": "service_account", "client_email": "reader@project.example", "private_key": private,
        "private_key_id": "k1", "token_uri": "https://evil.example/token",
    }  # fmt: skip
    server.faults = [
        Fault(200, body={"access_token": "token-7", "expires_in": 3600}),
        Fault(403, body={"error": {"code": 403, "errors": [{"reason": "rateLimitExceeded"}]}}),
    ]
    one = pulled("google", json.dumps(account), subject="admin@stmary.example.org")
    assert one.problems == ()
    server.dead_tokens = {"token-7"}
    assert pulled("google", json.dumps(account), subject="admin@stmary.example.org").problems == ()
    assert events(place) == 15
    assert (claims[-1]["sub"], claims[-1]["iss"]) == ("admin@stmary.example.org", "reader@project.example")
    assert claims[-1]["aud"] == f"{server.url}/token"
    assert len(server.paths("pageToken")) >= 6


def test_okta_takes_a_signed_assertion(
    server: VendorServer, place: Workplace, pulled: Run, key: tuple[str, str]
) -> None:
    private, public = key

    def check(form: dict[str, str]) -> None:
        told = jwt.decode(
            form["client_assertion"], public, algorithms=["RS256"], audience=f"{server.url}/oauth2/v1/token",
            options={"verify_exp": False, "verify_iat": False},
        )  # fmt: skip
        assert told["iss"] == told["sub"] == "0oaclient"

    server.check_form = check
    server.okta = [okta_event(1, HOUR_AGO)]
    assert pulled("okta", private, client_id="0oaclient", streams=["system_log"]).problems == ()
    assert events(place) == 1


def test_no_secret_is_told(server: VendorServer, place: Workplace, pulled: Run, tmp_path: Path) -> None:
    one = graph(pulled, "wrong but precious")
    assert "invalid_client" in one.problems[0]
    assert "precious" not in "".join(one.problems)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert b"precious" not in everything


@pytest.mark.parametrize(
    ("text", "said"),
    [("{}", "no service account key"), ('{"client_email": "a", "private_key": "x"}', "no usable RSA")],
)
def test_a_useless_key_is_named_and_not_shown(
    pulled: Run, server: VendorServer, text: str, said: str
) -> None:
    problems = pulled("google", text, subject="a@b.example", streams=["token"]).problems
    assert said in problems[0]
    assert server.requests == []


@pytest.mark.parametrize("text", ["precious\ntwice", "pre cious", "precious\x07", "preciös"])
def test_a_token_that_cannot_be_sent_is_not_shown(pulled: Run, server: VendorServer, text: str) -> None:
    (problem,) = pulled("okta", text, streams=["system_log"]).problems
    assert "is no Okta token" in problem
    assert "cious" not in problem
    assert server.requests == []


def test_a_record_nested_without_end_ends_the_stream(
    server: VendorServer, place: Workplace, pulled: Run
) -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    server.okta = [okta_event(1, HOUR_AGO), {**okta_event(2, HOUR_AGO), "target": deep}]
    one = pulled("okta", "00okta-secret", streams=["system_log"])
    assert len(one.problems) <= 1  # fetched or refused, and no crash


def test_the_formats_recognise_what_the_interfaces_give(place: Workplace, tmp_path: Path) -> None:
    samples = {
        "okta_system": okta_event(1, NOW),
        "okta_apps": template("okta_apps", "signOnMode"),
        "entra_signin": sign_in(1, NOW),
        "entra_audit": template("entra_audit", '"activityDateTime"'),
        "entra_apps": template("entra_apps", "servicePrincipalType"),
        "google_workspace": activity(1, NOW, "token"),
    }
    place.__dict__["formats"] = read_formats([])  # against all others
    for format_id, record in samples.items():
        path = tmp_path / f"{format_id}.ndjson"
        path.write_text("".join(json.dumps({**record, "extra": n}) + "\n" for n in range(3)))
        (outcome,) = run_scan(place, [ScanTask((str(path),))]).outcomes
        assert (outcome.format_id, outcome.status) == (format_id, "ok")
