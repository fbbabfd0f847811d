"""Hand a claimed message to Voipit and record what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import SecretUnavailableError, StoreUnavailableError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.outcome import Outcome, not_taken
from sms_gateway.domain.status import Reason
from sms_gateway.use_cases.ports import (
    CallbackUrls,
    ChangeRefusedError,
    Messages,
    Provider,
)

SECONDS_TO_RECORD: Final = 7.0
"""Kept free after the call of Voipit, so that its outcome can be written even by a slow table."""

TimeLeft = Callable[[], float]
"""Seconds until the process is killed."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The one place that calls Voipit for a message. The caller holds the message's claim."""

    messages: Messages
    provider: Provider
    callback_urls: CallbackUrls
    now: Clock

    def __call__(self, message: Message, time_left: TimeLeft) -> Message:
        """The message as it stands afterwards.

        Never raises for trouble at Voipit or in the table: once a call may have been made, an
        error towards the caller would invite a second SMS. If the outcome cannot be written the
        message stays `sending`, which is what it is returned as.
        """
        outcome = self._call(message, time_left)
        change = Change.after(outcome, message, self.now())
        try:
            return self.messages.change(message.message_id, change)
        except ChangeRefusedError as refused:
            # A report was faster than the answer, or the claim was taken away: that stands.
            return refused.stored or message
        except StoreUnavailableError:
            return message

    def _call(self, message: Message, time_left: TimeLeft) -> Outcome:
        try:
            send_result_to = self.callback_urls.url_for(message.message_id, message.attempt)
        except SecretUnavailableError:
            return not_taken(Reason.SECRET_UNAVAILABLE)
        if time_left() < self.provider.seconds_needed + SECONDS_TO_RECORD:
            # Killed in mid-call we could never tell what became of it; not calling is certain.
            return not_taken(Reason.NO_TIME_LEFT)
        return self.provider.send(message, send_result_to)
