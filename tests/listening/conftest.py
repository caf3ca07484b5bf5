"""Lend a running receiver, and certificates made for the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.listening.addresses import address_of
from api.listening.service import ListenPlan, ListenService
from storage.database import open_database
from tests.listening.syslog_bench import Certificates, Run, Scenario


@pytest.fixture
def receive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Give a function that runs a receiver for as long as a scenario lasts, and returns what is left."""
    monkeypatch.setenv("SKIAGRAM_DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.setenv("SKIAGRAM_CONFIG", "")
    monkeypatch.chdir(Path(__file__).parents[2])

    def start(scenario: Scenario, *addresses: str, **more: Any) -> Run:
        folder, url = tmp_path / "data" / "received", f"sqlite:///{tmp_path / 'data' / 'skiagram.db'}"
        (tmp_path / "data").mkdir(exist_ok=True, mode=0o700)
        database = open_database(url)
        database.upgrade()
        database.close()
        plan = ListenPlan(
            tuple(address_of(*address.split()) for address in addresses),
            folder,
            **({"limit": 64 << 20, "every": 0.2, "database": url} | more),
        )

        async def run() -> Run:
            ready = asyncio.Event()

            def taken(addresses: Any) -> None:
                one.taken += addresses
                ready.set()

            one = Run(None, folder, url)  # type: ignore[arg-type]
            one.service = ListenService(plan, one.told.append, taken)
            task = asyncio.create_task(one.service.run())
            await asyncio.wait({task, asyncio.create_task(ready.wait())}, return_when="FIRST_COMPLETED")
            try:
                if not task.done():
                    await scenario(one)
            finally:
                one.service.stop()
                await task
            return one

        return asyncio.run(run())

    return start


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make an authority and certificates for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")
    now = datetime.now(UTC)

    def make(name: str, issuer: x509.Name, signed_by: Any, key: Any) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=name == "authority", path_length=None), True)
            .sign(signed_by, hashes.SHA256())
        )

    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    files: dict[str, Path] = {"ca": folder / "ca.pem"}
    files["ca"].write_bytes(
        make("authority", issuer, authority, authority).public_bytes(serialization.Encoding.PEM)
    )
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        files[name], files[f"{name}_key"] = folder / f"{name}.pem", folder / f"{name}.key"
        files[name].write_bytes(make(name, issuer, authority, key).public_bytes(serialization.Encoding.PEM))
        files[f"{name}_key"].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return Certificates(**files)
