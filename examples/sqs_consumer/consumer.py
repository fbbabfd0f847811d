"""Keeps a table of where each message stands, from a queue that is subscribed to the topic.

    python consumer.py <queue URL> statuses.sqlite

The table is the memory as well: one statement drops repeats and events that were overtaken, and
writes the others. PostgreSQL takes both statements too, with its driver's placeholders in place of
the question marks. A message leaves the queue after its row is
written, so a crash repeats it and loses nothing. What cannot be read stays in the queue, whose
redrive policy puts it into the dead-letter queue.
"""

import logging
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from sms_gateway_client.events import Event, InvalidEventError, parse_event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AT_ONCE: Final = 10
"""Messages that SQS hands out in one call, at most."""
WAIT: Final = 20
"""Seconds that SQS waits for a message."""
TIMEOUTS: Final = Config(connect_timeout=5, read_timeout=WAIT + 10)

_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS sms (
        source TEXT NOT NULL,
        message_id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        status TEXT NOT NULL,
        final BOOLEAN NOT NULL,
        reason TEXT,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (source, message_id)
    )
"""
_HIGHEST_SEQUENCE_WINS: Final = """
    INSERT INTO sms (source, message_id, sequence, status, final, reason, changed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source, message_id) DO UPDATE SET
        sequence = excluded.sequence,
        status = excluded.status,
        final = excluded.final,
        reason = excluded.reason,
        changed_at = excluded.changed_at
    WHERE excluded.sequence > sms.sequence
"""

logger = logging.getLogger("consumer")


class Statuses:
    """The table in a SQLite file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        with connection:
            connection.execute(_TABLE)

    def take(self, event: Event) -> bool:
        """Write the event's status; `False` if the event is a repeat or was overtaken."""
        with self._connection:
            written = self._connection.execute(
                _HIGHEST_SEQUENCE_WINS,
                (
                    event.source,
                    event.message_id,
                    event.sequence,
                    event.status,
                    event.final,
                    event.reason,
                    event.time.isoformat(),
                ),
            )
        return written.rowcount == 1


def consume(sqs: "SQSClient", queue_url: str, statuses: Statuses, *, wait: int = WAIT) -> int:
    """Take what the queue hands out in one call; how many messages that were."""
    answer = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=AT_ONCE, WaitTimeSeconds=wait
    )
    messages: list[Any] = list(answer.get("Messages", []))
    done = [message for message in messages if _is_done(message, statuses)]
    if done:
        sqs.delete_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(done)
            ],
        )
    return len(messages)


def _is_done(message: Any, statuses: Statuses) -> bool:
    try:
        event = parse_event(message["Body"])
    except InvalidEventError:
        logger.exception("message %s stays in the queue", message["MessageId"])
        return False
    if statuses.take(event):
        logger.info("%s is %s", event.message_id, event.status)
    return True


def main(queue_url: str, path: str) -> None:
    """Consume until Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    sqs: SQSClient = boto3.client("sqs", config=TIMEOUTS)
    with closing(sqlite3.connect(path)) as connection:
        statuses = Statuses(connection)
        while True:
            consume(sqs, queue_url, statuses)


if __name__ == "__main__":
    main(*sys.argv[1:])
