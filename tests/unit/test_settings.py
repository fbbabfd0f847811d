from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.entrypoints.settings import (
    CallbackSettings,
    DeliverySettings,
    DispatchSettings,
    PublishSettings,
    SendSettings,
    SettingsError,
    StatusSettings,
    WatchSettings,
)

DELIVERY = {
    "MESSAGES_TABLE": "Messages",
    "GUARDS_TABLE": "Guards",
    "DISPATCH_QUEUE_URL": "https://sqs.test/dispatch",
    "VOIPIT_BASE_URL": "https://voipit.test/",
    "VOIPIT_SECRET_ARN": "arn:voipit",
    "REPORT_DEADLINE_MINUTES": "90",
}
DISPATCH = {
    **DELIVERY,
    "CALLBACK_KEY_SECRET_ARN": "arn:key",
    "CALLBACK_URL": "https://callback.test/",
}
SEND = {
    **DISPATCH,
    "DEFAULT_REGION": "RO",
    "ALLOWED_COUNTRIES": "RO, MD,",
    "MESSAGE_RETENTION_DAYS": "400",
}
WATCH = {**DELIVERY, "DRAIN_PER_SECOND": "5"}
CALLBACK = {
    "MESSAGES_TABLE": "Messages",
    "CALLBACK_KEY_SECRET_ARN": "arn:key",
    "REPORT_FALLBACK_QUEUE_URL": "https://sqs.test/reports",
}
PUBLISH = {"TOPIC_ARN": "arn:topic", "EVENT_SOURCE": "//sms.test"}
STATUS = {"MESSAGES_TABLE": "Messages", "GUARDS_TABLE": "Guards"}

Reader = Callable[[Mapping[str, str]], Any]
READERS: list[tuple[Reader, dict[str, str]]] = [
    (SendSettings.from_environment, SEND),
    (DispatchSettings.from_environment, DISPATCH),
    (WatchSettings.from_environment, WATCH),
    (StatusSettings.from_environment, STATUS),
    (CallbackSettings.from_environment, CALLBACK),
    (PublishSettings.from_environment, PUBLISH),
]
READ_DELIVERY = DeliverySettings(
    messages_table="Messages",
    guards_table="Guards",
    dispatch_queue_url="https://sqs.test/dispatch",
    voipit_base_url="https://voipit.test",
    voipit_secret_arn="arn:voipit",
    report_deadline=timedelta(minutes=90),
)
READ_DISPATCH = DispatchSettings(READ_DELIVERY, "arn:key", "https://callback.test/")


def test_the_settings_of_send_are_read_and_tidied() -> None:
    settings = SendSettings.from_environment({**SEND, "DEFAULT_REGION": " RO\n"})

    assert settings == SendSettings(
        dispatch=READ_DISPATCH,
        default_region="RO",
        allowed_countries=frozenset({"RO", "MD"}),
        kept_for=timedelta(days=400),
    )


def test_the_settings_of_the_others_are_read() -> None:
    assert DispatchSettings.from_environment(DISPATCH) == READ_DISPATCH
    assert WatchSettings.from_environment(WATCH) == WatchSettings(READ_DELIVERY, 5)
    assert StatusSettings.from_environment(STATUS) == StatusSettings("Messages", "Guards")
    assert CallbackSettings.from_environment(CALLBACK) == CallbackSettings(
        "Messages", "arn:key", "https://sqs.test/reports"
    )
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


@pytest.mark.parametrize(
    ("read", "environment"),
    READERS,
    ids=["send", "dispatch", "watch", "status", "callback", "publish"],
)
def test_all_missing_settings_are_named_at_once(read: Reader, environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        read({})

    assert [name for name in environment if f"'{name}'" not in str(refused.value)] == []


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many", "1 0", "²"])
@pytest.mark.parametrize(
    ("read", "environment", "name"),
    [
        (SendSettings.from_environment, SEND, "MESSAGE_RETENTION_DAYS"),
        (SendSettings.from_environment, SEND, "REPORT_DEADLINE_MINUTES"),
        (WatchSettings.from_environment, WATCH, "REPORT_DEADLINE_MINUTES"),
        (WatchSettings.from_environment, WATCH, "DRAIN_PER_SECOND"),
    ],
)
def test_a_number_that_is_none_is_refused(
    read: Reader, environment: dict[str, str], name: str, number: str
) -> None:
    with pytest.raises(SettingsError, match=name):
        read(environment | {name: number})
