from sms_gateway.domain.errors import SecretUnavailableError


class FakeCallbackUrls:
    """The port `CallbackUrls`, with URLs that can be read back at a glance."""

    def __init__(self) -> None:
        self.available = True

    def url_for(self, message_id: str, attempt: int) -> str:
        if not self.available:
            raise SecretUnavailableError("Secrets Manager did not answer.")
        return f"https://callback.test/{message_id}/{attempt}/key.signature"
