import ast
import json
from datetime import timedelta

import pytest

from sms_gateway.domain.errors import (
    AlreadyTriedError,
    GatewayError,
    InvalidValueError,
    LimitReachedError,
    MalformedRequestError,
    MessageIdReusedError,
    MessageNotFoundError,
    RecipientLimitError,
    SecretUnavailableError,
    StoreUnavailableError,
    UnreadableRowError,
)
from sms_gateway.entrypoints.problems import document_for, problem, problem_for
from sms_gateway.entrypoints.rest_api import ForbiddenError
from tools.repository import LAYER_SOURCE

PACKAGE = LAYER_SOURCE / "sms_gateway"


def codes_of_invalid_values() -> set[str]:
    """The third argument of every `InvalidValueError(…)` in the package."""
    return {
        code.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "InvalidValueError"
        for code in node.args[2:3]
        if isinstance(code, ast.Constant) and isinstance(code.value, str)
    }


def all_kinds(kind: type[GatewayError]) -> set[type[GatewayError]]:
    return {kind}.union(*map(all_kinds, kind.__subclasses__()))


STATUSES = {
    "malformed-request": 400,
    "forbidden": 403,
    "operator-cannot-send": 403,
    "operator-only": 403,
    "token-invalid": 401,
    "token-expired": 401,
    "token-not-allowed": 403,
    "token-used-up": 403,
    "token-too-long": 422,
    "origin-not-allowed": 422,
    "too-much-metadata": 422,
    "message-not-found": 404,
    "suppression-not-found": 404,
    "body-too-large": 413,
    "suppressed": 422,
    "recipient-limit-reached": 429,
    "client-limit-reached": 429,
    "blank-text": 422,
    "mis-decoded-text": 422,
    "text-too-long": 422,
    "unsupported-characters": 422,
    "invalid-phone-number": 422,
    "country-not-allowed": 422,
    "number-type-not-allowed": 422,
    "prefix-not-allowed": 422,
    "already-tried": 409,
    "already-too-late": 422,
    "time-too-far-ahead": 422,
    "message-id-reused": 422,
    "store-unavailable": 503,
    "internal-error": 500,
}
BECOMES_AN_OUTCOME_OF_THE_CALL = {SecretUnavailableError.code}


def test_every_code_an_error_can_carry_is_in_the_table_above() -> None:
    kinds = all_kinds(GatewayError) - {LimitReachedError}
    codes = {kind.code for kind in kinds} | codes_of_invalid_values()

    assert codes | {"malformed-request"} == STATUSES.keys() | BECOMES_AN_OUTCOME_OF_THE_CALL


@pytest.mark.parametrize(("code", "status"), [*STATUSES.items(), ("route-not-found", 404)])
def test_every_code_has_its_status(code: str, status: int) -> None:
    answer = problem(code, "A sentence.")

    assert answer.status == status
    assert json.loads(answer.body or "")["status"] == status


def test_a_code_that_is_not_in_the_contract_is_our_mistake() -> None:
    assert problem("unheard-of", "A sentence.").status == 500


def test_a_problem_is_a_document_of_rfc_9457() -> None:
    answer = problem("text-too-long", "Too long.", field="message", septets=170)

    assert answer.content_type == "application/problem+json"
    assert json.loads(answer.body or "") == {
        "type": "urn:problem-type:sms-gateway:text-too-long",
        "title": "Text too long for one SMS",
        "status": 422,
        "detail": "Too long.",
        "field": "message",
        "septets": 170,
    }


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (
            MalformedRequestError("message", "It is required."),
            {"status": 400, "field": "message", "detail": "It is required."},
        ),
        (
            InvalidValueError("phoneNumber", "No.", "country-not-allowed", country="FR"),
            {"status": 422, "field": "phoneNumber", "country": "FR"},
        ),
        (MessageIdReusedError("Taken."), {"status": 422, "detail": "Taken."}),
        (MessageNotFoundError("None."), {"status": 404, "title": "Message not found"}),
        (
            AlreadyTriedError("The message is sent."),
            {
                "status": 409,
                "title": "Too late to cancel the message",
                "detail": "The message is sent.",
            },
        ),
        (
            InvalidValueError("validUntil", "Over.", "already-too-late"),
            {"status": 422, "field": "validUntil"},
        ),
        (StoreUnavailableError("Later."), {"status": 503}),
        (ForbiddenError("A key."), {"status": 403}),
    ],
    ids=lambda value: value.code if isinstance(value, GatewayError) else "",
)
def test_an_error_is_answered_with_what_it_carries(
    error: GatewayError, members: dict[str, object]
) -> None:
    body = json.loads(problem_for(error).body or "")

    assert {name: body[name] for name in members} == members
    assert body["type"].endswith(f":{error.code}")


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (StoreUnavailableError("Later."), 5),
        (RecipientLimitError("Enough.", timedelta(minutes=7, milliseconds=1)), 421),
        (MessageNotFoundError("None."), None),
    ],
    ids=["table", "limit", "not found"],
)
def test_what_will_pass_says_when_to_try_again(error: GatewayError, seconds: int | None) -> None:
    answer = problem_for(error)

    assert answer.headers.get("Retry-After") == (None if seconds is None else str(seconds))
    assert document_for(error).get("retryAfter") == seconds


def test_a_request_is_repeated_unless_its_row_waits_for_a_release() -> None:
    away = document_for(StoreUnavailableError("The table does not answer."))
    unreadable = document_for(UnreadableRowError("Ask the operators to deploy that release."))

    assert away["detail"] == "The table does not answer. Repeat the request unchanged."
    assert unreadable["detail"] == "Ask the operators to deploy that release."
    assert away["retryAfter"] == unreadable["retryAfter"]
