"""What DynamoDB answers to writes: above all when they meet somebody else's transaction."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import Stubber
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from sms_gateway.adapters.dynamodb import (
    TRIES_OF_A_REQUEST,
    ConditionFailedError,
    TransactionRefusedError,
    write,
)
from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.status import Status
from tests.adapters.calls import CALLS, WRITES, Call
from tests.adapters.dynamodb_clients import a_client
from tests.fakes.builders import a_message

ITEM = {"guard": {"S": "recipient"}}
CONDITION = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"


def an_error(code: str, **answer: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, **answer}
    return ClientError(response, "TransactWriteItems")


def cancelled(*codes: str | None) -> ClientError:
    """The answer to a transaction whose actions came to these codes; a condition shows its row."""
    reasons = [
        {"Code": code or "None"} | ({"Item": ITEM} if code == CONDITION else {}) for code in codes
    ]
    return an_error("TransactionCanceledException", CancellationReasons=reasons)


class Answers:
    """A request that is answered so, one after the other."""

    def __init__(self, *answers: Exception | str) -> None:
        self.left = list(answers)

    def __call__(self) -> str:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


BUSY = an_error("TransactionConflictException")


@pytest.mark.parametrize(
    "conflict",
    [
        BUSY,
        cancelled(CONFLICT, None),
        cancelled(None, CONFLICT, CONFLICT),
        cancelled(CONFLICT, CONDITION),
    ],
    ids=["a plain write", "a transaction", "in two rows", "beside a condition"],
)
@pytest.mark.parametrize("times", [1, 2, TRIES_OF_A_REQUEST - 1])
def test_a_write_that_meets_a_transaction_is_repeated_until_that_is_over(
    pauses: list[float], conflict: ClientError, times: int
) -> None:
    assert write(Answers(*[conflict] * times, "written")) == "written"
    assert len(pauses) == times


def test_a_conflict_that_does_not_end_makes_the_table_unavailable(pauses: list[float]) -> None:
    request = Answers(*[BUSY] * TRIES_OF_A_REQUEST, "written")

    with pytest.raises(StoreUnavailableError) as unavailable:
        write(request)

    assert str(unavailable.value) == "The table is busy with another write of the same row."
    assert request.left == ["written"]
    assert len(pauses) == TRIES_OF_A_REQUEST - 1


def test_the_pauses_grow_and_add_up_to_half_a_second_at_most(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda _, most: most)

    write(Answers(*[BUSY] * (TRIES_OF_A_REQUEST - 1), "written"))

    assert pauses == sorted(pauses)
    assert 0.2 < sum(pauses) <= 0.5


def test_writers_that_met_once_do_not_come_back_together(pauses: list[float]) -> None:
    for _ in range(20):
        write(Answers(BUSY, "written"))

    assert len(set(pauses)) == 20


@pytest.mark.usefixtures("pauses")
def test_a_transaction_that_is_refused_tells_which_rows_were_in_the_way() -> None:
    with pytest.raises(TransactionRefusedError) as refused:
        write(Answers(cancelled(None, CONDITION, None, CONDITION)))

    assert refused.value.refusals == {1: ITEM, 3: ITEM}


def test_a_row_in_the_way_that_nobody_asked_for_is_none() -> None:
    reasons = [{"Code": CONDITION, "Message": "The conditional request failed"}]

    with pytest.raises(TransactionRefusedError) as refused:
        write(Answers(an_error("TransactionCanceledException", CancellationReasons=reasons)))

    assert refused.value.refusals == {0: None}


@pytest.mark.parametrize(
    "reasons",
    [
        ["ThrottlingError"],
        ["ProvisionedThroughputExceeded", None],
        ["ValidationError"],
        ["ItemCollectionSizeLimitExceeded"],
        [None, "ThrottlingError", CONDITION],
        [CONFLICT, "ThrottlingError"],
        [None],
        [],
    ],
    ids=str,
)
def test_a_transaction_that_failed_for_another_reason_makes_the_table_unavailable(
    pauses: list[float], reasons: list[str | None]
) -> None:
    """Not even a condition is believed then: the row that counts may not have been looked at."""
    with pytest.raises(StoreUnavailableError) as unavailable:
        write(Answers(cancelled(*reasons)))

    assert str(unavailable.value) == "The table refused the request."
    assert pauses == []


def test_a_condition_that_fails_is_told_at_once(pauses: list[float]) -> None:
    with pytest.raises(ConditionFailedError) as failed:
        write(Answers(an_error("ConditionalCheckFailedException", Item=ITEM)))

    assert (failed.value.item, pauses) == (ITEM, [])


def test_a_condition_that_fails_after_a_conflict_is_told_too(pauses: list[float]) -> None:
    with pytest.raises(ConditionFailedError):
        write(Answers(BUSY, an_error("ConditionalCheckFailedException")))

    assert len(pauses) == 1


@pytest.mark.parametrize(
    "error",
    [an_error("ThrottlingException"), ReadTimeoutError(endpoint_url="https://dynamodb.test")],
    ids=["refused", "no answer"],
)
def test_what_the_aws_client_has_repeated_already_is_not_repeated_here(
    pauses: list[float], error: Exception
) -> None:
    with pytest.raises(StoreUnavailableError):
        write(Answers(error))

    assert pauses == []


@pytest.mark.parametrize(("operation", "call"), WRITES.values(), ids=WRITES)
def test_every_write_there_is_waits_for_a_transaction_to_end(
    pauses: list[float], operation: str, call: Call
) -> None:
    client = a_client()
    with Stubber(client) as stub:
        stub.add_client_error(operation, service_error_code="TransactionConflictException")
        stub.add_response(operation, {"Attributes": to_item(a_message(Status.SUBMITTED))})

        call(client)

        stub.assert_no_pending_responses()
    assert len(pauses) == 1


# --- names -----------------------------------------------------------------------------------

_NOTHING_FOUND: Final[dict[str, Any]] = {"Responses": {}, "UnprocessedKeys": {}}
_NAME: Final = re.compile(r"(?<![:#\w])[A-Za-z_]\w*")
_OF_THE_LANGUAGE: Final = {
    *("attribute_exists", "attribute_not_exists", "list_append", "if_not_exists", "size"),
    *("SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"),
}


def expressions(value: Any) -> Iterator[str]:
    """All expressions in the parameters of a call, however deep."""
    if isinstance(value, list):
        for inner in value:
            yield from expressions(inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("Expression"):
                yield inner
            else:
                yield from expressions(inner)


@pytest.mark.parametrize("call", [call for _, call in CALLS.values()], ids=CALLS)
def test_no_name_is_one_that_dynamodb_keeps_for_itself(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moto carries the developer guide's list, and looks at a part of the expressions only."""
    client = a_client()
    made: list[str] = []

    def note(_: str, parameters: dict[str, Any]) -> dict[str, Any]:
        made.extend(expressions(parameters))
        return {"Attributes": to_item(a_message()), "Items": [], "Count": 0} | _NOTHING_FOUND

    monkeypatch.setattr(client, "_make_api_call", note)
    call(client)

    reserved = set(ReservedKeywords.get_reserved_keywords())
    assert {"STATUS", "COUNT", "TTL", "USER"} <= reserved
    names = {name for expression in made for name in _NAME.findall(expression)}
    assert made == [] or names - _OF_THE_LANGUAGE or "#" in "".join(made)
    assert {name for name in names - _OF_THE_LANGUAGE if name.upper() in reserved} == set()
