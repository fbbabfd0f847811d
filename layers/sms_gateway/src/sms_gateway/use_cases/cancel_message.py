"""Take a message back, as long as the gateway has not tried to send it."""

from dataclasses import dataclass

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import AlreadyTriedError
from sms_gateway.domain.message import Change, Message
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.ports import ChangeRefusedError, Messages
from sms_gateway.use_cases.read_message import ReadMessage


@dataclass(frozen=True, slots=True)
class CancelMessage:
    """`DELETE /messages/{messageId}`."""

    messages: Messages
    read_message: ReadMessage
    now: Clock

    def __call__(self, client: str, message_id: str) -> Message:
        """The cancelled message; cancelling twice is cancelling once.

        Raises:
            MessageNotFoundError: no such message of this client.
            AlreadyTriedError: it was tried, or settled in another way.
            StoreUnavailableError: the table did not answer.
        """
        message = self.read_message(client, message_id)
        if message.status is Status.QUEUED and message.attempt == 0:
            change = Change.decided(Trigger.CANCELLED, message, self.now())
            try:
                message = self.messages.change(message.key, change)
            except ChangeRefusedError as refused:
                message = refused.stored or message
        if message.status is not Status.CANCELLED:
            raise AlreadyTriedError(
                f"The message is {message.status} and cannot be taken back. A GET of the same"
                " address shows its outcome."
            )
        return message
