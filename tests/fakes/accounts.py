from sms_gateway.domain.account import Account
from sms_gateway.domain.errors import AccountMissingError, SecretUnavailableError
from tests.fakes.boundary import Boundary


def an_account(version: str = "v1") -> Account:
    return Account("400123", f"password-{version}", version)


class FakeSecret:
    """What all processes read, each for itself."""

    def __init__(self, version: str = "v1") -> None:
        self.version = version
        self.available = True
        self.is_empty = False
        self.looks = 0


class FakeAccounts:
    """The port `Accounts`. It remembers what it has read, as the real one does for minutes.

    `mend` changes the secret: `current` goes on telling the old one until somebody refreshes (or
    `forget` lets the minutes pass). While it is not `available`, what is remembered is told.
    That it `is_empty` is remembered, too. Two processes are two of these with the same `secret`,
    which counts the `looks` of all.
    """

    def __init__(
        self,
        version: str = "v1",
        *,
        secret: FakeSecret | None = None,
        boundary: Boundary | None = None,
    ) -> None:
        self.secret = secret or FakeSecret(version)
        self._boundary = boundary or Boundary()
        self._remembered: Account | None = None
        self._missed = False

    @property
    def available(self) -> bool:
        """Whether Secrets Manager answers."""
        return self.secret.available

    @available.setter
    def available(self, available: bool) -> None:
        self.secret.available = available

    @property
    def version(self) -> str:
        """Of the secret as it is now."""
        return self.secret.version

    def mend(self, version: str) -> None:
        """Somebody puts another account into the secret."""
        self.secret.version = version
        self.secret.is_empty = False

    def empty(self) -> None:
        """Somebody takes the account out of the secret."""
        self.secret.is_empty = True

    def forget(self) -> None:
        """What was remembered is too old now."""
        self._remembered = None
        self._missed = False

    def current(self) -> Account:
        if self._missed:
            raise AccountMissingError("The secret holds no account.")
        return self._remembered or self.refreshed()

    def refreshed(self) -> Account:
        try:
            with self._boundary.crossing("accounts.refreshed"):
                self._remembered = self._read()
        except AccountMissingError:
            self._remembered, self._missed = None, True
            raise
        except SecretUnavailableError:
            if self._remembered is None:
                raise
        else:
            self._missed = False
        return self._remembered

    def _read(self) -> Account:
        if not self.available:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        self.secret.looks += 1
        if self.secret.is_empty:
            raise AccountMissingError("The secret holds no account.")
        return an_account(self.version)
