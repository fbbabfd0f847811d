"""`make redrive`: failure queues are emptied, nothing is lost on the way, and it ends."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodbstreams.models import DynamoDBStreamsBackend

from sms_gateway.adapters.message_item import key_attributes, report_entry, to_item
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.message import Message
from sms_gateway.domain.report import ReportStatus
from tests.fakes.builders import CLIENT, ID, NUMBER, a_report, a_sent_message
from tests.support.deployed import MESSAGES, ON, QUEUES, STACK, Deployed
from tests.support.stream_positions import AS_DOCUMENTED, Stream, a_position
from tests.support.template import TEMPLATE
from tests.tools.aws_answers import answering, no_rights, refusing
from tools.operators import redrive
from tools.operators.parts.failure_queues import FailureQueue
from tools.operators.parts.frame import Exit
from tools.operators.parts.positions import StreamPosition, merged
from tools.operators.parts.republishing import Span

YES: Final = [*ON, "--yes"]
HINT: Final = json.dumps({"client": CLIENT, "messageId": ID})
REPORT: Final = json.dumps(
    {"client": CLIENT, "messageId": ID, "report": report_entry(a_report(ReportStatus.ERROR))}
)
FAILURES: Final = {
    "events": "PublishFailures",
    "dispatch": "DispatchFailures",
    "reports": "ReportFailures",
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.operators.parts.republishing.time.sleep", lambda _: None)


@pytest.fixture(autouse=True)
def _other_streams_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """As AWS says it; moto asserts that they are."""
    get = DynamoDBStreamsBackend.get_shard_iterator

    def get_shard_iterator(backend: Any, arn: str, *arguments: Any) -> Any:
        if arn == AS_DOCUMENTED["DDBStreamBatchInfo"]["streamArn"]:
            raise ResourceNotFoundException(msg="Requested resource not found: Stream")
        return get(backend, arn, *arguments)

    monkeypatch.setattr(DynamoDBStreamsBackend, "get_shard_iterator", get_shard_iterator)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., int]:
    """Runs the command with these arguments."""
    return lambda *arguments: redrive.main(
        [*YES, *arguments, "--resume-file", str(tmp_path / "resume.json")]
    )


def told(capsys: pytest.CaptureFixture[str], queue: str) -> dict[str, Any]:
    """What the command has answered about the queue, as JSON."""
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)["queues"][queue]
    return answer


# --- all queues ------------------------------------------------------------------------------


def test_every_failure_queue_of_the_template_is_one_of_them() -> None:
    urls = {kind.output for kind in redrive.KINDS} | {kind.target for kind in redrive.KINDS}
    outputs = TEMPLATE["Outputs"]
    named = {outputs[output]["Value"]["Ref"] for output in urls if output}
    queues = {n for n, r in TEMPLATE["Resources"].items() if r["Type"] == "AWS::SQS::Queue"}
    assert named == queues == set(QUEUES)
    for kind in redrive.KINDS:
        if kind.target is not None:
            source = TEMPLATE["Resources"][outputs[kind.target]["Value"]["Ref"]]["Properties"]
            failures = source["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"]
            assert failures[0] == outputs[kind.output]["Value"]["Ref"]


def test_where_nothing_waits_nothing_is_done(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployed.queues
    assert run() == Exit.NOTHING_FOUND
    assert capsys.readouterr().out.splitlines() == [f"{name}: nothing waits." for name in FAILURES]


def test_a_look_shows_what_it_is_about_and_leaves_it_where_it_is(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    for queue, body in (
        ("DispatchFailures", HINT),
        ("ReportFailures", REPORT),
        ("PublishFailures", a_position()),
        ("DispatchFailures", f"a text to {NUMBER.e164}"),
    ):
        deployed.put(queue, body)
    assert redrive.main([*YES, "--dry-run", "--json"]) == Exit.DONE

    out, err = capsys.readouterr()
    waiting = {name: told["waiting"] for name, told in json.loads(out)["queues"].items()}
    assert waiting == {"events": 1, "dispatch": 2, "reports": 1}
    for line in (
        f"hint to try {ID} of {CLIENT}",
        f"report error about try 1 of {ID} of {CLIENT}, received 2026-11-22T14:35:05.123Z",
        "1 records from 2026-11-22T14:35:01.000Z to 2026-11-22T14:35:01.000Z (RecordAgeExceeded)",
        "not to be read, 22 characters",
        "purging them would lose nothing",
    ):
        assert line in err
    assert NUMBER.e164 not in err
    assert "no route" not in err, "Voipit's words can hold anything"
    assert deployed.waiting("DispatchFailures") == [HINT, f"a text to {NUMBER.e164}"]
    assert deployed.waiting("ReportFailures") == [REPORT]
    assert deployed.waiting("PublishFailures") == [a_position()]


@pytest.mark.parametrize("others", [0, 1])
def test_what_another_program_looks_at_is_a_rest(
    deployed: Deployed, run: Callable[..., int], others: int, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.put("ReportFailures", REPORT)
    queue = deployed.queues["ReportFailures"]
    deployed.sqs.receive_message(QueueUrl=queue, VisibilityTimeout=600)
    deployed.put("ReportFailures", *[REPORT] * others)

    assert run() == Exit.PARTLY

    said = capsys.readouterr().out
    assert "reports: 1 messages are being looked at by another program." in said
    assert "reports: nothing waits." not in said
    assert len(deployed.waiting("ReportFallbackQueue")) == others


@pytest.mark.parametrize(
    ("failures", "body"), [("ReportFailures", REPORT), ("PublishFailures", a_position())]
)
def test_what_waited_and_could_not_be_received_is_a_rest(
    deployed: Deployed,
    run: Callable[..., int],
    failures: str,
    body: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deployed.put(failures, body)
    answering(monkeypatch, "ReceiveMessage", lambda _: {})

    assert run("--json") == Exit.PARTLY


def test_only_the_queue_that_was_named_is_emptied(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    deployed.put("DispatchFailures", HINT)
    deployed.put("ReportFailures", REPORT)

    assert run("--queue", "reports") == Exit.DONE

    assert deployed.waiting("DispatchFailures") == [HINT]
    assert deployed.waiting("ReportFallbackQueue") == [REPORT]


# --- hints and reports -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "target", "body"),
    [
        ("DispatchFailures", "DispatchQueue", HINT),
        ("ReportFailures", "ReportFallbackQueue", REPORT),
    ],
)
def test_what_failed_goes_back_with_its_attributes(  # noqa: PLR0913, PLR0917  fixtures
    deployed: Deployed,
    run: Callable[..., int],
    failures: str,
    target: str,
    body: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.put(failures, *[body] * 23, trace="1-abc")

    assert run() == Exit.DONE

    back = deployed.taken_from(deployed.queues[target])
    assert [message["Body"] for message in back] == [body] * 23
    assert back[0]["MessageAttributes"]["trace"]["StringValue"] == "1-abc"
    assert deployed.waiting(failures) == []
    assert "23 of 23 messages were moved back." in capsys.readouterr().out


def test_messages_that_fail_again_meanwhile_wait_for_the_next_run(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.put("DispatchFailures", *[HINT] * 12)
    send = FailureQueue.send

    def fails_again(queue: FailureQueue, messages: Any) -> Any:
        deployed.put("DispatchFailures", *[message["Body"] for message in messages])
        return send(queue, messages)

    monkeypatch.setattr(FailureQueue, "send", fails_again)

    assert run() == Exit.DONE

    assert len(deployed.waiting("DispatchQueue")) == 12
    assert len(deployed.waiting("DispatchFailures")) == 12


def test_what_cannot_be_read_stays_unless_it_is_to_be_dropped(
    deployed: Deployed, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ["{}", "[" * 100_000, "not JSON", '{"client": "crm", "messageId": "m", "report": {}}']
    deployed.put("ReportFailures", *broken, REPORT)
    deployed.put("PublishFailures", "{}")

    assert run() == Exit.PARTLY
    said = capsys.readouterr().out
    assert "4 messages cannot be read and stay" in said
    assert "1 messages cannot be read and stay" in said
    assert deployed.waiting("ReportFallbackQueue") == [REPORT]

    assert run("--drop") == Exit.DONE
    assert "4 messages that cannot be read were deleted" in capsys.readouterr().out
    for queue in ("ReportFallbackQueue", "ReportFailures", "PublishFailures"):
        assert deployed.waiting(queue) == []


def test_what_sqs_does_not_take_stays(
    deployed: Deployed,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.put("ReportFailures", *[REPORT] * 3)
    answering(monkeypatch, "SendMessageBatch", lambda _: {"Successful": [{"Id": "1"}]})

    assert run("--json") == Exit.PARTLY

    answer = told(capsys, "reports")
    assert (answer["moved"], answer["left"]) == (1, 2)
    assert len(deployed.waiting("ReportFailures")) == 2


def test_what_was_sent_and_not_deleted_is_in_both_queues_rather_than_in_none(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.put("ReportFailures", REPORT)
    refusing(monkeypatch, "DeleteMessageBatch", no_rights("sqs:DeleteMessage"))
    monkeypatch.setattr("tools.operators.parts.failure_queues.HIDDEN_SECONDS", 0)

    assert run() == Exit.AWS

    assert deployed.waiting("ReportFallbackQueue") == [REPORT]
    assert deployed.waiting("ReportFailures") == [REPORT]


def test_a_message_that_comes_again_and_again_ends_the_reading(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = {"MessageId": "one", "Body": HINT, "ReceiptHandle": "x"}
    answering(monkeypatch, "ReceiveMessage", lambda _: {"Messages": [message]})

    queue = FailureQueue(deployed.sqs, deployed.queues["DispatchFailures"])

    assert list(queue.receive(5)) == [[message]]


def test_messages_go_back_at_the_pace_that_was_asked_for(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[float] = []
    monkeypatch.setattr("tools.operators.parts.pace.time.sleep", spent.append)
    monkeypatch.setattr("tools.operators.parts.pace.time.monotonic", lambda: 1000.0 + sum(spent))
    deployed.put("DispatchFailures", *[HINT] * 25)

    assert run("--per-second", "4") == Exit.DONE

    assert sum(spent) == pytest.approx(20 / 4)


# --- positions of the stream -----------------------------------------------------------------


@pytest.fixture
def stream(deployed: Deployed) -> Stream:
    return Stream(deployed)


def as_it_went(message: Message) -> list[Message]:
    """The message after each of its changes of status."""
    return [
        replace(
            message,
            status=entry.status,
            version=version,
            updated_at=entry.at,
            history=message.history[:version],
        )
        for version, entry in enumerate(message.history, start=1)
    ]


def test_what_the_stream_still_has_is_published_change_for_change(
    deployed: Deployed,
    stream: Stream,
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two = as_it_went(a_sent_message("m-1")), as_it_went(a_sent_message("m-2", minute=1))
    note = replace(one[1], put_off=1)  # a write that changes no status
    deployed.has(one[0], two[0], one[1], note, two[1], one[2], two[2])
    deployed.put("PublishFailures", stream.position(5, 5), stream.position(1, 3))

    assert run() == Exit.DONE

    assert deployed.ids() == ["m-2:1", "m-1:2", "m-1:3"]
    assert deployed.waiting("PublishFailures") == []
    out, err = capsys.readouterr()
    assert "3 events were published again, and 2 of 2 positions deleted." in out
    assert "still has 2 of them: 3 changes of status" in err
    assert "whole table" not in err


def test_rows_that_are_gone_have_no_event_any_more_and_hold_up_no_position(
    deployed: Deployed,
    stream: Stream,
    run: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A forgotten number is not told to subscribers once more: the stream still shows its row."""
    message = a_sent_message("m-1")
    deployed.has(message)
    deployed.db.delete_item(TableName=MESSAGES, Key=key_attributes(message.key))
    deployed.put("PublishFailures", stream.position(0, 1))

    assert run() == Exit.DONE

    assert deployed.ids() == []
    assert deployed.waiting("PublishFailures") == []
    assert "1 changes have no event any more: their rows are gone" in capsys.readouterr().out


GONE: Final = [
    "TrimmedDataAccessException",
    "ResourceNotFoundException",
    "ExpiredIteratorException",
]


@pytest.mark.parametrize("code", GONE)
@pytest.mark.parametrize("operation", ["GetShardIterator", "GetRecords"])
def test_what_the_stream_has_forgotten_is_found_by_its_time(  # noqa: PLR0913, PLR0917  fixtures
    deployed: Deployed,
    stream: Stream,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
    code: str,
) -> None:
    deployed.has(*(a_sent_message(f"m-{minute:02}", minute=minute) for minute in range(-8, 9, 2)))
    deployed.put("PublishFailures", stream.position(0, 0))
    refusing(monkeypatch, operation, ClientError({"Error": {"Code": code}}, operation))

    assert run() == Exit.DONE

    found = [f"m-{n:02}:{sequence}" for n in (-4, -2, 0, 2, 4) for sequence in (1, 2, 3)]
    assert sorted(deployed.ids()) == sorted(found)
    assert deployed.waiting("PublishFailures") == []
    said = capsys.readouterr().err
    assert "2026-11-22T14:30:01.000Z to 2026-11-22T14:40:02.000Z" in said
    assert "read units" in said


@pytest.mark.parametrize("kept", [False, True], ids=["decides", "kept beside others"])
def test_a_report_that_was_recorded_late_is_found_though_it_came_long_before(
    deployed: Deployed, run: Callable[..., int], *, kept: bool
) -> None:
    """It has waited in the queues of reports, so its event is of the time before the position."""
    for days in (1, 14, 16):
        message = a_sent_message(f"m-{days}", minute=-days * 24 * 60)
        report = a_report(received_at=message.history[-1].at)
        reports = {"contradicting_reports": (report,)} if kept else {"report": report}
        first = replace(message.history[0], at=report.received_at - timedelta(seconds=2))
        second = replace(message.history[1], at=report.received_at - timedelta(seconds=1))
        history = (first, second, message.history[2])
        deployed.has(replace(message, history=history, **reports))
    deployed.put("PublishFailures", a_position())

    assert run() == Exit.DONE

    assert set(deployed.ids()) == {"m-1:3", "m-14:3"}
    assert deployed.waiting("PublishFailures") == []


def test_a_position_that_no_stream_can_have_is_found_by_its_time(
    deployed: Deployed, run: Callable[..., int]
) -> None:
    """botocore itself refuses to ask for its number."""
    deployed.has(a_sent_message("m-1"))
    deployed.put("PublishFailures", a_position(startSequenceNumber="1", endSequenceNumber="2"))

    assert run() == Exit.DONE

    assert deployed.ids() == ["m-1:1", "m-1:2", "m-1:3"]


def test_a_position_stays_until_all_its_events_are_published(
    deployed: Deployed,
    stream: Stream,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"), a_sent_message("m-2"))
    positions = [stream.position(0, 0), stream.position(1, 1), a_position()]
    deployed.put("PublishFailures", *positions)
    with monkeypatch.context() as until_then:
        refusing(until_then, "PublishBatch", no_rights("SNS:Publish"), after=1)
        assert run() == Exit.PARTLY
    assert "SNS did not take 1 events, the first m-2:3" in capsys.readouterr().out
    assert deployed.ids() == ["m-1:3"]

    assert run("--json") == Exit.DONE
    answer = told(capsys, "events")
    assert (answer["waiting"], answer["moved"], answer["left"]) == (2, 2, 0)
    assert set(deployed.ids()) == {f"m-{n}:{sequence}" for n in (1, 2) for sequence in (1, 2, 3)}


def test_what_sns_refuses_for_good_is_named_and_its_position_deleted(
    deployed: Deployed,
    stream: Stream,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"))
    deployed.put("PublishFailures", stream.position(0, 0))
    answer = {"Id": "0", "Code": "InvalidParameter", "Message": "too odd", "SenderFault": True}
    answering(monkeypatch, "PublishBatch", lambda _: {"Successful": [], "Failed": [answer]})

    assert run() == Exit.PARTLY

    assert "SNS refuses for what is in them: m-1:3" in capsys.readouterr().out
    assert deployed.waiting("PublishFailures") == []


def test_a_row_of_a_later_release_keeps_its_position(
    deployed: Deployed, stream: Stream, run: Callable[..., int]
) -> None:
    strange = to_item(a_sent_message("m-1")) | {"status": {"S": "of-a-later-release"}}
    deployed.has_row(MESSAGES, strange)
    in_the_stream, forgotten = stream.position(0, 0), a_position()
    deployed.put("PublishFailures", in_the_stream, forgotten)

    assert run() == Exit.PARTLY

    assert deployed.waiting("PublishFailures") == [in_the_stream, forgotten]


def test_a_stream_that_refuses_ends_the_command_before_anything_is_published(
    deployed: Deployed,
    stream: Stream,
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.has(a_sent_message("m-1"))
    deployed.put("PublishFailures", stream.position(0, 0))
    refusing(monkeypatch, "GetRecords", no_rights("dynamodb:GetRecords"))

    assert run() == Exit.AWS

    assert "dynamodb:GetRecords" in capsys.readouterr().err
    assert deployed.ids() == []
    assert len(deployed.waiting("PublishFailures")) == 1


class FakeStreams:
    """A shard with these pages of sequence numbers; then it is closed."""

    def __init__(self, *pages: list[str]) -> None:
        self._pages = list(pages)

    def get_shard_iterator(self, **_: Any) -> dict[str, Any]:
        return {"ShardIterator": "next"}

    def get_records(self, **_: Any) -> dict[str, Any]:
        message = to_item(a_sent_message("m-1"))
        key = {name: message[name] for name in ("messageId", "client")}
        records = [
            {"dynamodb": {"SequenceNumber": number, "Keys": key, "NewImage": message}}
            for number in (self._pages.pop(0) if self._pages else [])
        ]
        return {"Records": records} | ({"NextShardIterator": "next"} if self._pages else {})


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ([["3", "4", "5", "6"]], 3),
        ([[], ["3"], [], ["4", "5"]], 3),
        ([["4", "5"]], None),
        ([["3", "4"]], None),
        ([["3", "4", "6"]], None),
        ([[]], None),
        ([*([[]] * 20), ["3", "4", "5"]], None),
    ],
)
def test_records_count_only_if_all_of_a_position_are_there(
    pages: list[list[str]], found: int | None
) -> None:
    batch = {"startSequenceNumber": "3", "endSequenceNumber": "5"}
    position = StreamPosition.read(a_position(**batch))

    changes = position.changes(FakeStreams(*pages))

    assert (None if changes is None else len(changes)) == found


def test_a_position_is_read_as_lambda_documents_it() -> None:
    position = StreamPosition.read(json.dumps(AS_DOCUMENTED))

    assert position.shard == "shardId-00000001573689847184-864758bb"
    assert position.records == 1
    assert position.condition == "RecordAgeExceeded"


def test_the_time_of_a_position_is_from_its_first_record_to_its_last_with_a_margin() -> None:
    position = StreamPosition.read(
        a_position(
            approximateArrivalOfFirstRecord="2026-11-22T14:35:01Z",
            approximateArrivalOfLastRecord="2026-11-22T15:00:00Z",
        )
    )

    assert position.span == Span(
        "2026-11-22T14:30:01.000Z", "2026-11-22T15:05:01.000Z", "2026-11-07T14:30:01.000Z"
    )


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{}", json.dumps({"DDBStreamBatchInfo": {}}), a_position(batchSize="x")],
)
def test_what_is_no_position_is_told_apart(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whatever it says
        StreamPosition.read(body)


def test_overlapping_spans_are_read_once() -> None:
    hours = [to_iso(a_sent_message("m").created_at + timedelta(hours=n)) for n in range(6)]
    spans = [Span(hours[4], hours[5]), Span(hours[0], hours[2]), Span(hours[1], hours[3])]

    assert merged(spans) == [Span(hours[0], hours[3]), Span(hours[4], hours[5])]
    assert merged([Span(hours[0], hours[3]), Span(hours[1], hours[2])]) == [
        Span(hours[0], hours[3])
    ]


def test_another_stack_is_not_there(deployed: Deployed) -> None:
    assert deployed.queues
    assert redrive.main(["--stack-name", f"{STACK}-2"]) == Exit.AWS


def test_a_row_of_a_later_release_keeps_its_position_though_another_run_has_seen_it(
    deployed: Deployed, run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.operators.parts.whole_table._PAGE", 1)
    strange = to_item(a_sent_message("m-0")) | {"status": {"S": "of-a-later-release"}}
    deployed.has_row(MESSAGES, strange)
    deployed.has(*(a_sent_message(f"m-{number}") for number in range(1, 5)))
    deployed.put("PublishFailures", a_position())
    with monkeypatch.context() as until_then:
        refusing(until_then, "PublishBatch", no_rights("SNS:Publish"), after=2)
        assert run() == Exit.PARTLY

    assert run() == Exit.PARTLY

    assert deployed.waiting("PublishFailures") == [a_position()]
