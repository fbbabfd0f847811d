"""Hand a claimed message to Voipit and record what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import UNUSED_PAUSE, Wait, wait_after
from sms_gateway.domain.errors import SecretUnavailableError, StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.outcome import Outcome, not_taken, refused
from sms_gateway.domain.patience import MOST_FORBIDDEN, is_forbidden_for_good
from sms_gateway.domain.status import Reason, Status, Trigger
from sms_gateway.use_cases.gate import Gate, Pass
from sms_gateway.use_cases.ports import (
    CallbackUrls,
    ChangeRefusedError,
    DispatchQueue,
    Messages,
    Provider,
)

SECONDS_TO_RECORD: Final = 7.0
"""Kept free after the call of Voipit, so that its outcome can be written even by a slow table."""

TimeLeft = Callable[[], float]
"""Seconds until the process is killed."""


def change_as_it_stands(
    messages: Messages, message: Message, decide: Callable[[Message], Change]
) -> Message:
    """Make the change that is decided on the message; and decide anew if it has other open tries.

    An error report about an earlier try can come in between, and then there is less to doubt.
    Raises what `Messages.change` raises.
    """
    while True:
        try:
            return messages.change(message.key, decide(message))
        except ChangeRefusedError as refused:
            stored = refused.stored
            # Tries are only closed while the claim stands, so this comes to an end.
            if stored is None or stored.claim != message.claim:
                raise
            if stored.version != message.version or stored.open_tries == message.open_tries:
                raise
            message = stored


@dataclass(frozen=True, slots=True)
class HandOver:
    """The one place that calls Voipit for a message. The caller holds the message's claim."""

    messages: Messages
    provider: Provider
    gate: Gate
    callback_urls: CallbackUrls
    queue: DispatchQueue
    now: Clock
    chance: Callable[[], float]
    report_deadline: timedelta

    def __call__(self, message: Message, leave: Pass, time_left: TimeLeft) -> Message:
        """The message as it stands afterwards.

        Never raises for trouble at Voipit or in the table: once a call might have been made, an
        error towards the caller would invite a second SMS. If the outcome cannot be written the
        message stays `sending`, which is what it is returned as; if it was certainly not taken,
        the queue is told.
        """
        answer = self._call(message, leave, time_left)
        outcome = _about_this_message(answer, message, leave)
        at = self.now()
        wait = self._wait(message, outcome, at)
        due_at = wait.due_at if wait else None
        in_queue = wait is not None and wait.in_queue
        try:
            stored = change_as_it_stands(
                self.messages,
                message,
                lambda seen: Change.after(outcome, seen, at, due_at, in_queue=in_queue),
            )
        except ChangeRefusedError as refused:
            # A report was faster than the answer, or the claim was taken away: that stands.
            stored = refused.stored or message
        except StoreUnavailableError:
            stored = message
            if outcome.trigger is Trigger.NOT_TAKEN:
                self.queue.enqueue_unused(message.key, message.claim, UNUSED_PAUSE)
        self.gate.learn(leave, answer)
        # One that is `sending` was perhaps written, and only its answer got lost: then the word
        # about the unused claim comes too early. If it was not, this one comes too early.
        waits = stored.status in {Status.QUEUED, Status.SENDING, Status.UNCONFIRMED}
        if wait and wait.enqueue_in is not None and waits:
            self.queue.enqueue(message.key, wait.enqueue_in)
        return stored

    def _call(self, message: Message, leave: Pass, time_left: TimeLeft) -> Outcome:
        try:
            send_result_to = self.callback_urls.url_for(message.key, message.attempt)
        except SecretUnavailableError:
            return not_taken(Reason.SECRET_UNAVAILABLE)
        if time_left() < self.provider.seconds_needed + SECONDS_TO_RECORD:
            # Killed in mid-call we could never tell its outcome; not calling is certain.
            return not_taken(Reason.NO_TIME_LEFT)
        return self.provider.send(leave.account, message, send_result_to)

    def _wait(self, message: Message, outcome: Outcome, at: datetime) -> Wait | None:
        """What the message waits for next: a report, the circuit, another try, or nothing."""
        if outcome.trigger is Trigger.REFUSED:
            return None
        if outcome.trigger is not Trigger.NOT_TAKEN:
            return Wait(at + self.report_deadline, None)
        return wait_after(outcome.reason or Reason.NO_CONNECTION, message, at, self.chance())


def _about_this_message(answer: Outcome, message: Message, leave: Pass) -> Outcome:
    """What the answer is for the message: a 403 is a no if all others are let in."""
    is_forbidden = answer.reason is Reason.FORBIDDEN
    if is_forbidden and is_forbidden_for_good(message, leave.answered_at, leave.blocked_at):
        return refused(f"Voipit answered 403 {MOST_FORBIDDEN} times.")
    return answer
