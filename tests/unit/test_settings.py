from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.adapters.voipit.number_format import NumberFormat
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.phone_number import NumberType
from sms_gateway.entrypoints.settings import (
    ApiSettings,
    CallbackSettings,
    DeliverySettings,
    DispatchSettings,
    PublishSettings,
    RulesSettings,
    SendSettings,
    SettingsError,
    StatusSettings,
    WatchSettings,
)
from tests.fakes.environments import (
    CALLBACK,
    DISPATCH,
    PUBLISH,
    SEND,
    STATUS,
    WATCH,
    api_settings,
)

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
READ_DISPATCH = DispatchSettings(
    READ_DELIVERY,
    "arn:key",
    "https://callback.test/",
    limits=Limits(10, 0, 2000, suppressions=True),
    default_region="RO",
    number_format=NumberFormat.DOUBLE_ZERO,
)
READ_RULES = RulesSettings(
    default_region="RO",
    allowed_countries=frozenset({"RO", "MD"}),
    allowed_types=frozenset({NumberType.MOBILE, NumberType.VOIP}),
    accepts_unknown=True,
    allowed_prefixes=(),
    refused_prefixes=(),
    cuts_long_text=True,
)


def test_the_settings_of_send_are_read_and_tidied() -> None:
    settings = SendSettings.from_environment({**SEND, "DEFAULT_REGION": " RO\n"})

    assert settings == SendSettings(
        api=ApiSettings((), ""),
        dispatch=READ_DISPATCH,
        rules=READ_RULES,
        kept_for=timedelta(days=400),
        limits=Limits(10, 0, 2000, timedelta(seconds=15), suppressions=True),
        token_key_secret_arn="arn:token",
    )


def test_the_settings_of_the_others_are_read() -> None:
    assert DispatchSettings.from_environment(DISPATCH) == READ_DISPATCH
    assert WatchSettings.from_environment(WATCH) == WatchSettings(READ_DELIVERY, 5, 4)
    assert StatusSettings.from_environment(STATUS) == StatusSettings(
        ApiSettings((), ""),
        "Messages",
        "Guards",
        "arn:cursor",
        "arn:token",
        READ_RULES,
        suppressions=True,
        client_daily_limit=2000,
    )
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


def test_lists_of_prefixes_may_be_empty_missing_or_several() -> None:
    prefixes = {"ALLOWED_PREFIXES": " +40799, +1 ,", "REFUSED_PREFIXES": ""}
    rules = StatusSettings.from_environment(STATUS | prefixes).rules

    assert (rules.allowed_prefixes, rules.refused_prefixes) == (("+40799", "+1"), ())
    assert StatusSettings.from_environment(STATUS).rules == READ_RULES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEFAULT_REGION", "ro"),
        ("DEFAULT_REGION", "RO,MD"),
        ("ALLOWED_COUNTRIES", "RO,Moldova"),
        ("ALLOWED_NUMBER_TYPES", "mobile,premium-rate"),
        ("ALLOWED_NUMBER_TYPES", "Mobile"),
        ("UNKNOWN_NUMBERS", "maybe"),
        ("LONG_TEXT", "true"),
        ("ALLOWED_PREFIXES", "40799"),
        ("ALLOWED_PREFIXES", "+"),
        ("REFUSED_PREFIXES", "+40 799"),
        ("REFUSED_PREFIXES", "+0799"),
        ("VOIPIT_NUMBER_FORMAT", "E164"),
        ("SUPPRESSION_LIST", "yes"),
    ],
)
def test_a_rule_nobody_can_follow_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        SendSettings.from_environment(SEND | {name: value})


def test_everything_that_is_wrong_is_named_at_once() -> None:
    wrong = {"LONG_TEXT": "true", "DOUBLE_CLICK_SECONDS": "soon", "BASE_PATH": "sms"}
    with pytest.raises(SettingsError) as refused:
        SendSettings.from_environment(SEND | wrong | {"CALLBACK_URL": ""})

    named = [name for name in (*wrong, "CALLBACK_URL") if name in str(refused.value)]
    assert named == [*wrong, "CALLBACK_URL"]


def test_the_settings_of_the_api_may_all_be_empty() -> None:
    assert api_settings({}) == ApiSettings((), "")
    assert api_settings({"ALLOWED_ORIGINS": "", "BASE_PATH": " "}) == ApiSettings((), "")


def test_the_settings_of_the_api_are_read() -> None:
    given = {"ALLOWED_ORIGINS": "https://a.example,http://localhost:3000", "BASE_PATH": "/sms"}
    assert api_settings(given) == ApiSettings(
        ("https://a.example", "http://localhost:3000"), "/sms"
    )
    assert api_settings({"ALLOWED_ORIGINS": "*"}).origins == ("*",)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ALLOWED_ORIGINS", "null"),
        ("ALLOWED_ORIGINS", "https://a.example,null"),
        ("ALLOWED_ORIGINS", "*,https://a.example"),
        ("ALLOWED_ORIGINS", "*,*"),
        ("ALLOWED_ORIGINS", "https://A.example"),
        ("ALLOWED_ORIGINS", "https://a.example/"),
        ("ALLOWED_ORIGINS", ",".join(f"https://a{number}.example" for number in range(21))),
        ("BASE_PATH", "sms"),
        ("BASE_PATH", "/sms/"),
        ("BASE_PATH", "/messages"),
        ("BASE_PATH", "/suppressions/sms"),
    ],
)
def test_an_origin_or_a_base_path_that_cannot_be_one_is_refused(name: str, wrong: str) -> None:
    with pytest.raises(SettingsError, match=name):
        api_settings({name: wrong})
