from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.entrypoints.settings import (
    CallbackSettings,
    PublishSettings,
    SendSettings,
    SettingsError,
    StatusSettings,
)

SEND = {
    "MESSAGES_TABLE": "Messages",
    "VOIPIT_BASE_URL": "https://voipit.test/",
    "VOIPIT_SECRET_ARN": "arn:voipit",
    "CALLBACK_KEY_SECRET_ARN": "arn:key",
    "CALLBACK_URL": "https://callback.test/",
    "DEFAULT_REGION": "RO",
    "ALLOWED_COUNTRIES": "RO, MD,",
    "MESSAGE_RETENTION_DAYS": "400",
}
CALLBACK = {"MESSAGES_TABLE": "Messages", "CALLBACK_KEY_SECRET_ARN": "arn:key"}
PUBLISH = {"TOPIC_ARN": "arn:topic", "EVENT_SOURCE": "//sms.test"}
STATUS = {"MESSAGES_TABLE": "Messages"}

Reader = Callable[[Mapping[str, str]], Any]
READERS: list[tuple[Reader, dict[str, str]]] = [
    (SendSettings.from_environment, SEND),
    (StatusSettings.from_environment, STATUS),
    (CallbackSettings.from_environment, CALLBACK),
    (PublishSettings.from_environment, PUBLISH),
]


def test_the_settings_of_send_are_read_and_tidied() -> None:
    settings = SendSettings.from_environment({**SEND, "DEFAULT_REGION": " RO\n"})

    assert settings == SendSettings(
        messages_table="Messages",
        voipit_base_url="https://voipit.test",
        voipit_secret_arn="arn:voipit",
        callback_key_secret_arn="arn:key",
        callback_url="https://callback.test/",
        default_region="RO",
        allowed_countries=frozenset({"RO", "MD"}),
        kept_for=timedelta(days=400),
    )


def test_the_settings_of_the_others_are_read() -> None:
    assert StatusSettings.from_environment(STATUS) == StatusSettings("Messages")
    assert CallbackSettings.from_environment(CALLBACK) == CallbackSettings("Messages", "arn:key")
    assert PublishSettings.from_environment(PUBLISH) == PublishSettings("arn:topic", "//sms.test")


@pytest.mark.parametrize("value", [None, "", " \n"], ids=["missing", "empty", "blank"])
@pytest.mark.parametrize(
    ("read", "environment", "name"),
    [
        pytest.param(read, environment, name, id=name.lower())
        for read, environment in READERS
        for name in environment
    ],
)
def test_a_setting_that_is_not_there_is_named(
    read: Reader, environment: dict[str, str], name: str, value: str | None
) -> None:
    incomplete = {key: text for key, text in environment.items() if key != name}

    with pytest.raises(SettingsError, match=rf"\['{name}'\]"):
        read(incomplete if value is None else incomplete | {name: value})


def test_all_missing_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        SendSettings.from_environment({})

    assert [name for name in SEND if name not in str(refused.value)] == []


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "many", "1 0", "²"])
def test_a_retention_that_is_no_number_of_days_is_refused(days: str) -> None:
    with pytest.raises(SettingsError, match="MESSAGE_RETENTION_DAYS"):
        SendSettings.from_environment(SEND | {"MESSAGE_RETENTION_DAYS": days})
