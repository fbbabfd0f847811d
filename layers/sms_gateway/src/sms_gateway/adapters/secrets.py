"""Secrets, remembered for minutes.

Powertools' `SecretsProvider` is not used: its cache does not tell AWSCURRENT from AWSPREVIOUS, and
it forgets a value that is still good when Secrets Manager does not answer.
"""

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.domain.account import Account
from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.domain.errors import (
    AccountMissingError,
    KeyNotLookedUpError,
    SecretUnavailableError,
)
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.signing import SigningKey
from sms_gateway.domain.token_bucket import TokenBucket

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_Key = TypeVar("_Key", bound=SigningKey)

REMEMBERED_FOR: Final = 300.0
"""Seconds a value is used without asking again."""
LOOK_UPS_AT_ONCE: Final = 4
"""Look-ups of both stages that unknown key ids may cause in a row, in each process."""
SECONDS_PER_LOOK_UP: Final = 15.0
"""After those: one in so many seconds. Strangers can make up ids; each look-up is two calls."""
PAUSE_AFTER_FAILURE: Final = 2.0
"""Seconds Secrets Manager is left alone after it did not answer, for the same reason."""

Seconds = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a secret after the look-up with this number, which was made at a time."""

    number: int = 0
    asked_at: float | None = None
    value: str | None = None
    version: str = ""
    is_away: bool = False


class RememberedSecret:
    """One version of one secret.

    The wall clock is used on purpose: a frozen Lambda's monotonic clock can stand still.

    One thread uses it, while another can still be busy with `ask_ahead`. An answer that comes after
    a later look-up has ended is dropped: a thread that was frozen in between would bring back an
    old secret.
    """

    def __init__(
        self,
        client: "SecretsManagerClient",
        secret_id: str,
        *,
        stage: str = "AWSCURRENT",
        now: Seconds = time.time,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._stage = stage
        self._now = now
        self._lock = Lock()
        self._look_ups = 0
        self._known = _Known()

    @property
    def version(self) -> str:
        """The id of the version that was read last; empty if none was."""
        return self._known.version

    @property
    def is_away(self) -> bool:
        """Whether Secrets Manager did not answer when it was asked last."""
        return self._known.is_away

    def is_due(self, *, max_age: float = REMEMBERED_FOR) -> bool:
        """Whether what is remembered is too old to be used without asking, or was never read."""
        known = self._known
        if known.is_away:
            max_age = min(max_age, PAUSE_AFTER_FAILURE)
        return known.asked_at is None or abs(self._now() - known.asked_at) >= max_age

    def value(self, *, max_age: float = REMEMBERED_FOR) -> str | None:
        """The secret's text, at most `max_age` seconds old; `None` if this stage has no version.

        When Secrets Manager does not answer, an older value is used if there is one.

        Raises:
            SecretUnavailableError: it does not answer and nothing is remembered.
        """
        if self.is_due(max_age=max_age):
            self.ask()
        known = self._known
        if known.is_away and known.value is None:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return known.value

    @property
    def remembered(self) -> str | None:
        """What was read last, however long ago."""
        return self._known.value

    def ask(self) -> None:
        """Read it now; if Secrets Manager does not answer, what was read last stays."""
        found = self._look_up()
        with self._lock:
            known = self._known
            if found.is_away:
                found = replace(found, value=known.value, version=known.version)
            if found.number > known.number:
                self._known = found

    def ask_ahead(self) -> None:
        """Read it before it is needed. If that fails, it is as if it had never been tried."""
        found = self._look_up()
        with self._lock:
            if found.number > self._known.number and not found.is_away:
                self._known = found

    def _look_up(self) -> _Known:
        with self._lock:
            self._look_ups += 1
            asked = _Known(self._look_ups, self._now())
        try:
            answer = self._client.get_secret_value(
                SecretId=self._secret_id, VersionStage=self._stage
            )
        except ClientError as error:
            missing = error.response["Error"]["Code"] == "ResourceNotFoundException"
            if missing and self._stage != "AWSCURRENT":
                return asked  # never rotated: there is no previous version
        except BotoCoreError:
            pass
        else:
            return replace(asked, value=answer.get("SecretString"), version=answer["VersionId"])
        return replace(asked, is_away=True)


class VoipitAccounts:
    """Implements the port `Accounts`: a secret `{"accountNumber": "…", "password": "…"}`.

    `base_url` is part of the account's version: it is corrected by correcting the address, too. The
    template makes the secret with `{}` in it; `make account` fills it.
    """

    def __init__(self, secret: RememberedSecret, base_url: str) -> None:
        self._secret = secret
        self._address = hashlib.sha256(base_url.encode()).hexdigest()[:8]

    def ask_ahead(self) -> None:
        """Read the secret before it is needed, as `RememberedSecret.ask_ahead` does."""
        self._secret.ask_ahead()

    def current(self) -> Account:
        """The account, at most `REMEMBERED_FOR` seconds old.

        Raises `SecretUnavailableError`, or `AccountMissingError` if the secret holds none.
        """
        return self._account(REMEMBERED_FOR)

    def refreshed(self) -> Account:
        """The account as it is now. Raises what `current` raises."""
        return self._account(0)

    def _account(self, max_age: float) -> Account:
        text = self._secret.value(max_age=max_age) or ""
        with suppress(ValueError, KeyError, TypeError):
            account = json.loads(text)
            number, password = account["accountNumber"], account["password"]
            if isinstance(number, str) and number and isinstance(password, str) and password:
                return Account(number, password, f"{self._secret.version}/{self._address}")
        # Raised out here, since the JSON error holds the whole text and would be its context.
        if self._secret.is_away:  # it might have been filled since
            raise SecretUnavailableError("Secrets Manager did not answer.")
        raise AccountMissingError(
            "The Voipit secret is not a JSON object with accountNumber and password."
        )


class SigningKeys(Generic[_Key]):
    """The keys of one purpose: the current one, and the one before for what it has signed.

    With `CursorKey` it implements the port `CursorKeys`, with `TokenKey` the port `TokenKeys`.
    """

    def __init__(
        self,
        kind: type[_Key],
        current: RememberedSecret,
        previous: RememberedSecret,
        now: Seconds = time.time,
    ) -> None:
        self._kind = kind
        self._current = current
        self._previous = previous
        self._look_ups = TokenBucket(LOOK_UPS_AT_ONCE, SECONDS_PER_LOOK_UP)
        self._now = now

    def ask_ahead(self) -> None:
        """Read the current key before it is needed, as `RememberedSecret.ask_ahead` does."""
        self._current.ask_ahead()

    def current(self) -> _Key:
        """The key that signs. Raises `SecretUnavailableError`."""
        text = self._current.value()
        if not text:
            raise SecretUnavailableError("The signing key is empty.")
        return self._kind(text)

    def find(self, key_id: str) -> _Key | None:
        """The key with this id; `None` if neither stage has held it since the question was asked.

        An unknown id can be a key that was made a moment ago, so both stages are read anew.

        Raises:
            KeyNotLookedUpError: unknown ids have used up the look-ups for now.
            SecretUnavailableError: Secrets Manager did not answer.
        """
        # The order matters: a rotation in between moves the current key to the stage read last.
        stages = self._current, self._previous
        is_due = [secret.is_due() for secret in stages]
        for secret, due in zip(stages, is_due, strict=True):
            if not due and (key := self._key(secret, key_id)):
                return key
        if not any(is_due):
            if any(secret.is_away for secret in stages):
                raise SecretUnavailableError("Secrets Manager did not answer a moment ago.")
            if not self._look_ups.take(self._now()):
                raise KeyNotLookedUpError("Unknown key ids have used up the look-ups for now.")
        for secret in stages:
            secret.ask()
            if key := self._key(secret, key_id):
                return key
        if any(secret.is_away for secret in stages):
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return None

    def _key(self, secret: RememberedSecret, key_id: str) -> _Key | None:
        """The secret's key, if it has this id."""
        text = secret.remembered
        key = self._kind(text) if text else None
        return key if key is not None and key.key_id == key_id else None


class CallbackKeys(SigningKeys[CallbackKey]):
    """The keys that sign callback URLs. Implements the port `CallbackUrls`."""

    def __init__(
        self,
        current: RememberedSecret,
        previous: RememberedSecret,
        base_url: str = "",
        now: Seconds = time.time,
    ) -> None:
        super().__init__(CallbackKey, current, previous, now)
        self._base_url = base_url

    def url_for(self, key: MessageKey, attempt: int) -> str:
        """The `sendResultTo` of an attempt, signed with the current key."""
        return mint_callback_url(self._base_url, key, attempt, self.current())
