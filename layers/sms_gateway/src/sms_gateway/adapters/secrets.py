"""Secrets, remembered for minutes.

Powertools' `SecretsProvider` is not used: its cache does not tell AWSCURRENT from AWSPREVIOUS, and
it forgets a value that is still good when Secrets Manager does not answer.
"""

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sms_gateway.domain.account import Account
from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.domain.errors import SecretUnavailableError
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.signing import SigningKey

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_Key = TypeVar("_Key", bound=SigningKey)

REMEMBERED_FOR: Final = 300.0
"""Seconds a value is used without asking again."""
ASKED_AGAIN_AFTER: Final = 30.0
"""Seconds between two questions that were not due: strangers' URLs must not cost us look-ups."""
PAUSE_AFTER_FAILURE: Final = 2.0
"""Seconds Secrets Manager is left alone after it did not answer, for the same reason."""

Seconds = Callable[[], float]


class RememberedSecret:
    """One version of one secret.

    The wall clock is used on purpose: a frozen Lambda's monotonic clock may stand still.
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
        self._value: str | None = None
        self.version = ""
        self._asked_at: float | None = None
        self._unavailable = False

    def value(self, *, max_age: float = REMEMBERED_FOR) -> str | None:
        """The secret's text, at most `max_age` seconds old; `None` if this stage has no version.

        When Secrets Manager does not answer, an older value is used if there is one.

        Raises:
            SecretUnavailableError: it does not answer and nothing is remembered.
        """
        if self._unavailable:
            max_age = min(max_age, PAUSE_AFTER_FAILURE)
        if self._asked_at is None or abs(self._now() - self._asked_at) >= max_age:
            self._ask()
        if self._unavailable and self._value is None:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return self._value

    def _ask(self) -> None:
        self._asked_at = self._now()
        self._unavailable = False
        try:
            answer = self._client.get_secret_value(
                SecretId=self._secret_id, VersionStage=self._stage
            )
            self._value = answer.get("SecretString")
            self.version = answer["VersionId"]
        except ClientError as error:
            missing = error.response["Error"]["Code"] == "ResourceNotFoundException"
            if missing and self._stage != "AWSCURRENT":
                self._value = None  # never rotated: there is no previous version
            else:
                self._unavailable = True
        except BotoCoreError:
            self._unavailable = True


class VoipitAccounts:
    """Implements the port `Accounts`: a secret `{"accountNumber": "…", "password": "…"}`.

    `base_url` is part of the account's version: it is mended by mending the address, too.
    """

    def __init__(self, secret: RememberedSecret, base_url: str) -> None:
        self._secret = secret
        self._address = hashlib.sha256(base_url.encode()).hexdigest()[:8]

    def current(self) -> Account:
        """The account, at most `REMEMBERED_FOR` seconds old. Raises `SecretUnavailableError`."""
        return self._account(REMEMBERED_FOR)

    def refreshed(self) -> Account:
        """The account as it is now. Raises `SecretUnavailableError`."""
        return self._account(0)

    def _account(self, max_age: float) -> Account:
        text = self._secret.value(max_age=max_age) or ""
        with suppress(ValueError, KeyError, TypeError):
            account = json.loads(text)
            number, password = account["accountNumber"], account["password"]
            if isinstance(number, str) and number and isinstance(password, str) and password:
                return Account(number, password, f"{self._secret.version}/{self._address}")
        # Raised out here, since the JSON error holds the whole text and would be its context.
        raise SecretUnavailableError(
            "The Voipit secret is not a JSON object with accountNumber and password."
        )


class SigningKeys(Generic[_Key]):
    """The keys of one purpose: the current one, and the one before for what it has signed.

    With `CursorKey` it implements the port `CursorKeys`.
    """

    def __init__(
        self, kind: type[_Key], current: RememberedSecret, previous: RememberedSecret
    ) -> None:
        self._kind = kind
        self._current = current
        self._previous = previous

    def current(self) -> _Key:
        """The key that signs. Raises `SecretUnavailableError`."""
        text = self._current.value()
        if not text:
            raise SecretUnavailableError("The signing key is empty.")
        return self._kind(text)

    def find(self, key_id: str) -> _Key | None:
        """The key with this id, or `None`. Raises `SecretUnavailableError`.

        An unknown id may be a key that was made seconds ago, so the secret is read again; not more
        often than every `ASKED_AGAIN_AFTER` seconds, since anybody can make up ids.
        """
        for max_age in (REMEMBERED_FOR, ASKED_AGAIN_AFTER):
            for secret in (self._current, self._previous):
                text = secret.value(max_age=max_age)
                if text and self._kind(text).key_id == key_id:
                    return self._kind(text)
        return None


class CallbackKeys(SigningKeys[CallbackKey]):
    """The keys that sign callback URLs. Implements the port `CallbackUrls`."""

    def __init__(
        self, current: RememberedSecret, previous: RememberedSecret, base_url: str = ""
    ) -> None:
        super().__init__(CallbackKey, current, previous)
        self._base_url = base_url

    def url_for(self, key: MessageKey, attempt: int) -> str:
        """The `sendResultTo` of an attempt, signed with the current key."""
        return mint_callback_url(self._base_url, key, attempt, self.current())
