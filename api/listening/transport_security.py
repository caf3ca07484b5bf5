"""Make the TLS side of the receiver from certificate, key and the authority of clients (RFC 5425)."""

import ssl
from pathlib import Path

from api.listening.errors import CertificateUnusable


def tls_context(certificate: Path | None, key: Path | None, client_ca: Path | None) -> ssl.SSLContext:
    """Return a server's context of TLS 1.2 or newer; with `client_ca` clients must show a certificate.

    Raises CertificateUnusable.
    """
    if certificate is None:
        raise CertificateUnusable(
            "TLS needs a certificate: --cert FILE (with the chain) and --key FILE, both PEM; or certificate and "
            "key under [listen] in the settings"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password callback OpenSSL would ask the terminal, and a service would hang.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ValueError) as problem:
        named = f"{certificate}, {key}" if key else str(certificate)
        raise CertificateUnusable(
            f"{named}: cannot be used for TLS ({_reason(problem)}); both must be PEM files that belong together "
            "and this user may read, the key without a password"
        ) from problem
    if client_ca is not None:
        try:
            context.load_verify_locations(client_ca)
        except (OSError, ValueError) as problem:
            raise CertificateUnusable(
                f"{client_ca}: no certificates of an authority ({_reason(problem)}); name a PEM file"
            ) from problem
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _reason(problem: Exception) -> str:
    return str(getattr(problem, "reason", None) or getattr(problem, "strerror", None) or problem)
