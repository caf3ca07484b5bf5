"""Secrets come from private places only, addresses are encrypted ones, and certificates are checked."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from api.cli.app import exit_code_of
from api.pulling.addresses import same_place
from api.pulling.errors import PullRefused, SecretUnusable
from api.pulling.run import pull
from api.pulling.secrets import read_secret
from api.pulling.settings import PullSettings
from api.settings import Settings
from api.workplace import Workplace
from tests.pulling.vendor_server import NOW, VendorServer, okta_event

OKTA = {"name": "Okta", "vendor": "okta", "base_url": "https://x.okta.com", "secret_env": "TOKEN"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base_url": "http://x.okta.com"}, "must begin with https://"),
        ({"base_url": "https://user:pass@x.okta.com"}, "holds no user or password"),
        ({"base_url": None}, "base_url is needed"),
        ({"secret_env": None}, "either secret_file or secret_env"),
        ({"secret_file": "/x"}, "either secret_file or secret_env"),
        ({"streams": ["logs"]}, "there is no 'logs'; known are system_log, apps"),
        ({"vendor": "graph"}, "tenant is needed"),
        ({"vendor": "graph", "tenant": "../x", "client_id": "c"}, "tenant"),
        ({"vendor": "google"}, "subject is needed"),
        ({"proxy": "http://user:pass@proxy:3128"}, "proxy_secret_file"),
        ({"token": "00abc"}, "token"),
    ],
)
def test_a_wrong_setting_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PullSettings.model_validate({**OKTA, **changes})


def test_a_pull_has_a_name_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="two are called 'Okta'"):
        Settings(data_directory=tmp_path, pulls=[OKTA, OKTA])  # type: ignore[list-item]


def test_a_secret_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("precious")
    path.chmod(0o640)
    with pytest.raises(SecretUnusable, match=r"chmod 600") as caught:
        read_secret("Okta", path, None)
    assert "precious" not in str(caught.value)
    path.chmod(0o600)
    assert read_secret("Okta", path, None) == "precious"
    assert exit_code_of(caught.value) == 4


def test_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THE_TOKEN", " precious\n")
    assert read_secret("Okta", None, "THE_TOKEN") == "precious"
    with pytest.raises(SecretUnusable, match="OTHER is empty or not set"):
        read_secret("Okta", None, "OTHER")
    with pytest.raises(SecretUnusable, match="no regular file"):
        read_secret("Okta", tmp_path, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.okta.com.evil.example/api", "http://x.okta.com/api", "https://x.okta.com:444/api",
        "https://x.okta.com@evil.example/api", "//evil.example", "https://[bad/", "javascript:1",
    ],
)  # fmt: skip
def test_only_the_configured_host_gets_the_credential(url: str) -> None:
    with pytest.raises(PullRefused):
        same_place("https://x.okta.com", url)
    assert same_place("https://x.okta.com", "https://X.okta.com:443/api?after=1")


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hospital authority")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.pem", folder / "server.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


@pytest.mark.network
def test_certificates_are_checked(place: Workplace, secret: Callable[[str], Path], tmp_path: Path) -> None:
    files = _certificate(tmp_path)
    server = VendorServer(okta=[okta_event(1, NOW - timedelta(hours=1))])
    server.start(files)
    told = {"name": "Okta", "vendor": "okta", "base_url": server.url, "secret_file": secret("00okta-secret")}
    told |= {"streams": ["system_log"], "first_days": 1}
    try:
        for more, works in (({}, False), ({"ca_file": files[0]}, True)):
            settings = PullSettings.model_validate({**told, **more})
            (pulled,), _ = pull(place, [settings], clock=lambda: NOW, sleep=lambda _: None)
            assert (not pulled.problems) is works
            if not works:
                assert "certificate is not trusted" in pulled.problems[0]
                assert server.requests == []
    finally:
        server.stop()
