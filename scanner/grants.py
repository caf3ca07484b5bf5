"""Read what identity logs pack into one value: consented scopes and lists of targets."""

import re
from collections.abc import Mapping
from typing import Any, Final

_SCOPE: Final = re.compile(r"\bScopes?: *([^,;\]\[]*)")
_TARGET_KEYS: Final = (
    ("type", ("type", "Type", "targetType", "target_type")),
    ("id", ("id", "ID")),
    ("name", ("displayName", "display_name", "name")),
    ("user", ("userPrincipalName", "email")),
)


def consented_scopes(value: Any) -> list[str] | None:
    """Return the scopes a Microsoft consent names, in order, each once.

    The text is ``[old grants] => [[Id: ..., ConsentType: ..., Scope: a b c, ...]]``; what stands after the
    arrow is in force. Plain lists of scopes, separated by spaces or commas, are read too.
    Source: Microsoft Entra audit activity "Consent to application", property ConsentAction.Permissions.
    """
    if not isinstance(value, str):
        return None
    granted = value.rpartition("=>")[2]
    found = _SCOPE.findall(granted)
    if not found and ("=>" in value or "[" in value):
        return None
    words = [word for part in found or [granted] for word in re.split(r"[\s,;\"\[\]]+", part) if word]
    return list(dict.fromkeys(words)) or None


def targets(value: Any) -> list[dict[str, str]] | None:
    """Return what an audit record acted on: type, id, name and user of each, as far as stated."""
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if isinstance(item, Mapping):
            target = {
                name: str(stated)
                for name, keys in _TARGET_KEYS
                if (stated := next((item[key] for key in keys if item.get(key)), None)) is not None
            }
            if target:
                found.append(target)
    return found or None
