"""Look a message up for the caller it belongs to."""

from dataclasses import dataclass

from sms_gateway.domain.errors import MessageNotFoundError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import is_message_id
from sms_gateway.use_cases.ports import Messages


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """`GET /messages/{messageId}`."""

    messages: Messages

    def __call__(self, client: str, message_id: str) -> Message:
        """The message as it stands.

        Raises:
            MessageNotFoundError: no such message, or another client's: the two look alike.
            StoreUnavailableError: the table did not answer.
        """
        message = self.messages.get(message_id) if is_message_id(message_id) else None
        if message is None or message.client != client:
            raise MessageNotFoundError("There is no message with this messageId.")
        return message
