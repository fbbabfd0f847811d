"""One message, or what was sent to one number: `make find ID=…`, `make find NUMBER=…`."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sms_gateway.adapters.attributes import attribute, attributes
from sms_gateway.adapters.message_item import client_created_at, key_of
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX
from sms_gateway.domain.clock import utc_now
from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators.parts.frame import Command, Exit, Operator
from tools.operators.parts.numbers import read_number
from tools.operators.parts.options import limit, show_option
from tools.operators.parts.rows import Rows, at_keys, one_page
from tools.operators.parts.story import Story

DESCRIPTION: Final = "Show a message by its id, or the messages to a number, with the whole story."
PAGE: Final = 20
"""Messages that are shown unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """The messages of one answer, and where the next one begins."""

    rows: Rows
    after: str | None


def _arguments(parser: argparse.ArgumentParser) -> None:
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--id", metavar="ID", help="the messageId, of each client that has one")
    wanted.add_argument("--number", help="a phone number, as people write it")
    parser.add_argument("--client", help="only what this client has sent")
    parser.add_argument(
        "--limit", type=limit, default=PAGE, help=f"at most so many messages (default: {PAGE})"
    )
    parser.add_argument("--after", help="go on behind this place, which the last answer has named")
    show_option(parser)


def _do(operator: Operator) -> Exit:
    try:
        found = _found(operator)
    except InvalidValueError as error:
        operator.say(str(error))
        return Exit.USAGE
    now = utc_now()
    stories = [Story(message, now, operator.asked.show_text) for message in found.rows.messages]
    for key in found.rows.unreadable:
        operator.say(f"A later release has written {key.message_id} of {key.client}.")
    operator.answer(
        {
            "messages": [story.as_json() for story in stories],
            "unreadable": [
                {"client": key.client, "messageId": key.message_id} for key in found.rows.unreadable
            ],
            "after": found.after,
        },
        _lines(stories, found.after),
    )
    if stories or found.rows.unreadable:
        return Exit.DONE
    operator.say("There is no such message. Rows are deleted after MessageRetentionDays.")
    return Exit.NOTHING_FOUND


def _lines(stories: Sequence[Story], after: str | None) -> Iterator[str]:
    for story in stories:
        yield from story.lines()
        yield ""
    if after:
        yield f"There might be more. Go on with AFTER={after}"


def _found(operator: Operator) -> Found:
    """Raises `InvalidValueError` if what is looked for is no number or no place."""
    asked = operator.asked
    if asked.id:
        return _with_id(operator)
    return _to_number(operator, read_number(operator, asked.number))


def _with_id(operator: Operator) -> Found:
    condition, values = "messageId = :id", {":id": operator.asked.id}
    if operator.asked.client:
        condition += " AND client = :client"
        values[":client"] = operator.asked.client
    answer = _query(
        operator,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=attributes(values),
        ConsistentRead=True,
        after=_place_of_id(operator.asked),
    )
    last = answer.get("LastEvaluatedKey")
    return Found(Rows.read(answer["Items"]), last and last["client"]["S"])


def _place_of_id(asked: argparse.Namespace) -> dict[str, Any] | None:
    return asked.after and attributes({"messageId": asked.id, "client": asked.after})


def _to_number(operator: Operator, number: PhoneNumber) -> Found:
    """Client by client, and of each the newest first. Raises `InvalidValueError`."""
    condition, values = "phoneNumber = :number", {":number": attribute(number.e164)}
    if operator.asked.client:
        condition += " AND begins_with(clientCreatedAt, :client)"
        values[":client"] = attribute(client_created_at(operator.asked.client))
    answer = _query(
        operator,
        IndexName=RECIPIENT_INDEX,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ScanIndexForward=False,
        after=_place_in_index(operator.asked.after, number),
    )
    keys = [key_of(item) for item in answer["Items"]]
    rows = at_keys(operator.dynamodb(), operator.stack.output("MessagesTable"), keys)
    in_order = {key: place for place, key in enumerate(keys)}
    rows.messages.sort(key=lambda message: in_order[message.key])
    last = answer.get("LastEvaluatedKey")
    return Found(rows, last and _as_place(last))


def _as_place(last: dict[str, Any]) -> str:
    """A place in the index that survives a shell and make unquoted, without the number."""
    client, _, created_at = last["clientCreatedAt"]["S"].partition("#")
    return f"{client}/{created_at}/{last['messageId']['S']}"


def _place_in_index(after: str | None, number: PhoneNumber) -> dict[str, Any] | None:
    if after is None:
        return None
    try:
        client, created_at, message_id = after.split("/")
    except ValueError:
        raise InvalidValueError(
            "after", "AFTER is no place of a list. Take it over from the last answer.", "after"
        ) from None
    return attributes(
        {
            "phoneNumber": number.e164,
            "clientCreatedAt": client_created_at(client, created_at),
            "messageId": message_id,
            "client": client,
        }
    )


def _query(operator: Operator, **query: Any) -> Any:
    """One page of so many rows as are shown, and not one more."""
    table = operator.stack.output("MessagesTable")
    return one_page(operator.dynamodb(), table, operator.asked.limit, **query)


COMMAND: Final = Command("find", DESCRIPTION, _arguments, _do)
main: Final = COMMAND.main

if __name__ == "__main__":
    COMMAND.run()
