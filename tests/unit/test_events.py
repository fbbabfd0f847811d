import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.topic import MAX_BYTES
from sms_gateway.domain.events import past_events, status_event
from sms_gateway.domain.message import Change, StatusChange
from sms_gateway.domain.report import MAX_ERROR_MESSAGE
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.entrypoints.contract import schema
from tests.fakes.builders import a_message
from tests.fakes.clock import START


def test_an_event_says_where_the_message_stands() -> None:
    message = a_message(Status.FAILED, reason=Reason.REFUSED, error_message="no credit")

    assert status_event(message, Status.SENDING, "//sms.test") == {
        "specversion": "1.0",
        "id": "appointment-17:2",
        "source": "//sms.test/clinic",
        "subject": "appointment-17",
        "type": "sms.message.failed",
        "time": "2026-11-22T14:35:01.123Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:event-schema:sms-gateway:message:1",
        "data": {
            "messageId": "appointment-17",
            "sequence": 2,
            "status": "failed",
            "final": True,
            "previousStatus": "sending",
            "phoneNumber": "+40721234567",
            "reason": "refused",
            "errorMessage": "no credit",
            "attempt": 1,
            "metadata": {"patient": "4711"},
        },
    }


def test_an_event_of_a_new_message_leaves_out_what_there_is_not() -> None:
    data = status_event(a_message(metadata={}), None, "s")["data"]

    assert data.keys().isdisjoint({"previousStatus", "reason", "errorMessage"})
    assert data["metadata"] == {}


@given(st.sampled_from(Status), st.none() | st.sampled_from(Status))
def test_an_event_never_holds_the_text_or_the_claim(
    status: Status, previous: Status | None
) -> None:
    message = a_message(status, text="the-very-text", claim="the-very-claim")

    event = json.dumps(status_event(message, previous, "s"))

    assert "the-very-text" not in event
    assert "the-very-claim" not in event


_MOVES = st.lists(
    st.tuples(
        st.sampled_from(Trigger), st.sampled_from(Reason), st.none() | st.text(), st.integers(1, 9)
    ),
    max_size=12,
)


@given(moves=_MOVES, waits=st.booleans())
def test_a_history_tells_the_events_that_were_published_when_it_was_made(
    *, moves: list[tuple[Trigger, Reason, str | None, int]], waits: bool
) -> None:
    """Whatever happens to a message, in an order that the table of moves allows."""
    message = a_message(metadata={"z": "1", "a": "2"})
    if waits:
        first = StatusChange(Status.QUEUED, message.created_at, 0, Reason.THROTTLED)
        message = replace(
            message, status=first.status, attempt=0, reason=first.reason, history=(first,)
        )
    told = [status_event(message, None, "s")]
    for trigger, reason, words, seconds in moves:
        is_claim = trigger in {Trigger.CLAIMED, Trigger.RESEND_CLAIMED}
        change = Change(
            trigger,
            message.updated_at + timedelta(seconds=seconds),
            # A report can be about an earlier try than the latest.
            message.attempt + 1 if is_claim else max(message.attempt - seconds % 2, 0),
            reason=reason,
            error_message=words,
            new_claim="claim" if is_claim else None,
        )
        if message.may_take(change):
            before, message = message, message.after(change)
            told.append(status_event(message, before.status, "s"))
            message = replace(message, reason=Reason.CIRCUIT_OPEN)  # put off: that is no event

    assert list(map(json.dumps, past_events(message, "s"))) == list(map(json.dumps, told))


def test_events_that_a_history_does_not_tell_exactly_are_left_out() -> None:
    """Of an old history without its beginning: before its first claim the try is not known."""
    statuses = [Status.QUEUED, Status.SENDING, Status.QUEUED, Status.SENDING, Status.SUBMITTED]
    history = tuple(
        StatusChange(status, START, attempt)
        for status, attempt in zip(statuses, (0, 1, 1, 2, 2), strict=True)
    )
    message = a_message(Status.SUBMITTED, version=5, history=history)

    def sequences(kept: int) -> list[int]:
        events = past_events(replace(message, history=history[-kept:]), "s")
        return [event["data"]["sequence"] for event in events]

    assert sequences(5) == [1, 2, 3, 4, 5]
    assert sequences(4) == [3, 4, 5]
    assert sequences(3) == [4, 5]
    assert sequences(2) == [5]
    assert sequences(1) == []


def test_the_same_event_has_the_same_bytes_in_whichever_order_the_table_keeps_the_metadata() -> (
    None
):
    one, two = (
        a_message(metadata=metadata) for metadata in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    )

    assert json.dumps(status_event(one, None, "s")) == json.dumps(status_event(two, None, "s"))


def test_the_same_change_told_twice_is_the_same_event() -> None:
    message = a_message(Status.SUBMITTED)

    first, second = (status_event(message, Status.SENDING, "s") for _ in range(2))

    assert first == second


def test_events_of_two_clients_with_one_id_differ_in_their_source() -> None:
    ours, theirs = (
        status_event(a_message(client=client), None, "/sms/test") for client in ("clinic", "crm")
    )

    assert ours["id"] == theirs["id"]
    assert (ours["source"], theirs["source"]) == ("/sms/test/clinic", "/sms/test/crm")


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
def test_the_last_part_of_the_source_is_the_client_whatever_it_is_called(
    client: str, other: str
) -> None:
    source = status_event(a_message(client=client), None, "/sms/test")["source"]

    stack, _, last = source.rpartition("/")
    assert (stack, unquote(last)) == ("/sms/test", client)
    assert re.fullmatch(r"[A-Za-z0-9._~%-]+", last)
    another = status_event(a_message(client=other), None, "/sms/test")["source"]
    assert (source == another) == (client == other)


@pytest.mark.parametrize(
    "widest", ["\U0001f600", "\u20ac", '"', "\n"], ids=["twelve bytes", "six", "quote", "line end"]
)
def test_the_largest_event_fits_into_one_call_of_sns(widest: str) -> None:
    bounds = schema("Metadata")
    name_length = bounds["propertyNames"]["maxLength"]
    value = widest * bounds["additionalProperties"]["maxLength"]
    message = a_message(
        Status.FAILED,
        message_id="x" * 64,
        client="/" * 64,
        version=10**6,
        reason=max(Reason, key=len),
        error_message="\U0001f600" * MAX_ERROR_MESSAGE,
        metadata={
            f"{n}{widest * (name_length - 1)}": value for n in range(bounds["maxProperties"])
        },
    )

    event = status_event(message, Status.UNCONFIRMED, "s" * 200)

    attributes = 1024
    assert len(json.dumps(event)) + attributes < MAX_BYTES


def test_a_client_is_one_part_of_the_source_whatever_it_is_called() -> None:
    assert status_event(a_message(client="a/b"), None, "stack")["source"] == "stack/a%2Fb"
