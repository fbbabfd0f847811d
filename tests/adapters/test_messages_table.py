"""What holds for the table alone: its items, and its trouble with AWS."""

import string
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.message_item import from_item, to_item
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.errors import StoreUnavailableError
from sms_gateway.domain.message import Message, StatusChange
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import DeliveryReport, ReportStatus
from sms_gateway.domain.status import Reason, Status, Trigger
from tests.fakes.builders import a_change, a_message, a_report

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
COUNTS = st.integers(1, 10**6)
REPORTS = st.builds(
    DeliveryReport, st.sampled_from(ReportStatus), COUNTS, MOMENTS, st.none() | TEXTS
)
MESSAGES = st.builds(
    Message,
    message_id=st.text(string.ascii_letters, min_size=1),
    client=TEXTS,
    phone_number=st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber),
    text=TEXTS,
    status=st.sampled_from(Status),
    version=COUNTS,
    attempt=COUNTS,
    created_at=MOMENTS,
    updated_at=MOMENTS,
    expires_at=MOMENTS.map(lambda at: at.replace(microsecond=0)),
    claim=TEXTS,
    history=st.lists(
        st.builds(
            StatusChange,
            st.sampled_from(Status),
            MOMENTS,
            COUNTS,
            st.none() | st.sampled_from(Reason),
            st.none() | TEXTS,
        ),
        max_size=3,
    ).map(tuple),
    metadata=st.dictionaries(TEXTS, TEXTS, max_size=3),
    reason=st.none() | st.sampled_from(Reason),
    error_message=st.none() | TEXTS,
    report=st.none() | REPORTS,
    contradicting_reports=st.lists(REPORTS, max_size=3).map(tuple),
)


@given(MESSAGES)
def test_every_field_survives_the_table(message: Message) -> None:
    assert from_item(to_item(message)) == message


def test_an_item_is_what_its_documentation_says() -> None:
    item = to_item(a_message(message_id="m", metadata={}))

    assert item == {
        "messageId": {"S": "m"},
        "status": {"S": "sending"},
        "version": {"N": "1"},
        "attempt": {"N": "1"},
        "client": {"S": "clinic"},
        "phoneNumber": {"S": "+40721234567"},
        "message": {"S": "Buna ziua, esti asteptat la ora 10"},
        "metadata": {"M": {}},
        "claim": {"S": "claim-1"},
        "createdAt": {"S": "2026-11-22T14:35:00.123Z"},
        "updatedAt": {"S": "2026-11-22T14:35:00.123Z"},
        "expiresAt": {"N": "1797950100"},
        "history": {
            "L": [
                {
                    "M": {
                        "status": {"S": "sending"},
                        "at": {"S": "2026-11-22T14:35:00.123Z"},
                        "attempt": {"N": "1"},
                    }
                }
            ]
        },
    }


def test_an_item_of_a_later_release_can_be_read_as_far_as_we_know_it() -> None:
    item = to_item(a_message()) | {"dueAt": {"N": "17"}}

    assert from_item(item) == a_message()


Call = Callable[[MessagesTable], object]
CALLS: dict[str, Call] = {
    "put_item": lambda table: table.create(a_message()),
    "update_item": lambda table: table.change("m", a_change(Trigger.ACCEPTED)),
    "get_item": lambda table: table.get("m"),
}
NOTE: Call = lambda table: table.note_contradiction("m", a_report())  # noqa: E731  one of four calls
ALL_CALLS = [pytest.param(call, id=name) for name, call in CALLS.items()]
ALL_CALLS.append(pytest.param(NOTE, id="note"))


def a_client() -> "DynamoDBClient":
    return boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "InternalServerError",
        "AccessDeniedException",
        "ResourceNotFoundException",
        "TransactionConflictException",
    ],
)
@pytest.mark.parametrize(("operation", "call"), CALLS.items(), ids=CALLS)
def test_a_table_that_refuses_is_unavailable(operation: str, call: Call, code: str) -> None:
    client = a_client()
    with Stubber(client) as stub:
        stub.add_client_error(operation, service_error_code=code, http_status_code=400)

        with pytest.raises(StoreUnavailableError) as unavailable:
            call(MessagesTable(client, "Messages"))

    assert str(unavailable.value) == "The table refused the request."


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.test"),
        ConnectTimeoutError(endpoint_url="https://dynamodb.test"),
        ReadTimeoutError(endpoint_url="https://dynamodb.test"),
        NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", ALL_CALLS)
def test_a_table_that_does_not_answer_is_unavailable(
    call: Call, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    client = a_client()
    monkeypatch.setattr(client, "_make_api_call", fail)

    with pytest.raises(StoreUnavailableError) as unavailable:
        call(MessagesTable(client, "Messages"))

    assert str(unavailable.value) == "The table did not answer."


def test_a_refused_row_that_is_not_shown_is_not_taken_for_a_replay() -> None:
    client = a_client()
    with Stubber(client) as stub:
        stub.add_client_error("put_item", service_error_code="ConditionalCheckFailedException")

        with pytest.raises(StoreUnavailableError):
            MessagesTable(client, "Messages").create(a_message())


def test_a_message_that_expires_between_two_notes_is_let_go() -> None:
    client = a_client()
    with Stubber(client) as stub:
        stub.add_client_error(
            "update_item",
            service_error_code="ConditionalCheckFailedException",
            modeled_fields={"Item": to_item(a_message())},
        )
        stub.add_client_error("update_item", service_error_code="ConditionalCheckFailedException")

        MessagesTable(client, "Messages").note_contradiction("m", a_report())

        stub.assert_no_pending_responses()


@pytest.mark.usefixtures("aws")
def test_a_message_is_read_as_it_stands_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    client = a_client()
    asked: list[dict[str, Any]] = []

    def keep(_: str, parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters)
        return {}

    monkeypatch.setattr(client, "_make_api_call", keep)

    MessagesTable(client, "Messages").get("m")

    assert [parameters["ConsistentRead"] for parameters in asked] == [True]
