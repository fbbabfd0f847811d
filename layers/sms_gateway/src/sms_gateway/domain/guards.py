"""What may stop a message: limits, the do-not-contact list, and the second click.

Days are those of UTC. "In an hour" is any sixty minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import PhoneNumber

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
BATCH_KNOWN_FOR: Final = timedelta(hours=24)
"""How long a batch without a name of its own is known by what is in it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be sent. Zero switches a limit off.

    `recipient_hourly` and `recipient_daily` count what is sent to one number from all clients: a
    message to be sent now counts when it is stored, and its place among the sendings moves with
    each later try; one that is scheduled counts when it is sent; a resend counts once more.
    `client_daily` counts what one client has stored, and its resends. Within `double_click` a
    message without an id of its own that equals the last one is
    taken for that one, unless that one came to nothing. `suppressions`: whether the do-not-contact
    list is looked at.
    """

    recipient_hourly: int = 0
    recipient_daily: int = 0
    client_daily: int = 0
    double_click: timedelta = timedelta()
    suppressions: bool = False

    @property
    def recipient_remembered(self) -> int:
        """How many sendings to one number decide whether there is room; zero: no limit at all."""
        return max(self.recipient_hourly, self.recipient_daily)

    def room_for_recipient(self, sent: Sequence[datetime], now: datetime) -> datetime | None:
        """When there is room for one more; `None`: now. `sent` are its sendings, latest first."""
        waits = []
        if 0 < self.recipient_hourly <= len(sent):
            waits.append(sent[self.recipient_hourly - 1] + HOUR)
        if 0 < self.recipient_daily <= len(sent):
            waits.append(end_of_day(sent[self.recipient_daily - 1]))
        return max((at for at in waits if at > now), default=None)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A number that must not be texted, since when, and which client has said so."""

    phone_number: PhoneNumber
    since: datetime
    client: str


def suppressed() -> InvalidValueError:
    """What is wrong with a message to a number on the do-not-contact list."""
    return InvalidValueError(
        "phoneNumber",
        "This number is on the do-not-contact list. Do not text it, unless its owner agrees to be"
        " texted again and you take it off the list.",
        "suppressed",
    )


def with_sending(
    sent: Sequence[datetime], now: datetime, instead_of: datetime | None = None
) -> list[datetime]:
    """The sendings with one more, latest first; it takes the place of the one at `instead_of`."""
    others = list(sent)
    if instead_of in others:
        others.remove(instead_of)
    return sorted((now, *others), reverse=True)


def end_of_day(now: datetime) -> datetime:
    """The next midnight, UTC: when daily counts begin anew."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
