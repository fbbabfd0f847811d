"""A client of the Voipit SMS gateway.

`Gateway` asks it; `sms_gateway_client.models` has the types of what it answers. Whatever goes wrong
is a `GatewayError`. `sms_gateway_client.events` and `sms_gateway_client.signature` are for those
who subscribe to its events.
"""

from typing import TYPE_CHECKING, Any

from sms_gateway_client.errors import (
    AlreadyTriedError,
    GatewayError,
    LimitReachedError,
    NotAllowedError,
    NotFoundError,
    NotSettledError,
    RefusedError,
    TryLaterError,
    UnavailableError,
    UnreadableMessagesError,
)
from sms_gateway_client.version import VERSION

if TYPE_CHECKING:
    from sms_gateway_client.gateway import SETTLED, Gateway, a_message

__version__ = VERSION

__all__ = [
    "SETTLED",
    "AlreadyTriedError",
    "Gateway",
    "GatewayError",
    "LimitReachedError",
    "NotAllowedError",
    "NotFoundError",
    "NotSettledError",
    "RefusedError",
    "TryLaterError",
    "UnavailableError",
    "UnreadableMessagesError",
    "__version__",
    "a_message",
]


def __getattr__(name: str) -> Any:
    """What asks the gateway, loaded when it is used: `events` does without `requests`."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from sms_gateway_client import gateway  # noqa: PLC0415

    return getattr(gateway, name)
