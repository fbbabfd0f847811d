"""What failed, is unconfirmed or got no report, the newest first: `make problems SINCE=2h`."""

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sms_gateway.adapters.attributes import attributes
from sms_gateway.adapters.message_item import attention, key_of
from sms_gateway.domain.clock import to_iso, utc_now
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.status import Reason, Status
from tools.operators.parts.contract_words import meaning_of_reason, meaning_of_status
from tools.operators.parts.frame import Command, Exit, Operator
from tools.operators.parts.options import limit, moment, show_option
from tools.operators.parts.rows import AT_ONCE, at_keys, one_page
from tools.operators.parts.story import Story

DESCRIPTION: Final = "Show what failed, is unconfirmed or got no report since some time."
INDEX: Final = "attention"
PAGE: Final = 20
"""Messages of each status that are shown unless another number is asked for."""
MOST_DAYS: Final = 400
"""The index is asked day by day."""
IN_ORDER: Final = (Status.FAILED, Status.UNCONFIRMED, Status.NO_REPORT)
_AGO: Final = re.compile(r"([0-9]{1,5})([mhd])")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(slots=True)
class Listed:
    """The messages of one status, the newest first."""

    status: Status
    messages: list[Message] = field(default_factory=list)
    unreadable: list[MessageKey] = field(default_factory=list)
    more_until: datetime | None = None
    """If there might be more: the time from which on to look back for them."""


def since(text: str) -> datetime:
    """`30m`, `2h` or `3d` ago, or a time (`moment`). For argparse."""
    ago = _AGO.fullmatch(text)
    at = utc_now() - int(ago[1]) * _UNITS[ago[2]] if ago else moment(text)
    if utc_now() - at > timedelta(days=MOST_DAYS):
        raise argparse.ArgumentTypeError(f"{MOST_DAYS} days is the most")
    return at


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=since, default="1d", help="30m, 2h, 3d, or a time in UTC (default: 1d)"
    )
    parser.add_argument("--until", type=since, help="nothing newer than this (the same forms)")
    parser.add_argument("--status", choices=list(map(str, IN_ORDER)), help="only this status")
    parser.add_argument("--reason", choices=list(map(str, Reason)), help="only this reason")
    parser.add_argument("--client", help="only what this client has sent")
    parser.add_argument(
        "--limit",
        type=limit,
        default=PAGE,
        help=f"at most so many messages of each status (default: {PAGE})",
    )
    show_option(parser)


def _do(operator: Operator) -> Exit:
    asked, now = operator.asked, utc_now()
    if asked.since > (asked.until or now):
        operator.say("SINCE (--since) has to be before now, and before UNTIL (--until).")
        return Exit.USAGE
    statuses = [Status(asked.status)] if asked.status else list(IN_ORDER)
    lists = [_of_status(operator, status, asked.until or now) for status in statuses]
    stories = {
        each.status: [Story(message, now, asked.show_text) for message in each.messages]
        for each in lists
    }
    groups = Counter((each.status, message.reason) for each in lists for message in each.messages)
    for key in (key for each in lists for key in each.unreadable):
        operator.say(f"A later release has written {key.message_id} of {key.client}.")
    operator.answer(
        {
            "since": to_iso(asked.since),
            "until": to_iso(asked.until or now),
            "groups": [
                {"status": status, "reason": reason, "messages": number}
                for (status, reason), number in groups.items()
            ],
            "messages": [story.as_json() for each in stories.values() for story in each],
            "moreUntil": {
                each.status: to_iso(each.more_until) for each in lists if each.more_until
            },
        },
        _lines(lists, stories),
    )
    if groups or any(each.unreadable for each in lists):
        return Exit.DONE
    operator.say(f"There is nothing of this kind since {to_iso(asked.since)}.")
    return Exit.NOTHING_FOUND


def _lines(lists: Sequence[Listed], stories: dict[Status, list[Story]]) -> Iterator[str]:
    for each in lists:
        by_reason: dict[Reason | None, list[Story]] = {}
        for story in stories[each.status]:
            by_reason.setdefault(story.message.reason, []).append(story)
        for reason, some in sorted(by_reason.items(), key=lambda group: -len(group[1])):
            means = meaning_of_reason(reason) if reason else meaning_of_status(each.status)
            yield f"{each.status}{f', {reason}' if reason else ''}: {len(some)}. {means}."
            yield from (f"  {story.line()}" for story in some)
        if each.more_until:
            yield (
                f"There might be more that are {each.status}. Go on with STATUS={each.status}"
                f" UNTIL={to_iso(each.more_until)}, or with a higher LIMIT."
            )


def _of_status(operator: Operator, status: Status, until: datetime) -> Listed:
    """The newest of a status. Without a filter no row is read that is not shown.

    A filter by client holds for the keys, before rows are read.
    """
    asked, days = operator.asked, _days(operator.asked.since, until)
    found = Listed(status)
    for day in days:
        place: dict[str, Any] = {}
        while True:
            room = asked.limit - len(found.messages)
            is_filtered = asked.reason or asked.client
            answer = _query(
                operator, attention(status, day), until, AT_ONCE if is_filtered else room, place
            )
            keys = [key_of(item) for item in answer["Items"]]
            _add(operator, found, [key for key in keys if asked.client in {None, key.client}])
            place = answer.get("LastEvaluatedKey", {})
            is_last = not place and day == days[-1]
            if len(found.messages) > asked.limit or (
                len(found.messages) == asked.limit and not is_last
            ):
                found.messages = found.messages[: asked.limit]
                found.more_until = found.messages[-1].updated_at
                return found
            if not place:
                break
    return found


def _query(
    operator: Operator, partition: str | None, until: datetime, size: int, place: dict[str, Any]
) -> Any:
    """Keys from one day of the index, the newest first."""
    values = {":partition": partition, ":since": to_iso(operator.asked.since)}
    return one_page(
        operator.dynamodb(),
        operator.stack.output("MessagesTable"),
        size,
        IndexName=INDEX,
        KeyConditionExpression="attention = :partition AND updatedAt BETWEEN :since AND :until",
        ExpressionAttributeValues=attributes({**values, ":until": to_iso(until)}),
        ScanIndexForward=False,
        after=place,
    )


def _add(operator: Operator, found: Listed, keys: Sequence[MessageKey]) -> None:
    """The rows of the keys, as far as they still have the status and are wanted."""
    reason = operator.asked.reason
    rows = at_keys(operator.dynamodb(), operator.stack.output("MessagesTable"), keys)
    # The index follows the table a moment later: a report might just have settled one.
    found.messages += [
        message
        for message in sorted(rows.messages, key=lambda each: each.updated_at, reverse=True)
        if message.status is found.status and reason in {None, message.reason}
    ]
    found.unreadable += rows.unreadable


def _days(first: datetime, until: datetime) -> list[datetime]:
    """A moment of each day (UTC) between the two, the latest first."""
    number = (until.date() - first.date()).days
    return [until - timedelta(days=each) for each in range(number + 1)]


COMMAND: Final = Command("problems", DESCRIPTION, _arguments, _do)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
