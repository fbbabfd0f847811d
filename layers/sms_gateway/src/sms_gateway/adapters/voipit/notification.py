"""The values of a status notification, however it was sent.

Nothing says how Voipit sends it (voipit-api.md §3), so POST by form, multipart and JSON and GET by
query string are all understood, and mean the same. The body itself tells which of them it is, since
content types are often wrong.
"""

import codecs
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl

from python_multipart import FormParser
from python_multipart.multipart import Field, parse_options_header

from sms_gateway.adapters.voipit.report_words import NoReport, Values, read_status
from sms_gateway.domain.errors import MalformedRequestError

MAX_BODY_BYTES: Final = 64 * 1024
_AROUND: Final = " \t\r\n\0\ufeff"
_BOUNDARY: Final = re.compile(rb"\s*--([^\r\n]{1,70})\r?\n(?i:content-)")
_BETWEEN_PAIRS: Final = re.compile(r"[\r\n]+(?=[A-Za-z]+=)")
_NAME_OF_CHARSET: Final = re.compile(r"[A-Za-z0-9_-]+")
_ONE_BYTE_CHARSET: Final = re.compile(r"cp125[0-8]|iso8859-[0-9]+")
_UTF_8: Final = "utf-8"


def read_values(body: bytes, content_type: str | None, query: str) -> Values:
    """The notification's values: those of the body, or else of the raw query string.

    The query string counts if it is clearer about the status: the body has none, or one that we do
    not know.

    Raises:
        MalformedRequestError: the body is too large or cannot be read, and the query string has no
            status.
    """
    in_query = _form_values(query, _UTF_8)
    try:
        in_body = _body_values(body, _options(content_type))
    except MalformedRequestError:
        if read_status(in_query) is NoReport.NO_STATUS:
            raise
        return in_query
    return max(in_body, in_query, key=_clearness)  # of two that are alike the first


def _clearness(values: Values) -> int:
    status = read_status(values)
    if status is NoReport.NO_STATUS:
        return 0
    return 1 if status is NoReport.UNKNOWN_STATUS else 2


def _body_values(body: bytes, options: dict[str, str]) -> Values:
    if len(body) > MAX_BODY_BYTES:
        raise MalformedRequestError("body", "The body is too large. Send at most 64 KiB.")
    in_parts = _multipart_values(body, options)
    if in_parts is not None:
        return in_parts
    charset = _charset(body, options)
    text = body.decode(charset, "replace").strip(_AROUND)
    if text.startswith(("{", "[")):
        return _json_values(text)
    return _form_values(text, charset if _ONE_BYTE_CHARSET.fullmatch(charset) else _UTF_8)


def _form_values(text: str, charset: str) -> Values:
    """The pairs of a form, which can stand on lines of their own (`text/plain`)."""
    return parse_qsl(_BETWEEN_PAIRS.sub("&", text), keep_blank_values=True, encoding=charset)


def _json_values(text: str) -> Values:
    """What stands in objects and lists, however deep, under the nearest name; outermost first."""
    try:
        content = _JSON.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedRequestError(
            "body", "The body is not valid JSON. Send a JSON object."
        ) from error
    return list(_leaves(content))


# Raw line ends within a text are no JSON, but no reason to lose a report.
_JSON: Final = json.JSONDecoder(object_pairs_hook=tuple, strict=False)


def _leaves(content: Any) -> Iterator[tuple[str, str]]:
    waiting = deque([("", content)])
    while waiting:
        name, value = waiting.popleft()
        if isinstance(value, tuple):
            waiting.extend(value)
        elif isinstance(value, list):
            waiting.extend((name, each) for each in value)
        elif value is not None:
            yield name, str(value)


def _multipart_values(body: bytes, options: dict[str, str]) -> Values | None:
    """The fields of a multipart form, or `None` if it is not one.

    What stands before and behind it (RFC 2046 §5.1.1) is left out.
    """
    found = _BOUNDARY.match(body)
    boundary = options.get("boundary", "").encode("latin-1") or (found and found[1])
    start = boundary and re.search(rb"(?:\A|\n)(?=--" + re.escape(boundary) + rb")", body)
    if not boundary or not start:
        return None
    form = body[start.end() :]
    if b"\r\n" not in form:
        form = form.replace(b"\n", b"\r\n")
    values: list[tuple[str, str]] = []

    def keep(field: Field) -> None:
        name, value = field.field_name or b"", field.value or b""
        charset = _charset(value, options | _options(field.content_type))
        values.append((name.decode(_UTF_8, "replace"), value.decode(charset, "replace")))

    try:
        FormParser("multipart/form-data", keep, None, boundary=boundary).write(form)
    except ValueError as error:  # FormParserError is one
        raise MalformedRequestError(
            "body", "The multipart form cannot be read. Send it as the contract describes it."
        ) from error
    return values


def _options(content_type: str | None) -> dict[str, str]:
    """The parameters of a content type, `charset` and `boundary` say; none if it is not one."""
    try:
        _, options = parse_options_header(content_type)
    except ValueError:  # characters that no header can have
        return {}
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in options.items()}


def _charset(content: bytes, options: dict[str, str]) -> str:
    """The encoding of a text: what its first bytes tell, else as declared, else UTF-8.

    Declared encodings count if they have one byte for each character; those of more bytes show.
    """
    shown = json.detect_encoding(content)
    declared = options.get("charset", "")
    if shown != _UTF_8 or not _NAME_OF_CHARSET.fullmatch(declared):
        return shown
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return shown
    return name if _ONE_BYTE_CHARSET.fullmatch(name) else shown
