"""The circuit toward Voipit: after a request that counts against our IP nothing more is sent.

Voipit blocks an IP after too many invalid requests (voipit-api.md §2), threshold unknown. So the
first 401, 404 or 403 opens the circuit, and only a ping that was answered closes it. An account
that has never been answered is tried by one message at a time: twenty requests at once with a wrong
password would be twenty invalid ones. Without an account there is nothing to send or to ping with:
then the circuit is open until the secret holds one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sms_gateway.domain.status import Reason


@unique
class OpenReason(StrEnum):
    """Why nothing is sent; part of the public contract."""

    CREDENTIALS = "credentials"
    CONFIGURATION = "configuration"
    IP_BLOCKED = "ip-blocked"
    ACCOUNT_MISSING = "account-missing"


OPENS: Final = {
    Reason.CREDENTIALS_REJECTED: OpenReason.CREDENTIALS,
    Reason.PATH_NOT_FOUND: OpenReason.CONFIGURATION,
    Reason.IP_BLOCKED: OpenReason.IP_BLOCKED,
    # Whether it is about our address too, the next ping tells.
    Reason.FORBIDDEN: OpenReason.IP_BLOCKED,
}
"""The outcomes that open the circuit."""

_SOON: Final = timedelta(minutes=5)
"""After the first refusal of an account: it might have been Voipit's own mistake."""
_FIRST_PING: Final = {
    # Dropped unprocessed while blocked, so it does no harm to ask.
    OpenReason.IP_BLOCKED: timedelta(minutes=1),
    # An invalid request once more, unless the operator has corrected the secret or the settings.
    OpenReason.CREDENTIALS: timedelta(hours=1),
    OpenReason.CONFIGURATION: timedelta(hours=1),
}
_LONGEST_PAUSE: Final = {
    OpenReason.IP_BLOCKED: timedelta(minutes=15),
    OpenReason.CREDENTIALS: timedelta(hours=24),
    OpenReason.CONFIGURATION: timedelta(hours=24),
}


PING_LEASE: Final = timedelta(seconds=45)
"""How long a process has for a ping and for writing down its result (13 s, and 7 s a write);
less than the minute between two runs of `watch`. If nothing was written, the next run pings."""
HARMLESS_PAUSE: Final = timedelta(minutes=1)
"""The pause after a ping without an answer: it is no invalid request."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is known about the way to Voipit.

    `proven` names the account (its version) that Voipit has answered, at `proven_at`; `failed` the
    one it was opened for, or pinged in vain with. `blocked_at` is when a ping was last answered
    403, in this outage or an earlier one. `probe_until` is held by the process that tries an
    account that is not proven yet, `ping_until` by the one that pings.
    """

    reason: OpenReason | None = None
    since: datetime | None = None
    pings: int = 0
    next_ping_at: datetime | None = None
    failed: str | None = None
    proven: str | None = None
    proven_at: datetime | None = None
    probe_until: datetime | None = None
    ping_until: datetime | None = None
    blocked_at: datetime | None = None

    @classmethod
    def opened(cls, reason: OpenReason, account_version: str, at: datetime) -> "Circuit":
        """What an invalid request with this account makes of a closed one."""
        next_ping_at = at + pause_before_ping(reason, 0)
        return cls(reason, at, next_ping_at=next_ping_at, failed=account_version)

    @property
    def is_open(self) -> bool:
        """Whether nothing may be sent."""
        return self.reason is not None

    def is_being_tried(self, now: datetime) -> bool:
        """Whether some process tries an account that is not proven yet."""
        return self.probe_until is not None and now < self.probe_until

    def refuses(self, account_version: str) -> bool:
        """Whether this circuit, if it is open, is about this account. A block is about all."""
        return self.reason is OpenReason.IP_BLOCKED or account_version == self.failed

    def is_outdated_by(self, stored: "Circuit") -> bool:
        """Whether the stored circuit was opened, pinged about or proven after this one was learnt.

        `proven_at` tells an account that was proven since from one whose failure was never written.
        """
        if stored.is_open:
            # What a ping has taught is news as long as no other ping has begun since.
            ping = self.since, self.ping_until
            return self.ping_until is None or ping != (stored.since, stored.ping_until)
        if self.since is None or stored.proven_at is None:
            return False
        return self.since < stored.proven_at

    def wants_ping(self, account_version: str, now: datetime) -> bool:
        """Whether it is time to ask Voipit again, with this version of the account."""
        if self.reason is None or self.next_ping_at is None:
            return False
        if self.ping_until is not None and now < self.ping_until:
            return False
        mended = self.reason is not OpenReason.IP_BLOCKED and account_version != self.failed
        return mended or now >= self.next_ping_at

    def after_ping(
        self, found: OpenReason | None, account_version: str, now: datetime
    ) -> "Circuit":
        """This outage after a ping that failed: `found` is the reason it told, `None` if none."""
        if found is None:
            # Nothing was learnt, and nothing counted against us: ask again soon.
            return replace(self, next_ping_at=now + HARMLESS_PAUSE)
        # A block that ended and left wrong credentials must not be pinged every few minutes: an
        # account that was refused to a ping has been pinged in vain.
        first = 1 if found is OpenReason.CREDENTIALS else 0
        pings = self.pings + 1 if found is self.reason else first
        next_ping_at = now + pause_before_ping(found, pings)
        blocked_at = now if found is OpenReason.IP_BLOCKED else self.blocked_at
        return replace(
            self,
            reason=found,
            failed=account_version,
            pings=pings,
            next_ping_at=next_ping_at,
            blocked_at=blocked_at,
        )


def pause_before_ping(reason: OpenReason, pings: int) -> timedelta:
    """How long to wait before the next ping, after so many that were not answered well.

    Not for `ACCOUNT_MISSING`: nothing is pinged without an account.
    """
    if reason is OpenReason.CREDENTIALS:
        if pings == 0:
            return _SOON
        pings -= 1
    doubled: timedelta = _FIRST_PING[reason] * (1 << min(pings, 10))
    return min(doubled, _LONGEST_PAUSE[reason])
