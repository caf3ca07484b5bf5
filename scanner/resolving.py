"""Ask the organisation's own name server which aliases a host has; only where an administrator wants that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signatures.hosts import normalise_host
from signatures.ports import is_own_network

MOST_ASKED: Final = 2_000
TIMEOUT: Final = 2.0
_MOST_FAILURES: Final = 3


class AliasResolver:
    """Looks up each host once, one after the other, and no more than `most` of them.

    Names that never left the own network, and addresses, are not asked about. After three questions in a row
    without any answer nothing more is asked, so that a name server that is away costs seconds and not hours.
    """

    def __init__(
        self,
        servers: Sequence[tuple[str, int]],
        *,
        most: int = MOST_ASKED,
        timeout: float = TIMEOUT,
    ) -> None:
        self._servers = servers
        self._most = most
        self._timeout = timeout
        self._known: dict[str, tuple[str, ...]] = {}
        self._failures = 0
        self.asked = self.unanswered = self.left_out = 0

    def aliases(self, raw: str) -> tuple[str, ...]:
        """Return the names a host is an alias of, in order; none if it has none or nothing can be known."""
        host = normalise_host(raw)
        if host is None or "." not in host or ":" in host or is_own_network(host):
            return ()
        if host.rpartition(".")[2].isdigit():
            return ()
        known = self._known.get(host)
        if known is not None:
            return known
        if self._failures >= _MOST_FAILURES or self.asked >= self._most:
            self.left_out += 1
            self._known[host] = ()
            return ()
        found = self._ask(host)
        self._known[host] = found
        return found

    @property
    def statement(self) -> str:
        """Return what was asked, in a sentence."""
        told = f"{self.asked} hosts that match nothing were looked up for aliases"
        if self.unanswered:
            told += f", {self.unanswered} got no answer"
        if self.left_out:
            why = (
                "the name server does not answer"
                if self._failures >= _MOST_FAILURES
                else "there were too many"
            )
            told += f", {self.left_out} were left out because {why}"
        return told

    def _ask(self, host: str) -> tuple[str, ...]:
        import dns.exception
        import dns.rdatatype
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [address for address, _ in self._servers]
        resolver.nameserver_ports = dict(self._servers)
        self.asked += 1
        try:
            answer = resolver.resolve(
                f"{host}.", "A", lifetime=self._timeout, search=False, raise_on_no_answer=False
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
            self._failures = 0
            return ()
        except (dns.exception.DNSException, OSError):
            # No answer, a refusal, or nothing that is DNS.
            self._failures += 1
            self.unanswered += 1
            return ()
        self._failures = 0
        return tuple(
            str(record.target).rstrip(".").lower()
            for part in answer.response.answer
            if part.rdtype == dns.rdatatype.CNAME
            for record in part
        )
