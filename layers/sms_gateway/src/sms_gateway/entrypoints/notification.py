"""The values of a status notification, however it was sent.

Nothing says how Voipit sends it (voipit-api.md §3), so POST by form, multipart and JSON and GET by
query string are all understood, and mean the same.
"""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Final
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field

from sms_gateway.domain.errors import MalformedRequestError

MAX_BODY_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 100
_MULTIPART: Final = "multipart/form-data"
_FORM: Final = "application/x-www-form-urlencoded"
_SHOWN: Final = "body"


def read_values(
    body: bytes, content_type: str | None, query: Mapping[str, str]
) -> Mapping[str, str]:
    """The notification's values: of the body if there is one, else of the query string.

    Raises:
        MalformedRequestError: the body is too large or cannot be read.
    """
    if not body.strip():
        return query
    if len(body) > MAX_BODY_BYTES:
        raise MalformedRequestError(_SHOWN, "The body is too large.")
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type == _MULTIPART:
        return _multipart_values(body, content_type or "")
    if media_type.endswith("json") or (media_type != _FORM and body.lstrip().startswith(b"{")):
        return _json_values(body)
    return _form_values(body)


def _json_values(body: bytes) -> dict[str, str]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedRequestError(_SHOWN, "The body is not valid JSON.") from error
    if not isinstance(values, dict):
        raise MalformedRequestError(_SHOWN, "The body is not a JSON object.")
    return {name: str(v) for name, v in values.items() if isinstance(v, str | int)}


def _form_values(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        raise MalformedRequestError(_SHOWN, "The form has too many fields.") from error
    return dict(pairs)


def _multipart_values(body: bytes, content_type: str) -> dict[str, str]:
    values: dict[str, str] = {}

    def keep(field: Field) -> None:
        if field.field_name and field.value is not None and len(values) < MAX_FIELDS:
            values[_text(field.field_name)] = _text(field.value)

    try:
        parse_form(
            {"Content-Type": content_type.encode()}, BytesIO(body), on_field=keep, on_file=None
        )
    except (FormParserError, ValueError) as error:
        raise MalformedRequestError(_SHOWN, "The form cannot be read.") from error
    return values


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
