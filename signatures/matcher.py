"""Name the tool that evidence points to: the most specific signature wins, and ties are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from signatures.catalogue import Catalogue, Signature, Tool
from signatures.evidence import Evidence, HostInterest, Match
from signatures.host_index import HostIndex, path_class
from signatures.hosts import normalise_host
from signatures.kinds import HOST_KINDS, Kind, Surface
from signatures.names import agent_products, application_key, field_words, identifier_key
from signatures.ports import is_own_network

_MAX_FIELD_WORDS = 12
# Vendors keep pages about a tool under these names, apart from the tool itself.
_BESIDE_THE_TOOL = frozenset(
    "academy blog blogs careers changelog community developer developers discuss doc docs documentation forum "
    "forums guide guides help helpcenter investors jobs kb knowledge learn news press shop status store support "
    "trust".split()
)
_ALIASED = frozenset({Surface.USE.value, Surface.CNAME.value})


class Matcher:
    """Match evidence against a whole catalogue, compiled once; safe to share between threads.

    Specificity falls in this order: SSO application id, OAuth client, browser extension, SSO application name,
    OAuth scope, host with path,
    exact host, tenant wildcard, longer domain suffix, firewall application field (or, in it, the application's
    name), user agent, port of a server on the own network, DNS answer. The
    surface of the winning signature is passed on: ambient contact never becomes use. Two things lower it. A
    name such as `docs.` or `status.` under the domain of a used tool is contact with the vendor, unless a
    signature of its own says otherwise; and a name known only from the aliases in a DNS answer is a `cname`.
    """

    __slots__ = (
        "_agents",
        "_answers",
        "_field_prefixes",
        "_fields",
        "_hosts",
        "_identifiers",
        "_names",
        "_ports",
        "_scopes",
    )

    def __init__(self, catalogue: Catalogue) -> None:
        self._hosts = HostIndex()
        self._answers = HostIndex()
        self._identifiers: dict[Kind, dict[str, list[Match]]] = {
            Kind.SSO_APP_ID: {},
            Kind.OAUTH_CLIENT: {},
            Kind.EXTENSION_ID: {},
        }
        self._scopes: dict[str, list[Match]] = {}
        self._ports: dict[int, list[Match]] = {}
        self._names: dict[str, list[Match]] = {}
        self._fields: dict[tuple[str, ...], list[Match]] = {}
        self._field_prefixes: dict[tuple[str, ...], list[Match]] = {}
        self._agents: dict[str, list[tuple[tuple[str, ...], Match]]] = {}
        for tool in catalogue.tools.values():
            for signature in tool.signatures:
                self._add(signature, _match_of(tool, signature))
        self._hosts.share_paths_with_www()

    def match(self, evidence: Evidence) -> Match | None:
        """Return the most specific match of the evidence, or None if it names no known tool."""
        found: Sequence[Match] = ()
        if evidence.application_id or evidence.oauth_client_id or evidence.application_name:
            found = self._by_identity(evidence)
        if not found and evidence.oauth_scopes:
            found = self._by_scopes(evidence.oauth_scopes)
        host = evidence.host
        if not found and host:
            found = self._hosts.best(host, evidence.path)
            if found:
                found = _beside(host, found)
        if not found and evidence.network_application:
            found = self._by_field(evidence.network_application)
        if not found and evidence.user_agent:
            found = self._by_agent(evidence.user_agent)
        if not found and evidence.port is not None and host:
            found = self._by_port(host, evidence.port)
        if not found and evidence.dns_answers:
            found = self._by_answers(evidence.dns_answers)
        return _first_with_ties(found) if found else None

    def host_interest(self, host: str) -> HostInterest:
        """Return whether any signature can match by this host, alone or only with a path."""
        return self._hosts.interest(host)

    def path_prefixes(self, host: str) -> tuple[str, ...]:
        """Return the path prefixes signatures name on this host, lower case, longest first."""
        return self._hosts.path_prefixes(host)

    def scope_interest(self, scope: str) -> bool:
        """Return whether some signature knows this OAuth scope."""
        return scope.strip().lower() in self._scopes

    def port_interest(self, host: str, port: int) -> bool:
        """Return whether a server on the own network at this port may be a self-hosted tool."""
        return bool(self._by_port(host, port))

    def answer_interest(self, name: str) -> bool:
        """Return whether a name in the answer of a name server can show a tool."""
        return bool(self._answers.best(name, None) or self._by_alias(name))

    def application_interest(self, name_or_id: str) -> bool:
        """Return whether some signature knows this SSO application name or id, or OAuth client id."""
        return bool(self._by_identifier(name_or_id) or self._by_name(name_or_id))

    def user_agent_interest(self, ua: str) -> bool:
        """Return whether some signature knows a product token of this user agent."""
        return bool(self._by_agent(ua))

    def network_application_interest(self, app: str) -> bool:
        """Return whether some signature knows this firewall application name."""
        return bool(self._by_field(app))

    def _add(self, signature: Signature, match: Match) -> None:
        kind, value = signature.kind, signature.value
        if kind is Kind.DNS_ANSWER:
            self._answers.add(Kind.DOMAIN, value, match)
        elif kind in HOST_KINDS:
            self._hosts.add(kind, value, match)
        elif kind is Kind.OAUTH_SCOPE:
            self._scopes.setdefault(value.lower(), []).append(match)
        elif kind is Kind.LOCAL_PORT:
            self._ports.setdefault(int(value), []).append(match)
        elif kind is Kind.SSO_APP_NAME:
            self._names.setdefault(application_key(value) or value, []).append(match)
        elif kind is Kind.APP_FIELD:
            fields = self._field_prefixes if value.endswith("*") else self._fields
            fields.setdefault(field_words(value), []).append(match)
        elif kind is Kind.USER_AGENT:
            first, *rest = (forms[0] for forms in agent_products(value))
            self._agents.setdefault(first, []).append((tuple(rest), match))
        else:
            self._identifiers[kind].setdefault(identifier_key(value), []).append(match)

    def _by_identity(self, evidence: Evidence) -> Sequence[Match]:
        found: Sequence[Match] = ()
        if evidence.application_id:
            found = self._by_identifier(evidence.application_id)
        if not found and evidence.oauth_client_id:
            found = self._by_identifier(evidence.oauth_client_id)
        if not found and evidence.application_name:
            found = self._by_name(evidence.application_name)
        return found

    def _by_identifier(self, value: str) -> Sequence[Match]:
        # Identity providers use one id as application id and as OAuth client id, and logs name it either way.
        key = identifier_key(value)
        for known in self._identifiers.values():
            if key in known:
                return known[key]
        return ()

    def _by_name(self, name: str) -> Sequence[Match]:
        key = application_key(name)
        return self._names.get(key, ()) if key is not None else ()

    def _by_scopes(self, scopes: Sequence[str]) -> Sequence[Match]:
        found = (self._scopes.get(scope.strip().lower()) for scope in scopes)
        return next((matches for matches in found if matches), ())

    def _by_port(self, host: str, port: int) -> Sequence[Match]:
        known = self._ports.get(port, ())
        return known if known and is_own_network(host) else ()

    def _by_field(self, name: str) -> Sequence[Match]:
        words = field_words(name)
        if words in self._fields:
            return self._fields[words]
        for length in range(min(len(words), _MAX_FIELD_WORDS), 0, -1):
            if words[:length] in self._field_prefixes:
                return self._field_prefixes[words[:length]]
        # Gateways that know many applications call them by the names of the products; nobody signed in there.
        return [replace(match, kind=Kind.APP_FIELD.value) for match in self._by_name(name)]

    def _by_agent(self, agent: str) -> list[Match]:
        products = list(agent_products(agent))
        found = []
        for place, forms in enumerate(products):
            for form in forms:
                for rest, match in self._agents.get(form, ()):
                    following = products[place + 1 : place + 1 + len(rest)]
                    if len(following) == len(rest) and all(map(_is_among, rest, following)):
                        found.append(match)
        return found

    def _by_answers(self, answers: Sequence[str]) -> Sequence[Match]:
        candidates = [
            found
            for answer in answers
            if (found := self._answers.best(answer, None) or self._by_alias(answer))
        ]
        return max(candidates, key=lambda found: len(found[0].signature), default=())

    def _by_alias(self, answer: str) -> Sequence[Match]:
        # A name of somebody's own may stand for a tool's host. Suites are left out: half the web points its
        # support and form pages at them.
        return [
            replace(match, surface=Surface.CNAME.value)
            for match in _beside(answer, self._hosts.best(answer, None))
            if match.surface in _ALIASED
        ]


def _match_of(tool: Tool, signature: Signature) -> Match:
    prefix = None
    if signature.kind is Kind.PATH:
        prefix = path_class(signature.value.partition("/")[2])
    return Match(
        tool_id=tool.id,
        vendor_id=tool.vendor_id,
        surface=signature.surface.value,
        signature=f"{tool.id}:{signature.kind.value}:{signature.value}",
        kind=signature.kind.value,
        path_class=prefix,
        tier=signature.tier,
        ties=(),
    )


def _first_with_ties(matches: Sequence[Match]) -> Match:
    first = matches[0]
    if len(matches) == 1:
        return first
    others = dict.fromkeys(match.tool_id for match in matches if match.tool_id != first.tool_id)
    return replace(first, ties=tuple(others)) if others else first


def _beside(host: str, found: Sequence[Match]) -> Sequence[Match]:
    """Take back what a suffix says about names under which vendors keep pages about a tool."""
    if not found or found[0].kind != Kind.DOMAIN:
        return found
    name = normalise_host(host) or host
    if name.partition(".")[0] not in _BESIDE_THE_TOOL or found[0].signature.endswith(f":{name}"):
        return found
    beside = Surface.VENDOR_ONLY.value
    return [replace(match, surface=beside) if match.surface == Surface.USE else match for match in found]


def _is_among(word: str, forms: tuple[str, ...]) -> bool:
    return word in forms
