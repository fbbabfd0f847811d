"""Lives of messages as the table of moves allows them, and the events that tell of each."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final, TypeAlias

from sms_gateway.domain.events import status_event
from sms_gateway.domain.message import Change, Message, StatusChange
from sms_gateway.domain.status import FINAL, Reason, Status, Trigger
from tests.fakes.builders import a_message

STACK: Final = "/voipit-sms-gateway/sms-gateway"
CLIENTS: Final = ("crm", "clinic/Cluj")

Life: TypeAlias = list[dict[str, Any]]
"""The events of one message, in order."""


def a_life(random: Random, message_id: str, client: str) -> Life:
    """One message until it is final, or for twelve changes at most."""
    message = a_message(message_id=message_id, client=client)
    if random.random() < 0.5:
        first = StatusChange(Status.QUEUED, message.created_at, 0)
        message = replace(message, status=Status.QUEUED, attempt=0, history=(first,))
    events = [status_event(message, None, STACK)]
    while message.status not in FINAL and len(events) < 12:
        changed = _changed(random, message)
        events.append(status_event(changed, message.status, STACK))
        message = changed
    life: Life = json.loads(json.dumps(events))
    return life


def lives(random: Random, number: int) -> list[Life]:
    """So many. Two clients use the same ids."""
    return [a_life(random, f"order-{n // 2}", CLIENTS[n % 2]) for n in range(number)]


def _changed(random: Random, message: Message) -> Message:
    while True:
        trigger = random.choice(list(Trigger))
        is_claim = trigger in {Trigger.CLAIMED, Trigger.RESEND_CLAIMED}
        change = Change(
            trigger,
            message.updated_at + timedelta(seconds=random.randint(0, 90)),
            message.attempt + is_claim,
            reason=random.choice([None, *Reason]),
            new_claim="claim" if is_claim else None,
        )
        if message.may_take(change):
            return message.after(change)
