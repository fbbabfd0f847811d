import base64
from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from sms_gateway.domain.errors import BodyTooLargeError, MalformedRequestError
from sms_gateway.entrypoints.api_event import ApiEvent
from sms_gateway.entrypoints.bodies import MAX_REQUEST_BYTES, request_body


def event(body: str | None, *, is_base64: bool = False) -> ApiEvent:
    values: dict[str, Any] = {"body": body, "isBase64Encoded": is_base64}
    return ApiEvent(values, LambdaContext())


@pytest.mark.parametrize(("body", "expected"), [(None, b""), ("", b""), ("ș", b"\xc8\x99")])
def test_a_body_is_bytes(body: str | None, expected: bytes) -> None:
    assert request_body(event(body)) == expected


def test_a_body_in_base64_is_what_it_stands_for() -> None:
    assert request_body(event("eMiZ", is_base64=True)) == "xș".encode()
    with pytest.raises(MalformedRequestError):
        request_body(event("eMiZ!", is_base64=True))


@pytest.mark.parametrize("is_base64", [False, True])
def test_a_body_of_one_mebibyte_is_read_and_a_longer_one_refused(*, is_base64: bool) -> None:
    def encoded(body: bytes) -> str:
        return (base64.b64encode(body) if is_base64 else body).decode()

    longest = b"x" * MAX_REQUEST_BYTES
    assert request_body(event(encoded(longest), is_base64=is_base64)) == longest
    with pytest.raises(BodyTooLargeError):
        request_body(event(encoded(longest + b"x"), is_base64=is_base64))


def test_the_limit_is_one_of_bytes_and_not_of_characters() -> None:
    with pytest.raises(BodyTooLargeError):
        request_body(event("ș" * (MAX_REQUEST_BYTES // 2 + 1)))
