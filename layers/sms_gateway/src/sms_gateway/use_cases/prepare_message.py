"""Turn what a caller asks for into a message, or say what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sms_gateway.domain.access_token import AccessToken
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.message import Message, OnUnconfirmed
from sms_gateway.domain.text import TextRules
from sms_gateway.use_cases.ports import PhoneNumbers

MAX_AHEAD: Final = timedelta(days=366)
"""How far ahead `sendAt` and `validUntil` may be."""


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What a caller asks for. `client` is the client's name.

    `received_at` is when API Gateway got the request, if that is known. `access` is the token of a
    page that asks; its metadata are among `metadata` (`of_a_page`).
    """

    client: str
    phone_number: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)
    send_at: datetime | None = None
    valid_until: datetime | None = None
    on_unconfirmed: OnUnconfirmed = OnUnconfirmed.HOLD
    received_at: datetime | None = None
    access: AccessToken | None = None

    def of_a_page(self, access: AccessToken) -> "SendRequest":
        """The same, asked for by a page with this token. Raises `InvalidValueError`."""
        return replace(self, metadata=access.added_to(self.metadata), access=access)


@dataclass(frozen=True, slots=True)
class PrepareMessage:
    """Every rule that needs no look at what is stored."""

    phone_numbers: PhoneNumbers
    text_rules: TextRules
    now: Clock
    new_id: Callable[[datetime], str]
    kept_for: timedelta

    def __call__(self, request: SendRequest) -> Message:
        """A new message that is not stored yet.

        Raises:
            InvalidValueError: a value is refused.
            TokenNotAllowedError: the page's token is for another number.
        """
        at = self.now()
        problem = too_far_ahead(request, at)
        if problem:
            raise problem
        phone_number = self.phone_numbers.normalise(request.phone_number)
        if request.access is not None:
            request.access.check_covers(phone_number)
        shown = self.text_rules.read(request.text)
        return Message.new(
            message_id=request.message_id or self.new_id(at),
            client=request.client,
            phone_number=phone_number,
            text=shown.text,
            cut_from=shown.cut_from,
            metadata=request.metadata,
            claim=self.new_id(at),
            at=at,
            kept_for=self.kept_for,
            send_at=request.send_at,
            valid_until=request.valid_until,
            on_unconfirmed=request.on_unconfirmed,
            from_page=request.access is not None,
        )


def too_far_ahead(request: SendRequest, now: datetime) -> InvalidValueError | None:
    """What is wrong with a `sendAt` or `validUntil` in the distant future."""
    for name, moment in (("sendAt", request.send_at), ("validUntil", request.valid_until)):
        if moment is not None and moment > now + MAX_AHEAD:
            return InvalidValueError(
                name,
                f"{name} is more than {MAX_AHEAD.days} days ahead. Choose an earlier time.",
                "time-too-far-ahead",
            )
    return None


def already_too_late() -> InvalidValueError:
    """What is wrong with a new message of which `is_over` holds."""
    return InvalidValueError(
        "validUntil",
        "validUntil is over before the message could be sent. Choose a later time, or leave it"
        " out.",
        "already-too-late",
    )


def is_over(message: Message) -> bool:
    """Whether it is too late to send this new message, or will be when its time comes."""
    return is_too_late(message.send_at, message.valid_until, message.created_at)


def is_too_late(send_at: datetime | None, valid_until: datetime | None, now: datetime) -> bool:
    """`is_over` of what is asked for now. Without `validUntil` there is always some time left."""
    return valid_until is not None and valid_until <= max(now, send_at or now)
