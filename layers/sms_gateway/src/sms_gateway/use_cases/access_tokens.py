"""Access tokens: mint one for a page, and check the one that a page sends."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sms_gateway.domain.access_token import AccessToken, mint_token, read_token, token_invalid
from sms_gateway.domain.clock import Clock, from_milliseconds, to_milliseconds
from sms_gateway.domain.errors import (
    InvalidValueError,
    KeyNotLookedUpError,
    SecretUnavailableError,
    StoreUnavailableError,
    TokenNotAllowedError,
)
from sms_gateway.domain.guards import suppressed
from sms_gateway.domain.origin import is_allowed
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.use_cases.ports import PhoneNumbers, Suppressions, TokenKeys


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a client asks for. `client` is the client's name."""

    client: str
    max_messages: int
    lives_for: timedelta
    phone_number: str | None = field(default=None, repr=False)
    origin: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class MintToken:
    """`POST /tokens`. It stores nothing: a token says itself what it allows.

    `origins` are those whose pages are allowed to call, as the setting names them. Without
    `suppressions` the do-not-contact list is not looked at.
    """

    keys: TokenKeys
    phone_numbers: PhoneNumbers
    suppressions: Suppressions | None
    origins: Collection[str]
    now: Clock
    new_id: Callable[[datetime], str]

    def __call__(self, request: TokenRequest) -> tuple[str, AccessToken]:
        """The token as its page sends it, and what it allows.

        Raises:
            InvalidValueError: a rule refuses the number or the origin, or the token is too long.
            StoreUnavailableError: the table or the signing key cannot be read.
        """
        self._check_origin(request.origin)
        number = None if request.phone_number is None else self._number(request.phone_number)
        now = self.now()
        token = AccessToken(
            token_id=self.new_id(now),
            client=request.client,
            # As the token says it: to the millisecond.
            expires_at=from_milliseconds(to_milliseconds(now + request.lives_for)),
            max_messages=request.max_messages,
            phone_number=number,
            origin=request.origin,
            metadata=request.metadata,
        )
        try:
            return mint_token(token, self.keys.current()), token
        except SecretUnavailableError as error:
            raise _key_not_read() from error

    def _check_origin(self, origin: str | None) -> None:
        """A token that no page could use is refused here, and not when a page tries."""
        if origin is None and self.origins:
            return
        if origin is None or not is_allowed(origin, self.origins):
            raise InvalidValueError(
                "origin",
                "Pages of this origin are not allowed to call the gateway. Name one that is, or ask"
                " the operator of the gateway to allow it (AllowedOrigins).",
                "origin-not-allowed",
            )

    def _number(self, text: str) -> PhoneNumber:
        number = self.phone_numbers.normalise(text)
        if self.suppressions is not None and self.suppressions.get(number):
            raise suppressed()
        return number


@dataclass(frozen=True, slots=True)
class CheckToken:
    """What the page's routes begin with. Before a token is proven, no table is asked anything."""

    keys: TokenKeys
    origins: Collection[str]
    now: Clock

    def __call__(self, text: str | None) -> AccessToken:
        """What the token in the request allows.

        Raises:
            TokenInvalidError: there is none, or the gateway has not made it.
            TokenExpiredError: it is over.
            StoreUnavailableError: the signing key cannot be read.
        """
        claimed = read_token(text) if text is not None else None
        if claimed is None:
            raise token_invalid()
        try:
            key = self.keys.find(claimed.key_id)
        except KeyNotLookedUpError as error:
            # Strangers must not be able to make the gateway look ill (a 5xx rings alarms). A page
            # that holds a good token asks for a new one after a 401.
            raise token_invalid() from error
        except SecretUnavailableError as error:
            raise _key_not_read() from error
        if key is None:
            raise token_invalid()
        return claimed.opened(key, self.now())

    def check_origin(self, token: AccessToken, origin: str | None) -> None:
        """Raises `TokenNotAllowedError` unless the token is for pages of this origin."""
        allowed = origin is not None and is_allowed(origin, self.origins)
        if not allowed or token.origin not in {None, origin}:
            raise TokenNotAllowedError(
                "Origin",
                "This access token is not for pages of this origin. Send the request from the page"
                " that the token was made for.",
            )


def _key_not_read() -> StoreUnavailableError:
    # Which of our stores fails makes no difference to the caller: try again in a moment.
    return StoreUnavailableError("The gateway cannot read the key of its access tokens now.")
