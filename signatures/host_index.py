"""Find the signature for a host and path by walking the host's suffixes through one dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from signatures.evidence import HostInterest, Match
from signatures.hosts import normalise_host
from signatures.kinds import Kind

# Looking a member up on its enumeration costs as much as the rest of the answer for a stranger.
_NONE, _ALWAYS, _PATHS = HostInterest.NONE, HostInterest.ALWAYS, HostInterest.PATHS


@dataclass(slots=True)
class _Node:
    """Hold what is known about one host name or suffix."""

    exact: list[Match] = field(default_factory=list)
    suffix: list[Match] = field(default_factory=list)
    tenants: list[tuple[_Pattern, Match]] = field(default_factory=list)
    paths: dict[str, list[Match]] = field(default_factory=dict)  # prefix without trailing slash
    tenant_paths: list[tuple[_Pattern, str, Match]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Match the labels in front of a tenant wildcard's fixed ending."""

    labels: tuple[str, ...]
    weight: int  # fixed characters: more of them is more specific

    def fits(self, labels: list[str]) -> bool:
        return _fits(self.labels, labels)


class HostIndex:
    """Answer which signature a host, with or without a path, fits best; built once, then only read."""

    __slots__ = ("_apexes", "_nodes")

    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}
        # The last two labels of every name in the index, by the last: two look-ups send nearly every stranger
        # away.
        self._apexes: dict[str, set[str]] = {}

    def add(self, kind: Kind, value: str, match: Match) -> None:
        """Add one signature; the value has passed the schema."""
        if kind is Kind.TENANT:
            pattern, ending = _pattern_of(value.lower())
            self._node(ending).tenants.append((pattern, match))
            return
        host, slash, prefix = value.partition("/")
        if "*" in host:
            pattern, ending = _pattern_of(host.lower())
            self._node(ending).tenant_paths.append((pattern, path_class(slash + prefix), match))
            return
        name = normalise_host(host) or host.lower()
        node = self._node(name)
        if kind is Kind.PATH:
            node.paths.setdefault(path_class(slash + prefix), []).append(match)
        elif kind is Kind.HOST:
            node.exact.append(match)
        else:
            node.suffix.append(match)

    def share_paths_with_www(self) -> None:
        """Let `www.<host>` answer like `<host>` for paths, unless it says otherwise itself.

        Sites serve one set of paths under both names; a wider rule would take `gist.github.com/copilot`, a
        person's page, for GitHub's product.
        """
        for name, node in list(self._nodes.items()):
            if node.paths and not name.startswith("www."):
                paths = self._node(f"www.{name}").paths
                for prefix, matches in node.paths.items():
                    paths.setdefault(prefix, matches)

    def interest(self, host: str) -> HostInterest:
        """Return what a reader must keep of a host's events; the host may be as the log gave it."""
        name = self._known(host)
        if name is None:
            return _NONE
        node = self._nodes.get(name)
        if self._best_by_host(name, node):
            return _ALWAYS
        return _PATHS if self._paths(name, node) else _NONE

    def path_prefixes(self, host: str) -> tuple[str, ...]:
        """Return the path prefixes that mean something on a host, lower case, longest first."""
        name = self._known(host)
        if name is None:
            return ()
        paths = self._paths(name, self._nodes.get(name))
        return tuple(sorted(paths, key=lambda prefix: (-len(prefix), prefix)))

    def best(self, host: str, path: str | None) -> Sequence[Match]:
        """Return the equally good matches of a host and path, best evidence only; empty for strangers."""
        name = self._known(host)
        if name is None:
            return ()
        node = self._nodes.get(name)
        paths = self._paths(name, node) if path else None
        if paths and path:
            found = _longest_prefix(paths, path)
            if found:
                return found
        return self._best_by_host(name, node)

    def _known(self, host: str) -> str | None:
        # Return the canonical host if its last two labels occur in the index. Most hosts of a log are
        # canonical strangers, so that case is decided by string methods alone, before the costlier form.
        labels = host.rsplit(".", 2)
        ending = labels[-1]
        known = self._apexes.get(ending)
        if known is None:
            plain = ending
        elif len(labels) == 1:
            return None
        else:
            plain = labels[-2]
            if plain in known:
                return normalise_host(host)
        # Only capitals, other scripts, blanks, a port or a trailing dot could hide a known name from this.
        if (
            plain.islower()
            and plain.isascii()
            and plain[0] > " "
            and (plain is not ending or plain.isalpha())
        ):
            return None
        return self._known_in_other_form(host)

    def _known_in_other_form(self, host: str) -> str | None:
        if host.rpartition(".")[2].isdigit():
            return None  # an IPv4 address
        name = normalise_host(host)
        if name is None or name == host:
            return None
        _, _, rest = name.rpartition(".")[0].rpartition(".")
        return name if rest in self._apexes.get(name.rpartition(".")[2], ()) else None

    def _paths(self, name: str, node: _Node | None) -> dict[str, list[Match]]:
        """Return the paths signatures name on a host, by itself or as one tenant of many; itself says more."""
        plain = node.paths if node is not None else {}
        found: dict[str, list[Match]] = {}
        start = name.find(".") + 1
        while start:
            here = self._nodes.get(name[start:])
            if here is not None and here.tenant_paths:
                labels = name[: start - 1].split(".")
                for pattern, prefix, match in here.tenant_paths:
                    if pattern.fits(labels):
                        found.setdefault(prefix, []).append(match)
            start = name.find(".", start) + 1
        return {**found, **plain} if found else plain

    def _best_by_host(self, name: str, node: _Node | None) -> list[Match]:
        if node is not None and node.exact:
            return node.exact
        nodes = self._nodes
        by_suffix: list[Match] = []
        by_tenant: list[Match] = []
        weight = -1
        start = 0
        while start >= 0:
            here = nodes.get(name[start:])
            if here is not None:
                if not by_suffix:
                    by_suffix = here.suffix
                if here.tenants and start:
                    labels = name[: start - 1].split(".")
                    for pattern, match in here.tenants:
                        if pattern.weight >= weight and pattern.fits(labels):
                            by_tenant = [*by_tenant, match] if pattern.weight == weight else [match]
                            weight = pattern.weight
            start = name.find(".", start) + 1 or -1
        return by_tenant or by_suffix

    def _node(self, name: str) -> _Node:
        *_, label, ending = name.split(".")
        self._apexes.setdefault(ending, set()).add(label)
        return self._nodes.setdefault(name, _Node())


def _pattern_of(value: str) -> tuple[_Pattern, str]:
    """Return the pattern of a tenant's labels, and the fixed ending behind the last star."""
    labels = value.split(".")
    ending = len(labels)
    while "*" not in labels[ending - 1]:
        ending -= 1
    return _Pattern(tuple(labels[:ending]), len(value) - value.count("*")), ".".join(labels[ending:])


def path_class(path: str) -> str:
    """Return a path in the form prefixes are compared in: lower case, leading slash, no trailing slash."""
    end = min((place for mark in "?#;" if (place := path.find(mark)) >= 0), default=len(path))
    return "/" + path[:end].lower().strip("/")


def _longest_prefix(paths: dict[str, list[Match]], path: str) -> list[Match]:
    plain = path_class(path)
    for prefix in sorted(paths, key=len, reverse=True):
        if plain.startswith(prefix) and (len(plain) == len(prefix) or plain[len(prefix)] == "/"):
            return paths[prefix]
    return []


def _fits(pattern: tuple[str, ...], rest: list[str]) -> bool:
    for place, part in enumerate(pattern):
        if not rest:
            return False
        if part == "*":
            # A whole star stands for one or more labels; the schema allows two stars, so this stays small.
            tail = pattern[place + 1 :]
            return any(_fits(tail, rest[taken:]) for taken in range(1, len(rest) + 1))
        if "*" in part:
            head, _, foot = part.partition("*")
            label = rest[0]
            if not (len(label) > len(head) + len(foot) and label.startswith(head) and label.endswith(foot)):
                return False
        elif part != rest[0]:
            return False
        rest = rest[1:]
    return not rest
