"""The body of `POST /messages`, read with nothing taken on trust."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

import fastjsonschema
from fastjsonschema import JsonSchemaValueException

from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.message import OnUnconfirmed
from sms_gateway.domain.message_id import PATTERN, is_message_id
from sms_gateway.use_cases.send_message import SendRequest

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["phoneNumber", "message"],
    "properties": {
        "phoneNumber": {"type": "string", "minLength": 1, "maxLength": 64},
        "message": {"type": "string", "maxLength": 2000},
        "messageId": {"type": "string", "pattern": PATTERN},
        "sendAt": {"type": "string", "format": "date-time"},
        "validUntil": {"type": "string", "format": "date-time"},
        "onUnconfirmed": {"enum": ["hold", "resend"]},
        "metadata": {
            "type": "object",
            "maxProperties": 10,
            "propertyNames": {"minLength": 1, "maxLength": 40},
            "additionalProperties": {"type": "string", "maxLength": 200},
        },
    },
}
"""JSON Schema of the body. The bounds on `metadata` keep ten events within one SNS batch."""

_validate: Final = fastjsonschema.compile(SCHEMA, use_default=False)
_BODY: Final = "body"
_IDEMPOTENCY_KEY: Final = "Idempotency-Key"


def read_send_request(
    body: bytes, *, client: str, idempotency_key: str | None = None
) -> SendRequest:
    """What the caller asks for.

    The id may stand in the body as `messageId` or in the `Idempotency-Key` header.

    Raises:
        MalformedRequestError: naming the field (`body` if it cannot be read at all).
    """
    values = _checked(_json_object(body))
    message_id = values.get("messageId")
    if idempotency_key is not None:
        if not is_message_id(idempotency_key):
            raise MalformedRequestError(
                _IDEMPOTENCY_KEY, f"{_IDEMPOTENCY_KEY} must match {PATTERN}."
            )
        if message_id not in (None, idempotency_key):
            raise MalformedRequestError(
                _IDEMPOTENCY_KEY, f"{_IDEMPOTENCY_KEY} and messageId differ: give one of them."
            )
        message_id = idempotency_key
    return SendRequest(
        client=client,
        phone_number=values["phoneNumber"],
        text=values["message"],
        message_id=message_id,
        metadata=values.get("metadata", {}),
        send_at=_moment(values, "sendAt"),
        valid_until=_moment(values, "validUntil"),
        on_unconfirmed=OnUnconfirmed(values.get("onUnconfirmed", OnUnconfirmed.HOLD)),
    )


def _moment(values: Mapping[str, Any], name: str) -> datetime | None:
    """A moment with its time zone, to the millisecond, as it is stored and compared."""
    if name not in values:
        return None
    try:
        moment = from_iso(values[name].upper())
        return from_iso(to_iso(moment)) if moment.tzinfo else _no_moment(name)
    except (ValueError, OverflowError):
        return _no_moment(name)


def _no_moment(name: str) -> NoReturn:
    raise MalformedRequestError(
        name, f"{name} must be a time with its zone, such as 2026-12-24T18:00:00+02:00."
    ) from None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(
            body, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
        # A lone surrogate (`"\ud800"`) is valid JSON and not text: no table could store it.
        json.dumps(values, ensure_ascii=False).encode()
    except MalformedRequestError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedRequestError(_BODY, "The body is not valid JSON.") from error
    if not isinstance(values, dict):
        raise MalformedRequestError(_BODY, "The body must be a JSON object.")
    return values


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedRequestError(twice, "A field is given twice.")
    return values


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _checked(values: dict[str, Any]) -> Mapping[str, Any]:
    try:
        _validate(values)
    except JsonSchemaValueException as error:
        raise _explained(error) from error
    return values


def _explained(error: JsonSchemaValueException) -> MalformedRequestError:
    """The validator's finding as a sentence that names the field and shows no value."""
    field = ".".join(map(str, error.path[1:]))
    if error.rule == "required":
        missing = next(name for name in error.rule_definition if name not in error.value)
        return MalformedRequestError(missing, f"{missing} is required.")
    if error.rule == "additionalProperties":
        unknown = next(name for name in error.value if name not in SCHEMA["properties"])[:64]
        known = ", ".join(SCHEMA["properties"])
        return MalformedRequestError(unknown, f"Unknown field. Known are {known}.")
    if error.rule == "propertyNames":
        return MalformedRequestError(field, f"{field}: a name is too long or empty.")
    rule = {
        "type": f"must be of type {error.rule_definition}",
        "minLength": "must not be empty",
        "maxLength": f"must not be longer than {error.rule_definition} characters",
        "maxProperties": f"must not have more than {error.rule_definition} entries",
        "pattern": f"must match {error.rule_definition}",
        "format": "must be a time with its zone, such as 2026-12-24T18:00:00+02:00",
        "enum": f"must be one of {error.rule_definition}",
    }[error.rule or "type"]
    return MalformedRequestError(field, f"{field} {rule}.")
