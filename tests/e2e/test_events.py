"""What subscribers have heard during all the tests before this one, and a recipe at work."""

import sqlite3
from contextlib import closing

from examples.sqs_consumer.consumer import Statuses, consume
from local.gateway import SubscribedQueue, wait_until
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.event_schema import all_faults
from tests.support.examples import EXAMPLES

ONLY_RESULTS = EXAMPLES / "filter_policies" / "only-results.json"


def test_every_event_of_the_run_is_valid(queue: SubscribedQueue) -> None:
    events = queue.all_events()

    assert events
    assert all_faults(events) == []


def test_the_consumer_of_a_queue_hears_of_a_message_that_is_sent(
    api: Gateway, stack: LocalStack
) -> None:
    sqs, sns = stack.aws("sqs"), stack.aws("sns")
    url = sqs.create_queue(QueueName="a-subscriber")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(
        TopicArn=stack.stack_outputs["TopicArn"],
        Protocol="sqs",
        Endpoint=attributes["QueueArn"],
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": ONLY_RESULTS.read_text(encoding="utf-8"),
        },
    )
    posted = raw.post(api, {"phoneNumber": a_number(), "message": "Heard of"}).json()

    with closing(sqlite3.connect(":memory:")) as connection:
        statuses = Statuses(connection)
        heard = "SELECT status, sequence, final FROM sms WHERE message_id = ?"

        def rows() -> list[tuple[str, int, int]]:
            consume(sqs, url, statuses, wait=0)
            return connection.execute(heard, (posted["messageId"],)).fetchall()

        wait_until(lambda: bool(rows()), lambda: "no event came", timeout=30)

        assert rows() == [("sent", 3, 1)]
