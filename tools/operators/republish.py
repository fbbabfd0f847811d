"""`make republish`: events of the past once more, for subscribers that have missed them."""

import argparse
from typing import Any, Final

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.errors import InvalidValueError
from tools.operators.parts import rows
from tools.operators.parts.frame import Command, Exit, Operator, RefusedError
from tools.operators.parts.numbers import read_number
from tools.operators.parts.options import moment, rate_options, resume_option
from tools.operators.parts.republishing import (
    Outcome,
    Republisher,
    Span,
    SpanRun,
    as_json,
    exit_of,
    in_sentences,
    publish_rows,
    resume_of,
)
from tools.operators.parts.rows import Rows


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", metavar="ID", help="the events of the message with this messageId")
    parser.add_argument("--client", metavar="NAME", help="with --id: of this client")
    parser.add_argument("--number", help="a phone number: the events of all messages to it")
    parser.add_argument(
        "--since", type=moment, metavar="TIME", help="with --until: all events of this time (UTC)"
    )
    parser.add_argument("--until", type=moment, metavar="TIME", help="this time is excluded")
    rate_options(parser, per_second=100.0, of="events")
    resume_option(parser)


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
    try:
        return _messages(operator, republisher)
    except InvalidValueError as error:
        operator.say(f"{error} Nothing was published.")
        return Exit.USAGE


def _span(operator: Operator, republisher: Republisher, span: Span) -> Exit:
    run = SpanRun(operator, republisher, [span], resume_of(operator, [span]))
    plan = [
        f"All events from {span.since} until {span.until} are published again.",
        f"Topic: {republisher.topic.topic_arn}, source: {republisher.source}/<client>",
        *run.plan(),
    ]
    if not operator.agrees_to(plan):
        return _not_done(
            operator, {"since": span.since, "until": span.until, "rows": run.size.rows}
        )
    return _answer(operator, republisher, run())


def _messages(operator: Operator, republisher: Republisher) -> Exit:
    found = _found(operator)
    if not (found.messages or found.unreadable):
        operator.say("There is no such message in the table.")
        return _answer(operator, republisher, Outcome())
    events = sum(message.version for message in found.messages)
    plan = [
        f"{events:,} events of {len(found.messages):,} messages are published again.",
        f"Topic: {republisher.topic.topic_arn}, source: {republisher.source}/<client>",
    ]
    if not operator.agrees_to(plan):
        return _not_done(operator, {"messages": len(found.messages), "events": events})
    return _answer(operator, republisher, publish_rows(republisher, found, operator))


def _found(operator: Operator) -> Rows:
    """Raises `InvalidValueError`, `RefusedError` and `ToolError`."""
    db, table, asked = operator.dynamodb(), operator.stack.output("MessagesTable"), operator.asked
    if asked.number is not None:
        return rows.of_number(db, table, read_number(operator, asked.number))
    found = rows.of_id(db, table, asked.id, asked.client)
    clients = sorted(
        {message.client for message in found.messages}.union(key.client for key in found.unreadable)
    )
    if len(clients) > 1:
        raise RefusedError(
            f"Several clients have a message with this id: {', '.join(clients)}. Name one with"
            " --client (CLIENT=…). Nothing was published."
        )
    return found


def _not_done(operator: Operator, planned: dict[str, Any]) -> Exit:
    """The answer of a run that only shows its plan."""
    operator.answer({"dryRun": True, **planned}, ())
    return Exit.DONE


def _answer(operator: Operator, republisher: Republisher, outcome: Outcome) -> Exit:
    operator.answer(as_json(outcome, republisher), in_sentences(outcome, republisher))
    return exit_of(outcome, republisher)


COMMAND: Final = Command(
    "republish",
    "Publish events of the past once more, with the source, id and body that they had. Subscribers"
    " that drop repeats see nothing new; no metric counts them.",
    _arguments,
    _do,
    changes=True,
)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
