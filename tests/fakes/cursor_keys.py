from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.errors import SecretUnavailableError


class FakeCursorKeys:
    """The port `CursorKeys`: the latest two keys are good. `asked` counts the questions."""

    def __init__(self, *secrets: str) -> None:
        self._keys = [CursorKey(secret) for secret in secrets or ("a key of the tests",)]
        self.available = True
        self.asked = 0

    def rotate(self, secret: str) -> None:
        self._keys.append(CursorKey(secret))

    def current(self) -> CursorKey:
        return self._good()[-1]

    def find(self, key_id: str) -> CursorKey | None:
        return next((key for key in self._good() if key.key_id == key_id), None)

    def _good(self) -> list[CursorKey]:
        self.asked += 1
        if not self.available:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return self._keys[-2:]
