"""Store a new message once, however often it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.errors import (
    InvalidValueError,
    LimitReachedError,
    MessageIdReusedError,
    StoreUnavailableError,
    TokenNotAllowedError,
    TokenUsedUpError,
)
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import AlreadyStoredError, DoubleClickError, Intake, Messages
from sms_gateway.use_cases.prepare_message import already_too_late, is_over

_CAME_TO_NOTHING: Final = {Status.FAILED, Status.CANCELLED}
"""A client that asks again after this has not clicked twice, but wants it sent."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """The message as it stands, and whether it was there before this request."""

    message: Message
    replayed: bool


@dataclass(frozen=True, slots=True)
class StoreMessage:
    """The one way a message comes into the table."""

    intake: Intake
    messages: Messages

    def __call__(
        self,
        message: Message,
        *,
        id_is_chosen: bool,
        clicked_at: datetime | None = None,
        token: AccessToken | None = None,
        is_unlisted: bool = False,
    ) -> SendResult:
        """Store the message; or find that it is there already, which changes nothing.

        `id_is_chosen`: the caller has given the `messageId`, so a repetition can be told from a
        second message, and equal content is no double click. `clicked_at`, `token`,
        `is_unlisted`: see `Intake.store`.

        Raises:
            MessageIdReusedError: the id belongs to another message.
            TokenNotAllowedError: a page asks, and the id belongs to a message that no page has sent
                to this number; whatever it is, it is not told.
            TokenUsedUpError: the token allows no more messages.
            InvalidValueError: `suppressed`, or `already-too-late`.
            LimitReachedError: a limit refuses it for now.
            StoreUnavailableError: the table did not answer.
        """
        if is_over(message):
            # A repeated request is allowed after `validUntil`, a new one is not.
            stored = self._stored(message)
            if stored is None:
                raise already_too_late()
            return self._replay(stored, message)
        return self._store(
            message,
            id_is_chosen=id_is_chosen,
            clicked_at=clicked_at,
            token=token,
            is_unlisted=is_unlisted,
        )

    def _store(  # noqa: PLR0913  what is known of a request, each by its name
        self,
        message: Message,
        *,
        id_is_chosen: bool,
        clicked_at: datetime | None,
        token: AccessToken | None,
        is_unlisted: bool,
        instead_of: str | None = None,
    ) -> SendResult:
        try:
            self.intake.store(
                message,
                id_is_chosen=id_is_chosen,
                instead_of=instead_of,
                clicked_at=clicked_at,
                token=token,
                is_unlisted=is_unlisted,
            )
        except AlreadyStoredError as taken:
            # The AWS client repeats a write whose answer was lost. If the row that is in the way
            # carries our own claim, it is ours: no other process will ever send it.
            if taken.stored.claim != message.claim:
                return self._replay(taken.stored, message)
        except DoubleClickError as clicked:
            first = self.messages.get(clicked.first)
            if first is None:
                raise StoreUnavailableError("The first of two equal messages is gone.") from clicked
            if first.status in _CAME_TO_NOTHING:
                return self._store(
                    message,
                    id_is_chosen=id_is_chosen,
                    clicked_at=clicked_at,
                    token=token,
                    is_unlisted=is_unlisted,
                    instead_of=first.message_id,
                )
            return SendResult(first, replayed=True)
        except (LimitReachedError, InvalidValueError, TokenUsedUpError):
            # A message that was taken before is not counted, nor refused, a second time.
            stored = self._stored(message) if id_is_chosen else None
            if stored is None:
                raise
            return self._replay(stored, message)
        return SendResult(message, replayed=False)

    def _stored(self, message: Message) -> Message | None:
        return self.messages.get(message.key)

    @staticmethod
    def _replay(stored: Message, asked: Message) -> SendResult:
        if asked.from_page and not (stored.from_page and stored.phone_number == asked.phone_number):
            raise TokenNotAllowedError(
                "messageId",
                "This messageId was not used by a page for this number. Choose a new UUID as"
                " messageId.",
            )
        if not stored.is_same_intent_as(asked):
            raise MessageIdReusedError(
                "This messageId was used for a message with other content. Choose another"
                " messageId for this one."
            )
        return SendResult(stored, replayed=True)
