"""`make republish`: events of the past once more, for subscribers that have missed them."""

import argparse
import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators import message_rows
from tools.operators.frame import Command, Exit, Operator, RefusedError
from tools.operators.republishing import (
    Outcome,
    Republisher,
    Resume,
    Span,
    SpanRun,
    as_json,
    exit_of,
    in_sentences,
    publish_rows,
)
from tools.repository import LOCAL_FILES

_SLOWEST: Final = 0.1


def number(text: str) -> PhoneNumber:
    """A phone number in E.164."""
    try:
        return PhoneNumber(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            "write the number with + and the country code, such as +40721234567"
        ) from None


def moment(text: str) -> datetime:
    """A date (midnight in UTC) or a time with its offset, in ISO 8601."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or (at.tzinfo is None and len(text) > len("2026-11-27")):
        raise argparse.ArgumentTypeError(
            "write a date such as 2026-11-27 (midnight in UTC), or a time such as 2026-11-27T08:30Z"
        )
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def a_rate(text: str) -> float:
    """So many a second. Slower than the slowest, and what was received is handed out anew."""
    rate = float(text)
    if not _SLOWEST <= rate < math.inf:
        raise argparse.ArgumentTypeError(f"give a number, at least {_SLOWEST}")
    return rate


def rate_arguments(parser: argparse.ArgumentParser, *, per_second: float, what: str) -> None:
    """How quickly a command publishes and reads."""
    parser.add_argument(
        "--per-second",
        type=a_rate,
        default=per_second,
        metavar="NUMBER",
        help=f"at most so many {what} a second (default: %(default)g)",
    )
    parser.add_argument(
        "--units-per-second",
        type=a_rate,
        default=100.0,
        metavar="NUMBER",
        help="of a whole table, read at most so many units (8 KB) a second (default: %(default)g)",
    )


def resume_of(operator: Operator, spans: Sequence[Span]) -> Resume:
    """The file of the spans' run; the same spans of the same stack have the same file."""
    stack = operator.stack
    first, last = min(span.since for span in spans), max(span.until for span in spans)
    words = f"{stack.name}-{stack.region}-{first}-{last}"
    name = "".join(each for each in words if each.isalnum() or each in "-_")
    about = {
        "topic": stack.output("TopicArn"),
        "table": stack.output("MessagesTable"),
        "spans": [[span.since, span.until] for span in spans],
    }
    given = operator.asked.resume_file
    return Resume(given or LOCAL_FILES / f"republish-{name}.json", about)


def resume_argument(parser: argparse.ArgumentParser) -> None:
    """The name of the file, if it is not to be the usual one."""
    parser.add_argument(
        "--resume-file",
        type=Path,
        metavar="PATH",
        help="where a run over the whole table notes how far it is (default: a file in .local)",
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", metavar="ID", help="the events of the message with this messageId")
    parser.add_argument("--client", metavar="NAME", help="with --id: of this client")
    parser.add_argument(
        "--number", type=number, metavar="NUMBER", help="the events of all messages to this number"
    )
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="with --until: all events of this time"
    )
    parser.add_argument("--until", type=moment, metavar="TIME", help="this time is excluded")
    rate_arguments(parser, per_second=100.0, what="events")
    resume_argument(parser)


def _do(operator: Operator) -> Exit:
    asked = operator.asked
    ways = [asked.id, asked.number, asked.since or asked.until]
    wrong = (
        sum(way is not None for way in ways) != 1
        or (asked.client is not None and asked.id is None)
        or (asked.since is None) != (asked.until is None)
        or (asked.since is not None and asked.since >= asked.until)
    )
    if wrong:
        operator.say(
            "Name what to publish again: --id (and --client), or --number, or --since and a later"
            " --until. Nothing was published."
        )
        return Exit.USAGE
    republisher = Republisher.of(operator)
    if asked.since is not None:
        return _span(operator, republisher, Span(to_iso(asked.since), to_iso(asked.until)))
    return _messages(operator, republisher)


def _span(operator: Operator, republisher: Republisher, span: Span) -> Exit:
    run = SpanRun(operator, republisher, [span], resume_of(operator, [span]))
    plan = [
        f"All events from {span.since} until {span.until} are published again.",
        f"Topic: {republisher.topic.topic_arn}, source: {republisher.source}/<client>",
        *run.plan(),
    ]
    return _answer(operator, republisher, run()) if operator.agrees_to(plan) else Exit.DONE


def _messages(operator: Operator, republisher: Republisher) -> Exit:
    db, table, asked = operator.dynamodb(), operator.stack.output("MessagesTable"), operator.asked
    if asked.number is not None:
        found = message_rows.of_number(db, table, asked.number)
    else:
        found = message_rows.of_id(db, table, asked.id, asked.client)
        clients = [message.client for message in found.messages]
        if len(clients) > 1:
            raise RefusedError(
                f"Several clients have a message with this id: {', '.join(sorted(clients))}. Name"
                " one with --client (CLIENT=…). Nothing was published."
            )
    if not (found.messages or found.unreadable):
        operator.say("There is no such message in the table.")
        return _answer(operator, republisher, Outcome())
    events = sum(message.version for message in found.messages)
    plan = [
        f"{events:,} events of {len(found.messages):,} messages are published again.",
        f"Topic: {republisher.topic.topic_arn}, source: {republisher.source}/<client>",
    ]
    if not operator.agrees_to(plan):
        return Exit.DONE
    return _answer(operator, republisher, publish_rows(republisher, found, operator))


def _answer(operator: Operator, republisher: Republisher, outcome: Outcome) -> Exit:
    operator.answer(as_json(outcome, republisher), in_sentences(outcome, republisher))
    return exit_of(outcome, republisher)


COMMAND = Command(
    "republish",
    "Publish events of the past once more, with the source, id and body that they had. Subscribers"
    " that drop repeats see nothing new; no metric counts them.",
    _arguments,
    _do,
    changes=True,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    return COMMAND.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
