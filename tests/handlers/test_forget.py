"""`make forget`, and everything that comes late: no row comes back, and no event is made."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, REGION, TABLE, Cloud
from tests.handlers.lambdas import Function
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit
from tests.support.deployed import STACK, QuickSession, a_stack
from tests.support.samples import (
    API_KEY_ID,
    NOTHING_FAILED,
    NUMBER,
    ONE_QUEUED,
    OTHER_CLIENT,
    by,
    sample,
    with_body,
)
from tools.operators import forget
from tools.operators.parts.frame import Exit

POST: Final = sample("send-post-message")
FORGET: Final = ["--stack-name", STACK, "--case", "DPO-2026-17", "--yes"]
SENT: Final = "apiName=sms&type=deliveryReport&status=sent&id=x"
ERROR: Final = "apiName=sms&type=deliveryReport&status=error&id=x&message=no route to it"


@pytest.fixture(autouse=True)
def _operated(cloud: Cloud, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.clients.dynamodb.update_table(
        TableName=TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    a_stack(
        {
            "MessagesTable": TABLE,
            "GuardsTable": GUARDS,
            "PublishFunctionName": "publish",
            "PublishFailuresQueueUrl": cloud.clients.sqs.create_queue(QueueName="f")["QueueUrl"],
        },
        DefaultRegion="RO",
    )
    monkeypatch.setattr("tools.operators.parts.frame.a_session", lambda *_: QuickSession())
    monkeypatch.setattr(forget, "utc_now", clock)

    def pause(span: timedelta) -> None:
        """Lambda measures that `publish` keeps up, and time goes by."""
        keeps_up = {
            "MetricName": "IteratorAge",
            "Dimensions": [{"Name": "FunctionName", "Value": "publish"}],
            "Timestamp": clock(),
            "Value": 0,
        }
        cloudwatch = QuickSession().client("cloudwatch")
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=[keeps_up])
        clock.advance(span.total_seconds())

    monkeypatch.setattr(forget, "pause", pause)


def stream() -> list[dict[str, Any]]:
    """What the table's stream has told since it was asked last, removals too."""
    table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE]
    records = [each.to_json() for each in table.stream_shard.items]
    table.stream_shard.items.clear()
    return records


def published(publish: Function, cloud: Cloud, *, removals: int = 0) -> list[tuple[str, str]]:
    """The (messageId, status) of the events that come of what has happened since last time.

    `removals` is how many rows were removed, which `publish` is told of too.
    """
    records = stream()
    assert [record["eventName"] for record in records].count("REMOVE") == removals
    assert publish.invoke({"Records": records}) == NOTHING_FAILED
    events = [event["data"] for event, _ in cloud.published()]
    return [(event["messageId"], event["status"]) for event in events]


def report(callback: Function, form: dict[str, str], body: str) -> int:
    event = sample("callback-form") | {
        "rawPath": urlsplit(form["sendResultTo"]).path,
        "body": body,
        "isBase64Encoded": False,
    }
    status: int = callback.invoke(event)["statusCode"]
    return status


def rows_about_the_number(cloud: Cloud) -> list[dict[str, Any]]:
    rows = [*cloud.rows(), *cloud.rows(GUARDS)]
    return [row for row in rows if NUMBER[1:] in json.dumps(row, default=str)]


def what_comes_late(voipit: FakeVoipit) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events of functions about messages that are gone, whatever has held them up."""
    for client, message_id in ((API_KEY_ID, "sent"), (API_KEY_ID, "later"), (OTHER_CLIENT, "open")):
        about = {"client": client, "messageId": message_id}
        kept = {"status": "sent", "attempt": 1, "receivedAt": "2026-11-22T15:00:02.456Z"}
        for hint in (about, about | {"unusedClaim": "a claim"}):
            (record,) = ONE_QUEUED["Records"]
            yield "dispatch", {"Records": [record | {"body": json.dumps(hint)}]}
        for words in (kept, kept | {"status": "error", "errorMessage": "no route"}):
            record = sample("callback-kept-reports")["Records"][0]
            body = json.dumps(about | {"report": words})
            yield "callback", {"Records": [record | {"body": body}]}
    yield "watch", sample("watch-scheduled")
    assert len(voipit.taken) == 2


def test_a_forgotten_number_leaves_what_the_page_says_and_nothing_brings_it_back(  # noqa: PLR0913, PLR0917  the whole gateway, by name
    send: Function,
    callback: Function,
    dispatch: Function,
    watch: Function,
    publish: Function,
    cloud: Cloud,
    clock: FakeClock,
    voipit: FakeVoipit,
    output: Output,
) -> None:
    functions = {"dispatch": dispatch, "callback": callback, "watch": watch}
    send(with_body(POST, messageId="sent"))
    assert report(callback, voipit.taken[0], SENT) == 200
    send(with_body(POST, messageId="later", sendAt="2026-11-23T15:00:00Z"))
    send(by(OTHER_CLIENT, with_body(POST, messageId="open")))
    send(sample("send-put-suppression"))
    clock.advance(120)
    published(publish, cloud)

    assert forget.main([*FORGET, NUMBER]) == Exit.PARTLY

    assert {row["messageId"] for row in cloud.rows()} == {"open"}
    assert published(publish, cloud, removals=2) == [("later", "cancelled")]

    assert report(callback, voipit.taken[1], SENT) == 200
    assert forget.main([*FORGET, NUMBER]) == Exit.DONE

    assert published(publish, cloud, removals=1) == [("open", "sent")]
    (entry,) = rows_about_the_number(cloud)
    assert entry["guard"] == f"suppressed#{NUMBER}"
    before = (cloud.rows(), cloud.rows(GUARDS))
    for form in voipit.taken:
        for body in (SENT, ERROR):
            assert report(callback, form, body) == 200
    clock.advance(3 * 24 * 3600)
    for name, event in what_comes_late(voipit):
        answer = functions[name].invoke(event)
        assert answer.get("batchItemFailures", []) == []
    assert (cloud.rows(), cloud.rows(GUARDS)) == before
    assert published(publish, cloud) == []
    assert len(voipit.taken) == 2, "no text went out"
    assert output.counted()["ReportForUnknownMessage"] == 4 + 6


def test_without_its_entry_both_tables_are_empty_but_for_the_record(
    send: Function, cloud: Cloud, voipit: FakeVoipit, callback: Function
) -> None:
    send(POST)
    report(callback, voipit.taken[0], SENT)
    send(sample("send-put-suppression"))

    assert forget.main([*FORGET, "--also-suppression", NUMBER]) == Exit.DONE

    assert cloud.rows() == []
    kinds = {row["guard"].partition("#")[0] for row in cloud.rows(GUARDS)}
    assert kinds == {"forgotten", "circuit", "client"}
    assert rows_about_the_number(cloud) == []
