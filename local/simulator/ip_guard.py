"""Blocking source IPs that send too many invalid requests (`voipit-api.md §2`, IP blocking)."""

from collections.abc import Callable
from dataclasses import dataclass

from local.simulator.settings import SettingsStore


@dataclass
class _Source:
    invalid_requests: int = 0
    last_invalid_at: float = 0.0
    blocked_until: float = 0.0


class IpGuard:
    """Counts invalid requests per source IP and blocks the IP past the limit.

    A count is forgotten once `invalid_request_window` seconds pass without an invalid request;
    more than `invalid_request_limit` of them block the IP for `block_duration` seconds, after
    which it starts anew. Times are those of `clock`, which must never go back.
    """

    def __init__(self, settings: SettingsStore, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._sources: dict[str, _Source] = {}

    def is_blocked(self, ip: str) -> bool:
        """Whether requests from `ip` are rejected now; asking neither counts nor prolongs."""
        source = self._sources.get(ip)
        return source is not None and self._clock() < source.blocked_until

    def count_invalid(self, ip: str) -> None:
        """Count one invalid request of `ip`, and block it if that is one too many."""
        now = self._clock()
        settings = self._settings.current
        source = self._sources.setdefault(ip, _Source())
        if now - source.last_invalid_at >= settings.invalid_request_window:
            source.invalid_requests = 0
        source.invalid_requests += 1
        source.last_invalid_at = now
        if source.invalid_requests > settings.invalid_request_limit:
            source.invalid_requests = 0
            source.blocked_until = now + settings.block_duration

    def clear(self) -> None:
        """Forget every count and unblock every IP."""
        self._sources.clear()
