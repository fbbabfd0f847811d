"""Look a message up for the caller it belongs to."""

from dataclasses import dataclass

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.errors import MessageNotFoundError
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import MessageKey, is_message_id
from sms_gateway.use_cases.ports import Messages


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """`GET /messages/{messageId}`."""

    messages: Messages

    def __call__(self, client: str, message_id: str) -> Message:
        """The message as it stands.

        Raises:
            MessageNotFoundError: this client has no such message.
            StoreUnavailableError: the table did not answer.
        """
        key = MessageKey(client, message_id)
        message = self.messages.get(key) if is_message_id(message_id) else None
        if message is None:
            raise MessageNotFoundError(
                "This client has no message with this messageId. Check the id and the API key."
            )
        return message


@dataclass(frozen=True, slots=True)
class ReadPageMessage:
    """`GET /page/messages/{messageId}`."""

    messages: Messages

    def __call__(self, token: AccessToken, message_id: str) -> Message:
        """A message that a page of the token's client has sent, with this token or another.

        Raises:
            MessageNotFoundError: there is none, or it was not sent by a page, or not to the number
                that the token is for. Which of these is not told.
            StoreUnavailableError: the table did not answer.
        """
        key = MessageKey(token.client, message_id)
        message = self.messages.get(key) if is_message_id(message_id) else None
        if message is None or not message.from_page or not token.covers(message.phone_number):
            raise MessageNotFoundError(
                "No page has sent a message with this messageId that this access token shows. Check"
                " the id."
            )
        return message
