"""Say what a scan asks about an address, of whoever knows the organisation's networks."""

from typing import Protocol


class Places(Protocol):
    """Knows which department an address belongs to."""

    def department_of(self, address: str) -> str | None:
        """Return the department of an address or, where it is none or unknown, None."""
        ...
