"""Bound how often one client, and all of them together, may ask for something."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

_MOST_CLIENTS = 10_000


class RateLimit:
    """Counts requests in a sliding window; all in memory, so a restart begins anew."""

    def __init__(
        self, of_one: int, of_all: int, seconds: float = 60.0, clock: Callable[[], float] = monotonic
    ) -> None:
        self._of_one = of_one
        self._of_all = of_all
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._all: deque[float] = deque()
        self._clients: dict[str, deque[float]] = {}

    def allows(self, client: str) -> bool:
        """Count a request of a client and say whether it may be answered."""
        now = self._clock()
        with self._lock:
            if len(self._clients) > _MOST_CLIENTS:
                self._clients.clear()  # the bound on all of them still holds
            own = self._clients.setdefault(client, deque())
            for times in (own, self._all):
                while times and times[0] <= now - self._seconds:
                    times.popleft()
            if len(own) >= self._of_one or len(self._all) >= self._of_all:
                return False
            own.append(now)
            self._all.append(now)
            return True
