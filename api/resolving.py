"""Make the resolver of aliases that the settings ask for, with the organisation's name servers and no others."""

from api.settings import Settings, SettingsInvalid
from scanner.resolving import AliasResolver


def alias_resolver(settings: Settings) -> AliasResolver | None:
    """Return the resolver, or None where looking up is off, as it is by default. Raises SettingsInvalid."""
    if not settings.resolve_aliases:
        return None
    servers = [_server(text) for text in settings.resolvers] or _of_this_machine()
    if not servers:
        raise SettingsInvalid(
            "resolve_aliases: this machine has no name server; name yours in the setting resolvers"
        )
    return AliasResolver(servers)


def _server(text: str) -> tuple[str, int]:
    from ipaddress import ip_address

    address, bracket, port = text.removeprefix("[").partition("]")
    if not bracket and text.count(":") == 1:
        address, _, port = text.partition(":")
    try:
        return str(ip_address(address)), int(port.removeprefix(":") or 53)
    except ValueError:
        raise SettingsInvalid(
            f"resolvers: {text!r} is no address; write 10.0.0.53, 10.0.0.53:5353 or [2001:db8::53]:53"
        ) from None


def _of_this_machine() -> list[tuple[str, int]]:
    import dns.resolver

    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return []
    return [(str(address), 53) for address in resolver.nameservers]
