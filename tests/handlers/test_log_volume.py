"""How much a message's life costs in the log: one line per call, and a bound on its bytes."""

import json
from types import SimpleNamespace
from typing import Any, Final

import pytest

from pages.calls import LOG_BYTES
from sms_gateway.entrypoints.logs import audit
from sms_gateway.entrypoints.metrics import Metric
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import ONE_QUEUED, sample, with_body

REQUEST_ID: Final = sample("send-post-message")["requestContext"]["requestId"]
CHANGES: Final = sample("publish-stream-batch")["Records"]
SENDING, SUBMITTED, _, SENT = CHANGES[:4]
OF_EACH_LINE: Final = 26
"""Bytes that CloudWatch adds to each line (PutLogEvents)."""
STRAIGHT_LIFE: Final = 1_800
"""Bytes at most that the functions write of one message that is taken, sent and reported."""
FOR_TROUBLE: Final = {"timestamp", "location", "function_name", "function_request_id"}


def size(lines: list[str]) -> int:
    return sum(len(line.encode()) + OF_EACH_LINE for line in lines)


@pytest.fixture
def _named_as_on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack's name is in every line of metrics."""
    monkeypatch.setattr("sms_gateway.entrypoints.metrics.metrics.provider.service", "sms-gateway")


@pytest.mark.usefixtures("voipit", "clock", "_named_as_on_aws")
def test_a_straight_life_is_one_line_for_each_call_and_stays_under_a_bound(
    cold_start: ColdStart, cloud: Cloud, output: Output
) -> None:
    calls: list[tuple[str, Any]] = [
        ("send", sample("send-post-message")),
        ("callback", sample("callback-json")),
        ("publish", {"Records": [SENDING, SUBMITTED]}),
        ("publish", {"Records": [SENT]}),
    ]
    for name, event in calls:
        cold_start(name).invoke(event)
    written = [line for line in output.everything().splitlines() if line.startswith("{")]

    assert cloud.rows()
    assert len(written) == len(calls)
    assert all('"_aws"' in line for line in written)
    assert size(written) <= STRAIGHT_LIFE
    for (name, _), line in zip(calls, written, strict=True):
        assert size([line]) == pytest.approx(LOG_BYTES[name], rel=0.1), name


@pytest.mark.usefixtures("_named_as_on_aws")
def test_the_other_calls_are_as_long_as_their_costs_say(
    send: Function,
    cold_start: ColdStart,
    voipit: FakeVoipit,
    clock: FakeClock,
    output: Output,
) -> None:
    voipit.answer = an_error("429", "Too many requests")
    send(sample("send-post-message"))
    voipit.answer = None
    clock.advance(60)
    output.new_metrics()
    for name, event in (("dispatch", ONE_QUEUED), ("watch", sample("watch-scheduled"))):
        cold_start(name).invoke(event)
        (line,) = output.new_metrics()
        written = json.dumps(line, separators=(",", ":"))
        assert size([written]) == pytest.approx(LOG_BYTES[name], rel=0.1), name


def test_the_line_of_a_call_holds_its_metrics_beside_what_it_came_to(
    send: Function, output: Output
) -> None:
    send(sample("send-post-message"))

    (line,) = output.lines()
    assert (line["message"], line["level"], line["status"]) == (
        "message taken",
        "INFO",
        "submitted",
    )
    assert line["correlation_id"] == REQUEST_ID
    assert line[Metric.MESSAGE_TAKEN] == [1.0]
    assert "reason" not in line, "what is not there is left out"
    assert not FOR_TROUBLE & line.keys()


def test_a_call_that_counts_nothing_has_a_line_all_the_same(
    send: Function, status: Function, output: Output
) -> None:
    send(sample("send-post-message"))
    status(sample("status-get-message"))

    line = output.line("message read")
    assert line["level"] == "INFO"
    assert not {"_aws", *FOR_TROUBLE} & line.keys()


def test_trouble_is_a_line_of_its_own_with_everything_that_is_known_of_the_call(
    send: Function, calls: Calls, output: Output
) -> None:
    calls.does_not_answer("dynamodb")
    send(sample("send-post-message"))

    line = output.line("the gateway's storage did not answer")
    assert line["level"] == "WARNING"
    assert line.keys() >= FOR_TROUBLE
    assert "_aws" not in line
    assert output.counted()["StoreUnavailable"] == 1


def test_of_a_call_that_fails_nothing_is_lost_and_nothing_is_left_for_the_next(
    send: Function, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(send.module, "message_view", fails)
        patched.setattr("sms_gateway.entrypoints.rest_api.problem", fails)
        with pytest.raises(MemoryError):
            send.invoke(sample("send-post-message"))
    assert output.line("message taken")[Metric.MESSAGE_TAKEN] == [1.0]

    send(with_body(sample("send-post-message"), phoneNumber="112"))
    line = output.line("request refused")
    assert "_aws" not in line
    assert "message_id" not in line


def test_of_several_messages_in_one_call_each_has_its_line(
    dispatch: Function, output: Output
) -> None:
    two = {"Records": [ONE_QUEUED["Records"][0] | {"messageId": str(n)} for n in range(2)]}
    dispatch.invoke(two)

    told = [line for line in output.lines() if line["message"] == "message dispatched"]
    assert ["_aws" in line for line in told] == [False, True]
    assert output.counted()["MessageDispatched"] == 2


def test_an_audit_line_stays_a_line_of_its_own(status: Function, output: Output) -> None:
    audit("looked at")
    status(sample("status-post-token"))
    assert output.line("looked at")["level"] == "AUDIT"
    assert "_aws" not in output.line("looked at")


def test_a_full_batch_is_one_line(publish: Function, output: Output) -> None:
    publish.invoke({"Records": CHANGES * 25})

    (line,) = output.new_metrics()
    assert line["EventPublished"] == [100.0]


def test_a_value_that_json_has_no_word_for_fails_no_call(
    dispatch: Function, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = SimpleNamespace(client="crm\ud800", message_id={"an id"})
    monkeypatch.setattr(dispatch.module, "read_dispatch", lambda _: (odd, None))
    monkeypatch.setattr(dispatch.module, "dispatch", lambda: lambda *_: None)

    assert dispatch.invoke(ONE_QUEUED) == {"batchItemFailures": []}
    assert output.line("message dispatched")["message_id"] == "{'an id'}"
