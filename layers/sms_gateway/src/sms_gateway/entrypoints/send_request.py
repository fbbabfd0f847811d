"""The bodies of `POST /messages` and `POST /messages/batch`, read with nothing taken on trust."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NoReturn

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.clock import from_iso, to_iso
from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.message import OnUnconfirmed
from sms_gateway.entrypoints.contract import (
    LONGEST_NAME,
    Check,
    envelope,
    nullable_fields,
    schema,
    without_nulls,
)
from sms_gateway.entrypoints.idempotency_key import HEADER, batch_id_in, message_id_in
from sms_gateway.use_cases.prepare_message import SendRequest
from sms_gateway.use_cases.send_batch import BatchItem

_MESSAGES: Final = "messages"
_REQUEST: Final = schema("SendRequest")
_checked_request: Final = Check(_REQUEST)
_checked_page_request: Final = Check(schema("PageSendRequest"))
_checked_batch: Final = Check(envelope("BatchRequest", _MESSAGES))
_NULLABLE: Final = nullable_fields(_REQUEST)
_BODY: Final = "body"


@dataclass(frozen=True, slots=True)
class Batch:
    """What a caller asks for at once; an item that cannot be read is the error that says why.

    `batch_id` is the caller's own name for it. `digest` is the same for the same client and content
    (SHA-256 of their canonical JSON, hexadecimal), however the JSON was written, with `null`s or
    without.
    """

    items: tuple[BatchItem, ...]
    batch_id: str | None
    digest: str


def load() -> None:
    """Compile the check of a message, so that the first one need not wait for it."""
    _checked_request.load()


def read_send_request(
    body: bytes,
    *,
    client: str,
    idempotency_key: str | None = None,
    received_at: datetime | None = None,
) -> SendRequest:
    """What the caller asks for.

    The id may stand in the body as `messageId` or in the `Idempotency-Key` header.

    Raises:
        MalformedRequestError: naming the field (`body` if it cannot be read at all).
    """
    values = _checked_request(read_object(body))
    request = replace(_send_request(values, client), received_at=received_at)
    if idempotency_key is None:
        return request
    message_id = message_id_in(idempotency_key)
    if request.message_id not in {None, message_id}:
        raise MalformedRequestError(HEADER, f"{HEADER} and messageId differ: give one of them.")
    return replace(request, message_id=message_id)


def read_page_request(
    body: bytes, access: AccessToken, *, received_at: datetime | None = None
) -> SendRequest:
    """What a page asks for with this token.

    Raises:
        MalformedRequestError: naming the field (`body` if it cannot be read at all).
        InvalidValueError: the token and the page give too much metadata.
    """
    values = _checked_page_request(read_object(body))
    request = replace(_send_request(values, access.client), received_at=received_at)
    return request.of_a_page(access)


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body that means something.

    Raises:
        MalformedRequestError: naming the field (`body` if it cannot be read at all).
    """
    values = _json_object(body)
    _refuse_what_is_no_data(values)
    return values


def read_batch(body: bytes, *, client: str, idempotency_key: str | None = None) -> Batch:
    """What the caller asks for, item by item. `Idempotency-Key` names the batch as a whole.

    Raises:
        MalformedRequestError: it is no batch; the field is named. (An item that cannot be read is
            no error here, but stands among the items.)
    """
    batch_id = None if idempotency_key is None else batch_id_in(idempotency_key)
    envelope = _json_object(body)
    _refuse_what_is_no_data(envelope, but=_MESSAGES)
    items = _checked_batch(envelope)[_MESSAGES]
    return Batch(
        items=tuple(_batch_item(values, client) for values in items),
        batch_id=batch_id,
        digest=_digest([client, [_without_nulls(each) for each in items]]),
    )


def _batch_item(values: Any, client: str) -> BatchItem:
    if not isinstance(values, dict):
        return MalformedRequestError(_BODY, "A message must be a JSON object.")
    try:
        _refuse_what_is_no_data(values)
        return _send_request(_checked_request(values), client)
    except MalformedRequestError as error:
        return error


def _without_nulls(item: Any) -> Any:
    return without_nulls(item, _NULLABLE) if isinstance(item, dict) else item


def _send_request(values: Mapping[str, Any], client: str) -> SendRequest:
    return SendRequest(
        client=client,
        phone_number=values["phoneNumber"],
        text=values["message"],
        message_id=values.get("messageId"),
        metadata=values.get("metadata", {}),
        send_at=moment(values, "sendAt"),
        valid_until=moment(values, "validUntil"),
        on_unconfirmed=OnUnconfirmed(values.get("onUnconfirmed", OnUnconfirmed.HOLD)),
    )


def moment(values: Mapping[str, Any], name: str) -> datetime | None:
    """A moment with its time zone, to the millisecond, as it is stored and compared.

    Raises `MalformedRequestError`.
    """
    if name not in values:
        return None
    try:
        given = from_iso(values[name].upper())
        return from_iso(to_iso(given)) if given.tzinfo else _no_moment(name)
    except (ValueError, OverflowError):
        return _no_moment(name)


def _no_moment(name: str) -> NoReturn:
    raise MalformedRequestError(
        name, f"{name} must be a time with its zone, such as 2026-12-24T18:00:00+02:00."
    ) from None


class _Ambiguous(dict[str, Any]):
    """A JSON object in which a name is given twice. It is refused where it is looked at."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counted = Counter(name for name, _ in pairs)
        self.twice = next(name for name in counted if counted[name] > 1)[:LONGEST_NAME]


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRequestError(
            _BODY, "The body is not valid JSON. Send a JSON object."
        ) from error
    if not isinstance(values, dict):
        raise MalformedRequestError(_BODY, "The body must be a JSON object.")
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    return values if len(values) == len(pairs) else _Ambiguous(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_what_is_no_data(values: dict[str, Any], *, but: str | None = None) -> None:
    """Raises for valid JSON that means nothing; what stands under the name `but` may.

    That is a name given twice, and half a character: a lone surrogate is no text, and no table
    could store it. JavaScript makes them of an emoji that is cut in two.
    """
    for name in values:
        if not _is_text(name):
            raise MalformedRequestError(
                _BODY,
                "The name of a field holds half a character (a lone surrogate). Send whole"
                " characters.",
            )
    if isinstance(values, _Ambiguous):
        raise MalformedRequestError(values.twice, "A field is given twice. Give it once.")
    for name, value in values.items():
        waiting = [] if name == but else [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, _Ambiguous):
                twice = each.twice if _is_text(each.twice) else name
                raise MalformedRequestError(twice, "A field is given twice. Give it once.")
            if isinstance(each, dict):
                waiting += [*each, *each.values()]
            elif isinstance(each, list):
                waiting += each
            elif isinstance(each, str) and not _is_text(each):
                raise MalformedRequestError(
                    name,
                    f"{name} holds half a character (a lone surrogate). Send whole characters.",
                )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _digest(content: Any) -> str:
    try:
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    except RecursionError as error:
        raise MalformedRequestError(
            _BODY, "The body is nested too deeply. Send it as the contract describes it."
        ) from error
    return hashlib.sha256(canonical.encode()).hexdigest()
