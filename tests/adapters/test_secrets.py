import json
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.adapters.secrets import (
    LOOK_UPS_AT_ONCE,
    PAUSE_AFTER_FAILURE,
    REMEMBERED_FOR,
    SECONDS_PER_LOOK_UP,
    CallbackKeys,
    RememberedSecret,
    SigningKeys,
    VoipitAccounts,
)
from sms_gateway.domain.account import Account
from sms_gateway.domain.callback_url import CallbackKey, read_callback_path
from sms_gateway.domain.cursor import CursorKey
from sms_gateway.domain.errors import (
    AccountMissingError,
    KeyNotLookedUpError,
    SecretUnavailableError,
)
from sms_gateway.domain.token_bucket import TokenBucket
from tests.adapters.secrets_manager import SecretsManager
from tests.fakes.builders import KEY, key
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from sms_gateway.use_cases.ports import Accounts

PASSWORD = "correct-horse-battery"
UNREACHABLE = EndpointConnectionError(endpoint_url="https://secretsmanager.test")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "Get")


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


def test_a_secret_that_was_read_ahead_is_not_looked_up_by_the_first_call(
    manager: SecretsManager,
) -> None:
    secret = manager.remembered()
    secret.ask_ahead()

    manager.clock.advance(REMEMBERED_FOR - 1)
    assert secret.value() == "first"
    assert manager.lookups == ["AWSCURRENT"]
    manager.clock.advance(1)
    secret.value()
    assert len(manager.lookups) == 2


@pytest.mark.parametrize("trouble", [UNREACHABLE, THROTTLED], ids=["unreachable", "throttled"])
def test_a_secret_that_cannot_be_read_ahead_is_looked_up_by_the_first_call_without_a_pause(
    manager: SecretsManager, trouble: Exception
) -> None:
    secret = manager.remembered()
    manager.trouble = trouble
    secret.ask_ahead()
    manager.trouble = None

    assert not secret.is_away
    assert secret.value() == "first"
    assert len(manager.lookups) == 2


@pytest.mark.parametrize("is_down", [False, True], ids=["answered", "down"])
def test_an_answer_to_what_was_asked_ahead_is_dropped_once_a_later_one_is_known(
    manager: SecretsManager, *, is_down: bool
) -> None:
    """The thread that asks ahead can be frozen with its Lambda, for hours."""
    secret = manager.remembered()

    def meanwhile() -> None:
        manager.rotate("second")
        manager.trouble = UNREACHABLE if is_down else None
        secret.ask()
        manager.trouble = None

    manager.after_first_look_up = meanwhile
    secret.ask_ahead()

    assert secret.remembered == (None if is_down else "second")
    assert secret.is_away == is_down


def test_while_a_secret_is_asked_for_ahead_it_counts_as_never_read(
    manager: SecretsManager,
) -> None:
    secret = manager.remembered()
    seen = []
    manager.after_first_look_up = lambda: seen.append((secret.is_due(), secret.value()))
    secret.ask_ahead()

    assert seen == [(True, "first")]
    assert len(manager.lookups) == 2


BASE_URL = "https://voipit.test"


def an_account_secret(password: str = PASSWORD) -> str:
    return json.dumps({"accountNumber": "400123", "password": password})


@pytest.fixture
def account_manager(client: "SecretsManagerClient") -> SecretsManager:
    return SecretsManager(client, an_account_secret())


def test_the_account_is_read_from_the_secret(account_manager: SecretsManager) -> None:
    accounts: Accounts = VoipitAccounts(account_manager.remembered(), BASE_URL)

    account = accounts.current()

    assert (account.number, account.password) == ("400123", PASSWORD)


def test_an_account_does_not_show_itself_and_its_version_gives_nothing_away(
    account_manager: SecretsManager,
) -> None:
    account = VoipitAccounts(account_manager.remembered(), BASE_URL).current()

    shown = f"{account} {account!r} {account.version}"

    assert [secret for secret in ("400123", PASSWORD, BASE_URL) if secret in shown] == []


def test_the_current_account_is_remembered_and_the_refreshed_one_asked_for(
    account_manager: SecretsManager,
) -> None:
    accounts = VoipitAccounts(account_manager.remembered(), BASE_URL)
    first = accounts.current()
    account_manager.rotate(an_account_secret("mended"))

    assert accounts.current() == first
    assert accounts.refreshed().password == "mended"
    assert accounts.current().password == "mended"
    assert account_manager.lookups == ["AWSCURRENT"] * 2


def test_the_version_is_another_one_when_the_secret_or_the_address_was_mended(
    account_manager: SecretsManager,
) -> None:
    here = VoipitAccounts(account_manager.remembered(), BASE_URL)
    there = VoipitAccounts(account_manager.remembered(), f"{BASE_URL}/v2")
    versions = [here.current().version, there.current().version]
    account_manager.rotate(an_account_secret("mended"))
    versions += [here.refreshed().version, there.refreshed().version]

    assert len(set(versions)) == 4


def test_the_version_is_the_same_for_all_who_read_the_same_secret(
    account_manager: SecretsManager,
) -> None:
    one = VoipitAccounts(account_manager.remembered(), BASE_URL)
    other = VoipitAccounts(account_manager.remembered(), BASE_URL)

    assert one.current() == one.refreshed() == other.current()


def test_a_refreshed_account_is_the_old_one_while_secrets_manager_is_down(
    account_manager: SecretsManager,
) -> None:
    accounts = VoipitAccounts(account_manager.remembered(), BASE_URL)
    known = accounts.current()
    account_manager.trouble = UNREACHABLE

    assert accounts.refreshed() == accounts.current() == known


@pytest.mark.parametrize("ask", [VoipitAccounts.current, VoipitAccounts.refreshed])
def test_an_account_nobody_remembers_is_unavailable(
    account_manager: SecretsManager, ask: Callable[[VoipitAccounts], Account]
) -> None:
    account_manager.trouble = UNREACHABLE

    with pytest.raises(SecretUnavailableError):
        ask(VoipitAccounts(account_manager.remembered(), BASE_URL))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{}", id="as the template makes it"),
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
def test_a_malformed_account_is_missing_and_shows_no_password(
    client: "SecretsManagerClient", text: str
) -> None:
    accounts = VoipitAccounts(SecretsManager(client, text).remembered(), BASE_URL)

    with pytest.raises(AccountMissingError) as refused:
        accounts.current()

    shown = "".join(traceback.format_exception(refused.value))
    error: BaseException | None = refused.value
    while error:
        shown += repr(error) + repr(error.args) + repr(vars(error))
        error = error.__cause__ or error.__context__
    assert PASSWORD not in shown


def test_an_account_that_may_have_been_filled_in_meanwhile_is_not_called_missing(
    client: "SecretsManagerClient",
) -> None:
    manager = SecretsManager(client, "{}")
    accounts = VoipitAccounts(manager.remembered(), BASE_URL)
    with pytest.raises(AccountMissingError):
        accounts.current()
    manager.trouble = UNREACHABLE

    with pytest.raises(SecretUnavailableError) as refused:
        accounts.refreshed()

    assert not isinstance(refused.value, AccountMissingError)


def test_a_secret_that_is_not_text_is_no_account_and_no_key(client: "SecretsManagerClient") -> None:
    arn = client.create_secret(Name=f"binary-{uuid4()}", SecretBinary=b"\x00")["ARN"]
    secret = RememberedSecret(client, arn)

    with pytest.raises(SecretUnavailableError):
        VoipitAccounts(secret, BASE_URL).current()
    with pytest.raises(SecretUnavailableError):
        CallbackKeys(secret, secret).url_for(key("m"), 1)
    assert CallbackKeys(secret, secret).find("00000000") is None


def test_a_minted_url_is_found_to_be_ours(manager: SecretsManager) -> None:
    keys = manager.keys()

    url = urlsplit(keys.url_for(KEY, 2))

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

    assert keys.find(CallbackKey("first").key_id) == CallbackKey("first")
    assert CallbackKey("second").key_id in keys.url_for(key("m"), 1)


def test_a_secret_has_other_keys_for_another_purpose(manager: SecretsManager) -> None:
    manager.rotate("second")
    keys = SigningKeys(CursorKey, manager.remembered(), manager.remembered("AWSPREVIOUS"))

    assert keys.current() == CursorKey("second")
    assert keys.find(CursorKey("first").key_id) == CursorKey("first")
    assert keys.find(CallbackKey("second").key_id) is None


@pytest.mark.parametrize("seconds_ago", [0, 10, 30, REMEMBERED_FOR - 1, REMEMBERED_FOR])
def test_a_key_that_was_made_just_now_is_found_however_lately_the_secret_was_read(
    manager: SecretsManager, seconds_ago: float
) -> None:
    keys = manager.keys()
    assert keys.find(CallbackKey("first").key_id)
    manager.clock.advance(seconds_ago)
    manager.rotate("second")

    assert keys.find(CallbackKey("second").key_id) == CallbackKey("second")
    assert keys.find(CallbackKey("first").key_id) == CallbackKey("first")


def test_a_key_two_rotations_ago_is_no_longer_good(manager: SecretsManager) -> None:
    manager.rotate("second")
    manager.rotate("third")

    assert manager.keys().find(CallbackKey("first").key_id) is None


def test_made_up_key_ids_cost_a_few_look_ups_and_then_one_in_a_while(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    keys.find("00000000")
    manager.lookups.clear()
    minutes = 4  # less than REMEMBERED_FOR, after which both are read anyway
    unanswered = 0

    for second in range(minutes * 60):
        try:
            assert keys.find(f"{second:08x}") is None
        except KeyNotLookedUpError:
            unanswered += 1
        manager.clock.advance(1)

    look_ups = LOOK_UPS_AT_ONCE + (minutes * 60 - 1) // SECONDS_PER_LOOK_UP
    assert manager.lookups == ["AWSCURRENT", "AWSPREVIOUS"] * int(look_ups)
    assert unanswered == minutes * 60 - look_ups


def test_an_unknown_id_is_no_key_of_ours_once_both_stages_were_read_after_it_came_in(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    keys.url_for(KEY, 1)
    keys.find(CallbackKey("first").key_id)
    manager.lookups.clear()

    assert keys.find("00000000") is None
    assert manager.lookups == ["AWSCURRENT", "AWSPREVIOUS"]


@pytest.mark.parametrize("stage", ["AWSCURRENT", "AWSPREVIOUS"])
def test_while_one_stage_cannot_be_read_an_unknown_id_may_be_a_key_of_ours(
    manager: SecretsManager, stage: str
) -> None:
    manager.rotate("second")
    keys = manager.keys()
    assert keys.find("00000000") is None
    manager.trouble, manager.troubled_stage = UNREACHABLE, stage

    with pytest.raises(SecretUnavailableError):
        keys.find("00000000")
    manager.trouble = None
    manager.clock.advance(PAUSE_AFTER_FAILURE)
    assert keys.find("00000000") is None


def test_secrets_manager_that_did_not_answer_is_left_alone_by_unknown_ids_too(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    keys.find("00000000")
    manager.trouble = UNREACHABLE
    manager.lookups.clear()

    for _ in range(9):
        with pytest.raises(SecretUnavailableError):
            keys.find("00000000")

    assert manager.lookups == ["AWSCURRENT", "AWSPREVIOUS"]


def test_a_key_that_is_rotated_away_between_the_two_readings_is_found(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    keys.find("00000000")
    manager.rotate("second")
    manager.after_first_look_up = lambda: manager.rotate("third")

    assert keys.find(CallbackKey("second").key_id) == CallbackKey("second")


@given(st.lists(st.floats(0, 120), max_size=200))
def test_in_no_span_of_time_are_there_more_look_ups_than_the_bucket_holds(
    pauses: list[float],
) -> None:
    clock = FakeClock()
    bucket = TokenBucket(LOOK_UPS_AT_ONCE, SECONDS_PER_LOOK_UP)
    taken: list[float] = []
    for pause in pauses:
        clock.advance(pause)
        if bucket.take(clock.time()):
            taken.append(clock.time())

    for first, start in enumerate(taken):
        for number, end in enumerate(taken[first:], 1):
            assert number <= LOOK_UPS_AT_ONCE + (end - start) / SECONDS_PER_LOOK_UP + 1e-3


def test_a_clock_that_was_set_back_does_not_leave_the_bucket_empty() -> None:
    clock = FakeClock()
    bucket = TokenBucket(LOOK_UPS_AT_ONCE, SECONDS_PER_LOOK_UP)
    assert [bucket.take(clock.time()) for _ in range(LOOK_UPS_AT_ONCE + 1)].count(
        True
    ) == LOOK_UPS_AT_ONCE
    clock.advance(-24 * 3600)

    assert bucket.take(clock.time())


def test_the_current_key_is_found_although_the_previous_one_cannot_be_read(
    manager: SecretsManager,
) -> None:
    keys = manager.keys()
    keys.url_for(key("m"), 1)
    manager.trouble = UNREACHABLE

    assert keys.find(CallbackKey("first").key_id) == CallbackKey("first")
    with pytest.raises(SecretUnavailableError):
        keys.find("00000000")


class EmptySecret(RememberedSecret):
    """What Secrets Manager does not let anybody store, and must not sign all the same."""

    def ask(self) -> None:
        self._value = ""


def test_an_empty_key_signs_nothing_and_is_never_found(client: "SecretsManagerClient") -> None:
    keys = SecretsManager(client, " ").keys()
    empty = EmptySecret(client, "")

    with pytest.raises(SecretUnavailableError):
        CallbackKeys(empty, empty).url_for(key("m"), 1)
    assert CallbackKeys(empty, empty).find(CallbackKey("").key_id) is None
    assert keys.find(CallbackKey("").key_id) is None
