"""A client of the Voipit SMS gateway.

`Gateway` asks it; `sms_gateway_client.models` has the types of what it answers. Whatever goes wrong
is a `GatewayError`.
"""

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
)
from sms_gateway_client.gateway import SETTLED, Gateway, a_message
from sms_gateway_client.version import VERSION

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
    "__version__",
    "a_message",
]
