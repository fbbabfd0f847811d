"""The header `Idempotency-Key`, bare or quoted, and what is no such header."""

from typing import Any

import pytest

from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import Answer, Function
from tests.support.samples import sample, with_headers

HEADER = "Idempotency-Key"
POST = sample("send-with-idempotency-key")
PREVIEW = sample("status-preview")
BATCH = sample("send-post-batch")


def with_key(event: dict[str, Any], *values: str, name: str = HEADER) -> dict[str, Any]:
    """The event with this header as often as it is given, as API Gateway hands it over."""
    others = {
        key: value for key, value in event["headers"].items() if key.lower() != HEADER.lower()
    }
    bare = event | {"headers": others, "multiValueHeaders": {k: [v] for k, v in others.items()}}
    with_last = with_headers(bare, {name: values[-1]})
    with_last["multiValueHeaders"][name] = list(values)
    return with_last


def refused(answer: Answer) -> bool:
    assert answer.body["field"] == HEADER
    return answer.status == 400


@pytest.mark.parametrize("name", [HEADER, HEADER.lower()])
def test_a_quoted_key_is_the_id_that_stands_in_it(send: Function, name: str) -> None:
    first = send(with_key(POST, "order-1042", name=name))
    again = send(with_key(POST, '"order-1042"', name=name))

    assert (first.status, first.body["messageId"]) == (202, "order-1042")
    assert "idempotent-replayed" not in first.headers
    assert (again.status, again.body["messageId"]) == (202, "order-1042")
    assert again.headers["idempotent-replayed"] == "true"


def test_a_quoted_key_names_a_batch(send: Function) -> None:
    (first, *_) = send(with_key(BATCH, "spring")).body["results"]
    (again, *_) = send(with_key(BATCH, '"spring"')).body["results"]

    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["message"]["messageId"] == again["message"]["messageId"]


def test_a_quoted_key_may_be_previewed(status: Function) -> None:
    assert status(with_key(PREVIEW, '"order-1042"')).status == 200


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["order-1042", "order-1043"], id="two"),
        pytest.param(["order-1042", "order-1042"], id="the same twice"),
        pytest.param(['"order-1042'], id="half a quotation"),
        pytest.param([r'"order\"1042"'], id="with an escape"),
        pytest.param(['"order-1042";version=2'], id="with a parameter"),
        pytest.param(["order-1042, order-1042"], id="the same twice in one line"),
    ],
)
def test_what_is_no_key_or_more_than_one_is_refused_by_name(
    send: Function, status: Function, cloud: Cloud, values: list[str]
) -> None:
    assert refused(send(with_key(POST, *values)))
    assert refused(send(with_key(BATCH, *values)))
    assert refused(status(with_key(PREVIEW, *values)))
    assert cloud.rows() == []


def test_a_key_that_is_given_twice_is_told_so(send: Function) -> None:
    answer = send(with_key(POST, "a", "b"))

    assert answer.body["detail"] == "Idempotency-Key is given more than once. Send it once."
