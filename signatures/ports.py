"""Know which hosts are on the own network, where a port may tell a self-hosted server."""

from __future__ import annotations

from functools import lru_cache

from signatures.hosts import normalise_host

_OWN_ENDINGS = (".local", ".internal", ".lan", ".corp", ".home", ".intranet", ".localdomain", ".home.arpa")


@lru_cache(maxsize=65536)
def is_own_network(host: str) -> bool:
    """Say whether a host is a private address, a single label, or under a name nobody can register."""
    name = normalise_host(host)
    if name is None:
        return False
    if ":" in name or name.rpartition(".")[2].isdigit():
        from ipaddress import ip_address

        address = ip_address(name)
        return address.is_private or address.is_link_local
    return "." not in name or name.endswith(_OWN_ENDINGS)
