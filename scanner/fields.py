"""The canonical fields of an event: Elastic Common Schema names with underscores for dots."""

from typing import Any, Final

Event = dict[str, Any]
"""One record of a log in canonical fields; absent means the log does not say."""

TEXT_FIELDS: Final = frozenset(
    """user_name user_email user_domain source_ip source_domain device_name destination_domain
    destination_ip network_protocol network_application url_category url_path http_method content_type
    user_agent action action_raw outcome dns_question dns_type dns_response_code actor application_name
    application_id oauth_client_id event_type resource kind department referrer_domain ech
    device_mac assigned_ip assigned_by""".split()
)
NUMBER_FIELDS: Final = frozenset(
    """source_port destination_port http_status source_bytes destination_bytes network_bytes valid_seconds
    dns_ttl""".split()
)
LIST_FIELDS: Final = frozenset("dns_answers oauth_scopes target".split())
KIND_PRESENCE: Final = "presence"
"""`kind` of what is set up, assigned or listed: a tool is here, nobody is said to have used it."""
KIND_REMOVAL: Final = "removal"
"""`kind` of what takes a tool or a grant away: it shows no tool."""
TIME_FIELDS: Final = frozenset({"timestamp", "valid_until"})
"""Instants; `valid_until` is the end of an assignment (kind "assignment": who has an address from now on)."""
HELPER_FIELDS: Final = frozenset({"url", "user", "destination"})
"""Written in format files, never in events: each is taken apart into canonical fields."""

EVENT_FIELDS: Final = TEXT_FIELDS | NUMBER_FIELDS | LIST_FIELDS | TIME_FIELDS
WRITABLE_FIELDS: Final = EVENT_FIELDS | HELPER_FIELDS

PRINCIPAL_FIELDS: Final = ("user_email", "user_name", "actor")
"""Who, best first; a device or an address stands in where no user is named."""
