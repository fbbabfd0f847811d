"""Events, their schema and the AsyncAPI document say the same."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from sms_gateway.domain.events import DATA_SCHEMA, status_event
from sms_gateway.domain.status import FINAL, MOVES, Reason, Status
from tests.fakes.builders import a_message
from tests.support.contract import SCHEMAS
from tests.support.event_schema import SCHEMA, event_faults
from tools.repository import ROOT

DATA = SCHEMA["properties"]["data"]["properties"]
ASYNCAPI = yaml.safe_load((ROOT / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGE = ASYNCAPI["components"]["messages"]["MessageEvent"]
STACK = "/voipit-sms-gateway/sms-gateway"
STATUSES_THAT_ARE_LEFT = set().union(*(move.sources for move in MOVES.values()))


def an_event() -> dict[str, Any]:
    event: dict[str, Any] = json.loads(json.dumps(SCHEMA["examples"][0]))
    return event


def test_the_schema_is_one_itself() -> None:
    Draft7Validator.check_schema(SCHEMA)


@given(
    status=st.sampled_from(Status),
    previous=st.none() | st.sampled_from(sorted(STATUSES_THAT_ARE_LEFT)),
    reason=st.none() | st.sampled_from(Reason),
    words=st.none() | st.text(max_size=20),
    client=st.text(min_size=1, max_size=64).filter(lambda name: name.isprintable()),
    metadata=st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=4), max_size=3),
)
def test_every_event_that_can_be_made_is_valid(  # noqa: PLR0913  what differs between events
    *,
    status: Status,
    previous: Status | None,
    reason: Reason | None,
    words: str | None,
    client: str,
    metadata: dict[str, str],
) -> None:
    message = a_message(
        status, reason=reason, error_message=words, client=client, metadata=metadata
    )

    event = json.loads(json.dumps(status_event(message, previous, STACK)))

    assert event_faults(event) == []
    assert event["data"]["final"] is (status in FINAL)


def test_an_event_is_final_exactly_if_no_move_leads_away() -> None:
    for status in Status:
        event = status_event(a_message(status), None, STACK)

        assert event["data"]["final"] is (status not in STATUSES_THAT_ARE_LEFT)


@pytest.mark.parametrize(
    ("changed", "in_data"),
    [
        ({"specversion": "0.3"}, {}),
        ({"id": "order-4711"}, {}),
        ({"source": "sms-gateway"}, {}),
        ({"time": "2026-11-22 15:20"}, {}),
        ({"time": "2026-13-22T15:20:27.194Z"}, {}),
        ({"dataschema": "urn:event-schema:sms-gateway:message:2"}, {}),
        ({"data": None}, {}),
        ({}, {"sequence": 0}),
        ({}, {"sequence": "3"}),
        ({}, {"status": "lost"}),
        ({}, {"final": False}),
        ({}, {"status": "no_report"}),
        ({}, {"previousStatus": "sent"}),
        ({}, {"phoneNumber": "0721234567"}),
        ({}, {"metadata": {"order": 4711}}),
    ],
)
def test_what_is_no_event_is_not_valid(changed: dict[str, Any], in_data: dict[str, Any]) -> None:
    event = an_event() | changed
    event["data"] = event["data"] and event["data"] | in_data

    assert event_faults(event)


@pytest.mark.parametrize("name", SCHEMA["required"])
def test_an_event_has_every_attribute(name: str) -> None:
    event = an_event()
    del event[name]

    assert event_faults(event)


def test_later_releases_can_add_fields() -> None:
    event = an_event() | {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
    event["data"] |= {"parts": 1, "reason": "of-a-later-release"}

    assert event_faults(event) == []


def test_the_schema_has_the_statuses_and_reasons_that_there_are() -> None:
    assert SCHEMA["$id"] == DATA_SCHEMA
    assert DATA["status"]["enum"] == SCHEMAS["Status"]["enum"]
    assert set(DATA["previousStatus"]["enum"]) == STATUSES_THAT_ARE_LEFT
    assert DATA["reason"]["examples"] == SCHEMAS["Reason"]["enum"]
    limit = SCHEMA["properties"]["data"]["if"]["properties"]["status"]["enum"]
    assert set(limit) == FINAL


def test_the_schema_has_every_field_that_an_event_can_have() -> None:
    message = a_message(Status.FAILED, reason=Reason.REFUSED, error_message="no credit")
    event = status_event(message, Status.SENDING, STACK)

    assert set(event) == set(SCHEMA["properties"])
    assert set(event["data"]) == set(DATA)


def test_the_examples_are_valid_and_the_same() -> None:
    (example,) = SCHEMA["examples"]
    (told,) = MESSAGE["examples"]

    assert event_faults(example) == []
    assert told["payload"] == example
    assert set(told["headers"]) == set(
        ASYNCAPI["components"]["schemas"]["MessageAttributes"]["required"]
    )


def test_the_document_has_the_version_of_the_gateway_and_the_schema_of_events() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert f'\nversion = "{ASYNCAPI["info"]["version"]}"\n' in project
    assert json.loads((ROOT / MESSAGE["payload"]["$ref"]).read_text(encoding="utf-8")) == SCHEMA
