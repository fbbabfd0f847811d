from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sms_gateway.adapters.secrets import CallbackKeys, RememberedSecret
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_secretsmanager import SecretsManagerClient


class SecretsManager:
    """One secret in Secrets Manager, which can be rotated, be down, and counts its look-ups.

    `trouble` is what a look-up meets, of `troubled_stage` if that is set.
    """

    def __init__(self, client: "SecretsManagerClient", text: str) -> None:
        self._client = client
        self.secret_id = client.create_secret(Name=f"secret-{uuid4()}", SecretString=text)["ARN"]
        self.trouble: Exception | None = None
        self.troubled_stage: str | None = None
        self.after_first_look_up: Callable[[], object] | None = None
        self.lookups: list[str] = []
        self.clock = FakeClock()

    def get_secret_value(self, **request: Any) -> Any:
        self.lookups.append(request["VersionStage"])
        if self.trouble and self.troubled_stage in {None, request["VersionStage"]}:
            raise self.trouble
        answer = self._client.get_secret_value(**request)
        if self.after_first_look_up:
            happen, self.after_first_look_up = self.after_first_look_up, None
            happen()
        return answer

    def rotate(self, text: str) -> None:
        self._client.put_secret_value(SecretId=self.secret_id, SecretString=text)

    def remembered(self, stage: str = "AWSCURRENT") -> RememberedSecret:
        client: Any = self
        return RememberedSecret(client, self.secret_id, stage=stage, now=self.clock.time)

    def keys(self) -> CallbackKeys:
        """Those of one process: what it remembers and the look-ups it has left are its own."""
        return CallbackKeys(
            self.remembered(),
            self.remembered("AWSPREVIOUS"),
            "https://callback.test",
            self.clock.time,
        )
