"""The client's helper for events: reading, repeats, order."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from sms_gateway.domain.events import DATA_SCHEMA
from sms_gateway_client.events import (
    KNOWN_SCHEMA,
    EachOnce,
    Event,
    HighestSequence,
    InvalidEventError,
    handle_if_new,
    parse_event,
)
from tests.support.event_schema import SCHEMA, all_faults
from tests.support.lives import Life
from tools.repository import ROOT


def an_event() -> dict[str, Any]:
    event: dict[str, Any] = json.loads(json.dumps(SCHEMA["examples"][0]))
    return event


def numbered(sequence: int, message_id: str = "order-4711") -> Event:
    event = an_event() | {"id": f"{message_id}:{sequence}", "subject": message_id}
    event["data"] |= {"sequence": sequence, "messageId": message_id}
    return parse_event(event)


def test_every_event_of_a_hundred_lives_is_valid_and_read(as_they_arrive: Life) -> None:
    read = [parse_event(json.dumps(event)) for event in as_they_arrive]

    assert all_faults(as_they_arrive) == []
    for event, told in zip(read, as_they_arrive, strict=True):
        data = told["data"]
        assert (event.source, event.id, event.type) == (told["source"], told["id"], told["type"])
        assert (event.sequence, event.status, event.final) == (
            data["sequence"],
            data["status"],
            data["final"],
        )
        assert (event.reason, event.previous_status) == (
            data.get("reason"),
            data.get("previousStatus"),
        )
        assert (event.phone_number, event.metadata) == (data["phoneNumber"], data["metadata"])
    assert {event.client for event in read} == {"crm", "clinic/Cluj"}


def test_an_event_is_read_from_the_envelope_of_sns_as_well() -> None:
    bare = parse_event(json.dumps(an_event()).encode())

    assert parse_event({"Type": "Notification", "Message": json.dumps(an_event())}) == bare
    assert bare.time == datetime(2026, 11, 22, 15, 20, 27, 194000, tzinfo=UTC)


def test_the_helper_reads_the_schema_that_the_gateway_writes() -> None:
    assert KNOWN_SCHEMA == DATA_SCHEMA


@pytest.mark.parametrize(("status", "is_final"), [("sent", True), ("no_report", False)])
def test_an_event_from_before_these_fields_is_read(*, status: str, is_final: bool) -> None:
    event = an_event() | {"type": f"sms.message.{status}"}
    del event["dataschema"], event["data"]["final"]
    event["data"]["status"] = status

    assert parse_event(event).final is is_final


def test_an_event_of_a_later_schema_is_refused_with_what_to_do() -> None:
    later = an_event() | {"dataschema": "urn:event-schema:sms-gateway:message:2"}

    with pytest.raises(InvalidEventError, match="Install the version of the client"):
        parse_event(later)


@pytest.mark.parametrize(
    ("changed", "in_data"),
    [
        ({"specversion": "0.3"}, {}),
        ({"source": None}, {}),
        ({"id": "order-4711:4"}, {}),
        ({"subject": "order-4712"}, {}),
        ({"type": "sms.message.failed"}, {}),
        ({"time": "yesterday"}, {}),
        ({"time": "2026-11-22T15:20:27.194"}, {}),
        ({"data": "nothing"}, {}),
        ({"id": "order-4711:0"}, {"sequence": 0}),
        ({"id": "order-4711:True"}, {"sequence": True}),
        ({}, {"final": "yes"}),
        ({}, {"metadata": {"order": 1}}),
        ({}, {"metadata": None}),
        ({}, {"reason": 1}),
        ({}, {"status": []}),
    ],
)
def test_what_is_no_event_is_refused(changed: dict[str, Any], in_data: dict[str, Any]) -> None:
    event = an_event() | changed
    if in_data:
        event["data"] |= in_data

    with pytest.raises(InvalidEventError):
        parse_event(event)


@pytest.mark.parametrize("name", ["source", "id", "subject", "data", "specversion"])
def test_an_event_without_an_attribute_is_refused(name: str) -> None:
    event = an_event()
    del event[name]

    with pytest.raises(InvalidEventError, match=name):
        parse_event(event)


@pytest.mark.parametrize("text", ["", "{", "[]", '"event"', b"\xff"])
def test_a_text_that_is_no_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(InvalidEventError):
        parse_event(text)


def test_the_number_of_a_refused_event_is_not_shown() -> None:
    event = an_event()
    event["data"] |= {"phoneNumber": 40721234567}

    with pytest.raises(InvalidEventError) as refused:
        parse_event(event)

    assert "40721234567" not in str(refused.value)
    assert "40721234567" not in repr(parse_event(an_event()))


def test_the_highest_sequence_wins_and_a_repeat_changes_nothing() -> None:
    memory, handled = HighestSequence(), []

    for sequence in (1, 3, 2, 3, 4, 4, 1):
        handle_if_new(numbered(sequence), memory, lambda event: handled.append(event.sequence))

    assert handled == [1, 3, 4]


def test_each_event_is_handled_once_in_any_order() -> None:
    memory, handled = EachOnce(), []

    for sequence in (1, 3, 2, 3, 4, 4, 1):
        handle_if_new(numbered(sequence), memory, lambda event: handled.append(event.sequence))

    assert handled == [1, 3, 2, 4]


@pytest.mark.parametrize("memory", [HighestSequence(), EachOnce()], ids=lambda m: type(m).__name__)
def test_an_event_that_was_not_handled_is_new_when_it_comes_again(
    memory: HighestSequence | EachOnce,
) -> None:
    handled: list[Event] = []

    def fail(_: Event) -> None:
        message = "the database is down"
        raise OSError(message)

    with pytest.raises(OSError, match="down"):
        handle_if_new(numbered(1), memory, fail)

    assert handle_if_new(numbered(1), memory, handled.append)
    assert not handle_if_new(numbered(1), memory, handled.append)
    assert len(handled) == 1


def test_an_overtaken_event_that_is_remembered_does_not_lower_the_sequence() -> None:
    memory = HighestSequence()
    memory.remember(numbered(4))
    memory.remember(numbered(2))

    assert not memory.is_new(numbered(3))


@pytest.mark.parametrize("kind", [HighestSequence, EachOnce])
def test_a_memory_forgets_what_it_has_not_heard_of_for_the_longest_time(
    kind: type[HighestSequence | EachOnce],
) -> None:
    memory = kind(capacity=2)
    for message_id in ("a", "b", "a", "c"):
        memory.remember(numbered(1, message_id))

    known = [name for name in ("a", "b", "c") if not memory.is_new(numbered(1, name))]

    assert known == ["a", "c"]
    with pytest.raises(ValueError, match="1 entry at least"):
        kind(capacity=0)


def test_a_hundred_lives_leave_each_message_with_its_right_status(
    as_they_arrive: Life, right: dict[tuple[str, str], str]
) -> None:
    memory = HighestSequence()
    statuses: dict[tuple[str, str], str] = {}

    for told in as_they_arrive:
        handle_if_new(
            parse_event(told), memory, lambda e: statuses.__setitem__(e.message, e.status)
        )

    assert statuses == right


def test_each_change_of_a_hundred_lives_is_handled_once(
    as_they_arrive: Life, hundred_lives: list[Life]
) -> None:
    memory, handled = EachOnce(), []

    for told in as_they_arrive:
        handle_if_new(parse_event(told), memory, lambda e: handled.append((e.source, e.id)))

    assert sorted(handled) == sorted((e["source"], e["id"]) for life in hundred_lives for e in life)


def test_the_helper_needs_nothing_but_the_standard_library() -> None:
    """So that it is a Lambda layer without a requirement."""
    source = ROOT / "clients" / "python" / "src"
    program = f"import sys; sys.path.insert(0, {str(source)!r}); import sms_gateway_client.events"

    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True, timeout=30)  # noqa: S603
