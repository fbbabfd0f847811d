"""What may stop a new message: limits, the do-not-contact list, and the second click.

Days are those of UTC. "In an hour" is any sixty minutes within such a day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import PhoneNumber

HOUR: Final = timedelta(hours=1)
BATCH_KNOWN_FOR: Final = timedelta(hours=24)
"""How long a batch without a name of its own is known by what is in it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be sent. Zero switches a limit off.

    `recipient_hourly` and `recipient_daily` count messages to one number from all clients,
    `client_daily` those of one client to anybody; a message counts when it is stored, whenever it
    is sent. Within `double_click` a message without an id of its own that equals the last one is
    taken for that one, unless that one came to nothing. `suppressions`: whether the do-not-contact
    list is looked at.
    """

    recipient_hourly: int = 0
    recipient_daily: int = 0
    client_daily: int = 0
    double_click: timedelta = timedelta()
    suppressions: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """Somebody who must not be texted, since when, and which client has said so."""

    phone_number: PhoneNumber
    since: datetime
    client: str


def suppressed() -> InvalidValueError:
    """What is wrong with a message to somebody on the do-not-contact list."""
    return InvalidValueError(
        "phoneNumber", "This number is on the do-not-contact list.", "suppressed"
    )


def end_of_day(now: datetime) -> datetime:
    """The next midnight, UTC: when daily counts begin anew."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
