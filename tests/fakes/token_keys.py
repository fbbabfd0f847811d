from sms_gateway.domain.access_token import TokenKey
from sms_gateway.domain.errors import KeyNotLookedUpError, SecretUnavailableError


class FakeTokenKeys:
    """The port `TokenKeys`: the latest two keys are good. `asked` are the ids looked for."""

    def __init__(self, *secrets: str) -> None:
        self._keys = [TokenKey(secret) for secret in secrets or ("a key of the tests",)]
        self.available = True
        self.look_ups_left = True
        self.asked: list[str] = []

    def rotate(self, secret: str) -> None:
        self._keys.append(TokenKey(secret))

    def current(self) -> TokenKey:
        return self._good()[-1]

    def find(self, key_id: str) -> TokenKey | None:
        self.asked.append(key_id)
        found = next((key for key in self._good() if key.key_id == key_id), None)
        if found is None and not self.look_ups_left:
            raise KeyNotLookedUpError("Unknown key ids have used up the look-ups for now.")
        return found

    def _good(self) -> list[TokenKey]:
        if not self.available:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return self._keys[-2:]
