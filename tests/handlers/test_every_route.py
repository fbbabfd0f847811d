"""What holds for every route of the API, whichever function serves it."""

import json
from typing import Any

import pytest

from sms_gateway.domain.client import Client, Role
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.contract import OPERATIONS
from tests.support.samples import (
    API_KEY_ID,
    NUMBER,
    OPERATORS_KEY_ID,
    ORIGIN,
    sample,
    with_headers,
    without_header,
    without_key,
)

WITH_A_TABLE = [
    "send-post-message",
    "send-post-batch",
    "send-delete-message",
    "send-put-suppression",
    "send-delete-suppression",
    "status-get-message",
    "status-list-messages",
    "status-preview",
    "status-preview-batch",
    "status-get-suppression",
    "status-list-suppressions",
    "status-get-provider",
    "status-get-statistics",
    "status-list-clients",
    "status-post-token",
]
"""A request to every route that asks a table."""
OF_PAGES = ["send-page-message", "status-page-preview", "status-page-message"]
"""A request to every route that asks for an access token in place of a key, and then a table."""
FOR_ALL = ["status-get-openapi"]
"""A request to every route that needs no key."""
ROUTES = [*WITH_A_TABLE, *FOR_ALL]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def function(cold_start: ColdStart, cloud: Cloud, name: str) -> Function:
    """The function that the sample is for: its name begins with it."""
    cloud.enter(Client("ana", Role.OPERATOR), OPERATORS_KEY_ID)
    return cold_start(
        name.partition("-")[0], knows=(API_KEY_ID, OPERATORS_KEY_ID), ALLOWED_ORIGINS=ORIGIN
    )


def test_no_route_is_left_out() -> None:
    asked = [
        (event["httpMethod"], event["resource"]) for event in map(sample, [*ROUTES, *OF_PAGES])
    ]
    assert sorted(asked) == sorted(OPERATIONS)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("send-without-key", sample("send-without-key")),
        *((name, without_key(sample(name))) for name in WITH_A_TABLE),
    ],
    ids=["send-without-key", *WITH_A_TABLE],
)
def test_a_request_without_a_key_is_forbidden_and_nothing_is_asked_of_aws_or_voipit(
    function: Function, calls: Calls, voipit: FakeVoipit, event: dict[str, Any]
) -> None:
    answer = function(event)
    assert (answer.status, answer.is_problem("forbidden")) == (403, True)
    assert (calls.made, voipit.called) == ([], [])


@pytest.mark.parametrize("name", OF_PAGES)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer v1.e30.0123abcd.x", "Basic eA=="])
def test_a_page_without_a_token_is_401_and_nothing_is_asked_of_aws_or_voipit(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    function: Function,
    calls: Calls,
    voipit: FakeVoipit,
    output: Output,
    name: str,
    header: str | None,
) -> None:
    event = without_header(sample(name), "Authorization")
    if header is not None:
        event = with_headers(event, {"Authorization": header})
    answer = function(event)
    assert (answer.status, answer.is_problem("token-invalid")) == (401, True)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (calls.made, voipit.called) == ([], [])
    assert output.counted() == {"TokenInvalid": 1}


# A batch with a name says it of each of its messages: see `test_batch.py`.
@pytest.mark.parametrize(
    "name", [name for name in [*WITH_A_TABLE, *OF_PAGES] if name != "send-post-batch"]
)
def test_a_table_that_does_not_answer_is_503_with_retry_after_and_voipit_is_not_called(
    function: Function, calls: Calls, voipit: FakeVoipit, output: Output, name: str
) -> None:
    calls.does_not_answer("dynamodb")
    assert function(sample(name)).is_store_unavailable()
    assert voipit.called == []
    assert output.counted() == {"StoreUnavailable": 1}


@pytest.mark.parametrize("name", [*WITH_A_TABLE, *OF_PAGES])
def test_a_surprise_is_500_and_its_words_are_logged_without_the_number(
    function: Function, calls: Calls, output: Output, name: str
) -> None:
    calls.trouble["dynamodb"] = RuntimeError(f"no room for {NUMBER}, nor (0721) 234-567")
    answer = function(sample(name))
    assert (answer.status, answer.is_problem("internal-error")) == (500, True)
    assert NUMBER not in json.dumps(answer.body)
    (line,) = [line for line in output.lines() if line["level"] == "ERROR"]
    assert "no room for [number], nor ([number]" in line["exception"]
    assert output.counted() == {"UnexpectedError": 1}
