"""Tell from a device's own word, in the languages devices are set to, whether it let something through."""

import re
from typing import Any, Final

_BLOCKED: Final = re.compile(
    r"block|den(?:y|ied)|drop|reject|reset|prohibit|not.?allowed|quarantin|discard|blo[qc]c?[uh]|refus|forbid|"
    r"gesperrt|verweigert|abgelehnt|abgewiesen|verworfen|denegad|rechazad|negat|rifiutat|geweigerd",
    re.I,
)
_ALLOWED: Final = re.compile(
    r"allow|accept|permit|\bpass(?:ed|through)?\b|granted|\bbuilt\b|forward|observed|\bok\b|"
    r"tunnel|\bsuccess|monitor|alert|\bproceed|zugelassen|erlaubt|gestattet|zul.ssig|autoris|permes|consentit|toegestaan",
    re.I,
)


def action(value: Any) -> str | None:
    """Return 'blocked' or 'allowed' where the word says so plainly, else None."""
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if not isinstance(value, str):
        return None
    if _BLOCKED.search(value):
        return "blocked"
    return "allowed" if _ALLOWED.search(value) else None
