"""The body of `POST /tokens`, and its answer."""

from datetime import timedelta
from typing import Any, Final

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.clock import to_iso
from sms_gateway.entrypoints.contract import Check, schema
from sms_gateway.entrypoints.send_request import read_object
from sms_gateway.use_cases.access_tokens import TokenRequest

_checked: Final = Check(schema("TokenRequest"), use_default=True)


def read_token_request(body: bytes, *, client: str) -> TokenRequest:
    """What the client asks for. No body at all asks for the defaults.

    Raises:
        MalformedRequestError: naming the field (`body` if it cannot be read at all).
    """
    values = _checked(read_object(body) if body else {})
    return TokenRequest(
        client=client,
        max_messages=values["maxMessages"],
        lives_for=timedelta(seconds=values["expiresInSeconds"]),
        phone_number=values.get("phoneNumber"),
        origin=values.get("origin"),
        metadata=values.get("metadata", {}),
    )


def token_view(minted: str, token: AccessToken) -> dict[str, Any]:
    """The token, and what it allows. Fields without a value are left out."""
    view = {
        "token": minted,
        "expiresAt": to_iso(token.expires_at),
        "maxMessages": token.max_messages,
        "phoneNumber": token.phone_number and token.phone_number.e164,
        "origin": token.origin,
    }
    return {name: value for name, value in view.items() if value is not None}
