from sms_gateway.domain.errors import SecretUnavailableError
from sms_gateway.domain.message_id import MessageKey


class FakeCallbackUrls:
    """The port `CallbackUrls`, with URLs that can be read back at a glance."""

    def __init__(self) -> None:
        self.available = True

    def url_for(self, key: MessageKey, attempt: int) -> str:
        if not self.available:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return f"https://callback.test/{key.client}/{key.message_id}/{attempt}/key.signature"
