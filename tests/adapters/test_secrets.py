import json
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sms_gateway.adapters.secrets import (
    ASKED_AGAIN_AFTER,
    PAUSE_AFTER_FAILURE,
    REMEMBERED_FOR,
    CallbackKeys,
    RememberedSecret,
    VoipitAccount,
)
from sms_gateway.domain.callback_url import SigningKey, read_callback_path
from sms_gateway.domain.errors import SecretUnavailableError
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

PASSWORD = "correct-horse-battery"
UNREACHABLE = EndpointConnectionError(endpoint_url="https://secretsmanager.test")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "Get")


class SecretsManager:
    """One secret in Secrets Manager, which can be rotated, be down, and counts its look-ups."""

    def __init__(self, client: "SecretsManagerClient", text: str) -> None:
        self._client = client
        self.secret_id = client.create_secret(Name=f"secret-{uuid4()}", SecretString=text)["ARN"]
        self.trouble: Exception | None = None
        self.lookups: list[str] = []
        self.clock = FakeClock()

    def get_secret_value(self, **request: Any) -> Any:
        self.lookups.append(request["VersionStage"])
        if self.trouble:
            raise self.trouble
        return self._client.get_secret_value(**request)

    def rotate(self, text: str) -> None:
        self._client.put_secret_value(SecretId=self.secret_id, SecretString=text)

    def remembered(self, stage: str = "AWSCURRENT") -> RememberedSecret:
        client: Any = self
        return RememberedSecret(client, self.secret_id, stage=stage, now=self.clock.time)

    def keys(self) -> CallbackKeys:
        return CallbackKeys(
            self.remembered(), self.remembered("AWSPREVIOUS"), "https://callback.test"
        )


@pytest.fixture(scope="module")
def client(aws: None) -> "SecretsManagerClient":  # noqa: ARG001  what the client speaks to
    return boto3.client("secretsmanager")


@pytest.fixture
def manager(client: "SecretsManagerClient") -> SecretsManager:
    return SecretsManager(client, "first")


def test_a_secret_is_looked_up_once_and_remembered(manager: SecretsManager) -> None:
    secret = manager.remembered()

    assert [secret.value(), secret.value()] == ["first", "first"]
    manager.clock.advance(REMEMBERED_FOR - 1)
    assert secret.value() == "first"
    assert manager.lookups == ["AWSCURRENT"]


def test_a_rotated_secret_is_noticed_when_the_memory_is_old(manager: SecretsManager) -> None:
    secret = manager.remembered()
    secret.value()
    manager.rotate("second")
    manager.clock.advance(REMEMBERED_FOR)

    assert secret.value() == "second"


def test_a_clock_that_was_set_back_does_not_keep_a_secret_for_ever(
    manager: SecretsManager,
) -> None:
    secret = manager.remembered()
    secret.value()
    manager.rotate("second")
    manager.clock.advance(-REMEMBERED_FOR)

    assert secret.value() == "second"


@pytest.mark.parametrize("trouble", [UNREACHABLE, THROTTLED], ids=["unreachable", "throttled"])
def test_an_old_value_serves_while_secrets_manager_is_down(
    manager: SecretsManager, trouble: Exception
) -> None:
    secret = manager.remembered()
    secret.value()
    manager.clock.advance(REMEMBERED_FOR)
    manager.trouble = trouble

    assert [secret.value(), secret.value()] == ["first", "first"]
    assert len(manager.lookups) == 2


def test_a_secret_that_was_down_is_looked_up_again_after_a_pause(manager: SecretsManager) -> None:
    secret = manager.remembered()
    manager.trouble = UNREACHABLE
    for _ in range(3):
        with pytest.raises(SecretUnavailableError):
            secret.value()
    manager.trouble = None

    assert len(manager.lookups) == 1
    manager.clock.advance(PAUSE_AFTER_FAILURE)
    assert secret.value() == "first"


@pytest.mark.parametrize("trouble", [UNREACHABLE, THROTTLED], ids=["unreachable", "throttled"])
@pytest.mark.parametrize("stage", ["AWSCURRENT", "AWSPREVIOUS"])
def test_a_secret_nobody_remembers_is_unavailable(
    manager: SecretsManager, trouble: Exception, stage: str
) -> None:
    manager.trouble = trouble

    with pytest.raises(SecretUnavailableError):
        manager.remembered(stage).value()


def test_a_secret_that_was_never_rotated_has_no_previous_version(manager: SecretsManager) -> None:
    assert manager.remembered("AWSPREVIOUS").value() is None


def test_a_secret_that_does_not_exist_is_unavailable(client: "SecretsManagerClient") -> None:
    with pytest.raises(SecretUnavailableError):
        RememberedSecret(client, f"no-such-secret-{uuid4()}").value()


def test_the_account_is_read_from_the_secret(client: "SecretsManagerClient") -> None:
    text = json.dumps({"accountNumber": "400123", "password": PASSWORD})

    account = VoipitAccount(SecretsManager(client, text).remembered())

    assert account.credentials() == ("400123", PASSWORD)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PASSWORD, id="only the password"),
        pytest.param(f'{{"password": "{PASSWORD}"', id="cut off"),
        pytest.param(json.dumps({"password": PASSWORD}), id="no account number"),
        pytest.param(json.dumps({"accountNumber": PASSWORD}), id="no password"),
        pytest.param(json.dumps({"accountNumber": None, "password": PASSWORD}), id="no number"),
        pytest.param(json.dumps({"accountNumber": "", "password": PASSWORD}), id="empty number"),
        pytest.param(json.dumps([PASSWORD]), id="a list"),
        pytest.param(json.dumps(PASSWORD), id="a string"),
        pytest.param(f"accountNumber=1&password={PASSWORD}", id="a form"),
    ],
)
def test_a_malformed_account_is_unavailable_and_shows_no_password(
    client: "SecretsManagerClient", text: str
) -> None:
    account = VoipitAccount(SecretsManager(client, text).remembered())

    with pytest.raises(SecretUnavailableError) as refused:
        account.credentials()

    shown = "".join(traceback.format_exception(refused.value))
    error: BaseException | None = refused.value
    while error:
        shown += repr(error) + repr(error.args) + repr(vars(error))
        error = error.__cause__ or error.__context__
    assert PASSWORD not in shown


def test_a_secret_that_is_not_text_is_no_account_and_no_key(client: "SecretsManagerClient") -> None:
    arn = client.create_secret(Name=f"binary-{uuid4()}", SecretBinary=b"\x00")["ARN"]
    secret = RememberedSecret(client, arn)

    with pytest.raises(SecretUnavailableError):
        VoipitAccount(secret).credentials()
    with pytest.raises(SecretUnavailableError):
        CallbackKeys(secret, secret).url_for("m", 1)
    assert CallbackKeys(secret, secret).find("00000000") is None


def test_a_minted_url_is_found_to_be_ours(manager: SecretsManager) -> None:
    keys = manager.keys()

    url = urlsplit(keys.url_for("appointment-17", 2))

    reference = read_callback_path(url.path)
    assert url.netloc == "callback.test"
    assert reference is not None
    key = keys.find(reference.key_id)
    assert key is not None
    assert reference.is_signed_by(key)


def test_after_a_rotation_the_old_key_is_found_and_the_new_one_signs(
    manager: SecretsManager,
) -> None:
    manager.rotate("second")

    keys = manager.keys()

    assert keys.find(SigningKey("first").key_id) == SigningKey("first")
    assert SigningKey("second").key_id in keys.url_for("m", 1)


def test_a_key_made_seconds_ago_is_found_without_waiting_for_the_memory_to_age(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    assert keys.find(SigningKey("first").key_id)
    manager.rotate("second")
    manager.clock.advance(ASKED_AGAIN_AFTER)

    assert keys.find(SigningKey("second").key_id) == SigningKey("second")
    assert keys.find(SigningKey("first").key_id) == SigningKey("first")


def test_a_key_two_rotations_ago_is_no_longer_good(manager: SecretsManager) -> None:
    manager.rotate("second")
    manager.rotate("third")

    assert manager.keys().find(SigningKey("first").key_id) is None


def test_made_up_key_ids_cost_one_look_up_in_thirty_seconds(manager: SecretsManager) -> None:
    keys = manager.keys()
    keys.find("start")
    manager.lookups.clear()

    for second in range(60):
        manager.clock.advance(1)
        assert keys.find(f"{second:08x}") is None

    assert sorted(manager.lookups) == ["AWSCURRENT"] * 2 + ["AWSPREVIOUS"] * 2


def test_the_current_key_is_found_although_the_previous_one_cannot_be_read(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    keys.url_for("m", 1)
    manager.trouble = UNREACHABLE

    assert keys.find(SigningKey("first").key_id) == SigningKey("first")
    with pytest.raises(SecretUnavailableError):
        keys.find("00000000")


def test_an_empty_key_signs_nothing_and_is_never_found(client: "SecretsManagerClient") -> None:
    keys = SecretsManager(client, " ").keys()
    empty: Any = type("Empty", (), {"value": lambda *_, **__: ""})()

    with pytest.raises(SecretUnavailableError):
        CallbackKeys(empty, empty).url_for("m", 1)
    assert CallbackKeys(empty, empty).find(SigningKey("").key_id) is None
    assert keys.find(SigningKey("").key_id) is None
