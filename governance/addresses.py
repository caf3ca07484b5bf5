"""Tell the department of an address: the longest prefix among the organisation's subnets decides."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from storage.subnets import Subnet

_REMEMBERED: Final = 200_000


class AddressPlan:
    """The subnets, ready to be asked for every event of a scan."""

    def __init__(self, subnets: Sequence[Subnet]) -> None:
        self._by_length: dict[tuple[int, int], dict[int, Subnet]] = {}
        for one in subnets:
            network = ip_network(one.cidr)
            of_length = self._by_length.setdefault((network.version, network.prefixlen), {})
            of_length[int(network.network_address)] = one
        self._lengths = sorted(self._by_length, reverse=True)
        self._known: dict[str, Subnet | None] = {}

    def department_of(self, address: str) -> str | None:
        """Return the department an address belongs to, None if no subnet says."""
        found = self.subnet_of(address)
        return None if found is None else found.department

    def subnet_of(self, address: str) -> Subnet | None:
        """Return the smallest subnet that holds an address."""
        if not self._lengths or not address:
            return None
        try:
            return self._known[address]
        except KeyError:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            found = self._known[address] = self._find(address)
            return found

    def _find(self, address: str) -> Subnet | None:
        try:
            parsed = ip_address(address.strip("[]"))
        except ValueError:
            return None
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        number = int(parsed)
        for version, length in self._lengths:
            if version == parsed.version:
                spare = parsed.max_prefixlen - length
                found = self._by_length[version, length].get(number >> spare << spare)
                if found is not None:
                    return found
        return None
