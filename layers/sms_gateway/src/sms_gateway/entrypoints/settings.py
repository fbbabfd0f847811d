"""The environment of each function, read once and checked before anything is done."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sms_gateway.adapters.voipit.number_form import NumberFormat
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.phone_number import NumberType


class SettingsError(Exception):
    """The function is deployed with settings it cannot run with; all wrong ones are named."""


def _read(environment: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in dict.fromkeys(names) if not environment.get(name, "").strip()]
    if missing:
        raise SettingsError(f"These environment variables are missing or empty: {missing}")
    return [environment[name].strip() for name in names]


_ENVIRONMENT: Final = os.environ
_DELIVERY: Final = (
    "MESSAGES_TABLE",
    "GUARDS_TABLE",
    "DISPATCH_QUEUE_URL",
    "VOIPIT_BASE_URL",
    "VOIPIT_SECRET_ARN",
    "REPORT_DEADLINE_MINUTES",
)
_LIMITS: Final = ("RECIPIENT_HOURLY_LIMIT", "RECIPIENT_DAILY_LIMIT", "CLIENT_DAILY_LIMIT")
_DISPATCH: Final = (
    "CALLBACK_KEY_SECRET_ARN",
    "CALLBACK_URL",
    "SUPPRESSION_LIST",
    "DEFAULT_REGION",
    "VOIPIT_NUMBER_FORMAT",
    *_LIMITS,
    *_DELIVERY,
)
_RULES: Final = (
    "DEFAULT_REGION",
    "ALLOWED_COUNTRIES",
    "ALLOWED_NUMBER_TYPES",
    "UNKNOWN_NUMBERS",
    "LONG_TEXT",
)
_SEND: Final = ("MESSAGE_RETENTION_DAYS", "DOUBLE_CLICK_SECONDS", *_RULES, *_DISPATCH)
_STATUS: Final = (
    "MESSAGES_TABLE",
    "GUARDS_TABLE",
    "CURSOR_KEY_SECRET_ARN",
    "SUPPRESSION_LIST",
    *_RULES,
)
_REGION: Final = re.compile(r"[A-Z]{2}")
_ALLOWABLE_TYPE: Final = re.compile(r"mobile|fixed-line|voip")
_PREFIX: Final = re.compile(r"\+[1-9][0-9]{0,13}")
_ORIGIN: Final = re.compile(r"\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_MOST_ORIGINS: Final = 20
_BASE_PATH: Final = re.compile(
    r"(?!/(messages|suppressions|provider|openapi\.json)(/|$))(/[A-Za-z0-9._-]+)+"
)
"""Not what a route of ours begins with: that part of a path must stay where it is."""


def _whole_number(environment: Mapping[str, str], name: str, *, least: int = 1) -> int:
    (text,) = _read(environment, name)
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(f"{name} is not a whole number of at least {least}")
    return int(text)


def _choice(environment: Mapping[str, str], name: str, *choices: str) -> str:
    (text,) = _read(environment, name)
    if text not in choices:
        raise SettingsError(f"{name} is not one of {choices}")
    return text


def _list(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The entries of a comma-separated list, which may be empty or missing altogether."""
    entries = filter(None, map(str.strip, environment.get(name, "").split(",")))
    return tuple(_entry(name, entry, pattern) for entry in entries)


def _entry(name: str, text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise SettingsError(f"{name} does not match {pattern.pattern}: {text!r}")
    return text


def _default_region(environment: Mapping[str, str]) -> str:
    (region,) = _read(environment, "DEFAULT_REGION")
    return _entry("DEFAULT_REGION", region, _REGION)


def _limits(environment: Mapping[str, str]) -> Limits:
    hourly, daily, client = (_whole_number(environment, name, least=0) for name in _LIMITS)
    return Limits(
        recipient_hourly=hourly,
        recipient_daily=daily,
        client_daily=client,
        suppressions=_suppressions(environment),
    )


def _suppressions(environment: Mapping[str, str]) -> bool:
    return _choice(environment, "SUPPRESSION_LIST", "on", "off") == "on"


@dataclass(frozen=True, slots=True)
class RulesSettings:
    """What may be sent, and to whom: for every function that reads a number or a text."""

    default_region: str
    allowed_countries: frozenset[str]
    allowed_types: frozenset[NumberType]
    accepts_unknown: bool
    allowed_prefixes: tuple[str, ...]
    refused_prefixes: tuple[str, ...]
    cuts_long_text: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "RulesSettings":
        """Raises `SettingsError`."""
        _read(environment, *_RULES)
        types = _list(environment, "ALLOWED_NUMBER_TYPES", _ALLOWABLE_TYPE)
        return cls(
            default_region=_default_region(environment),
            allowed_countries=frozenset(_list(environment, "ALLOWED_COUNTRIES", _REGION)),
            allowed_types=frozenset(map(NumberType, types)),
            accepts_unknown=_choice(environment, "UNKNOWN_NUMBERS", "refuse", "accept") == "accept",
            allowed_prefixes=_list(environment, "ALLOWED_PREFIXES", _PREFIX),
            refused_prefixes=_list(environment, "REFUSED_PREFIXES", _PREFIX),
            cuts_long_text=_choice(environment, "LONG_TEXT", "refuse", "cut") == "cut",
        )


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """What every function needs that may call Voipit: `send`, `dispatch`, `watch`."""

    messages_table: str
    guards_table: str
    dispatch_queue_url: str
    voipit_base_url: str
    voipit_secret_arn: str
    report_deadline: timedelta

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "DeliverySettings":
        """Raises `SettingsError`."""
        messages, guards, queue, voipit, account, _ = _read(environment, *_DELIVERY)
        minutes = _whole_number(environment, "REPORT_DEADLINE_MINUTES")
        return cls(
            messages_table=messages,
            guards_table=guards,
            dispatch_queue_url=queue,
            voipit_base_url=voipit.rstrip("/"),
            voipit_secret_arn=account,
            report_deadline=timedelta(minutes=minutes),
        )


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """Settings of the function `dispatch`: all it takes to hand a message over.

    `limits` are those that a claim is held against, so without `double_click`. `number_format` is
    the form in which Voipit gets phone numbers; those of `default_region` have one of their own.
    """

    delivery: DeliverySettings
    callback_key_secret_arn: str
    callback_url: str
    limits: Limits
    default_region: str
    number_format: NumberFormat

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "DispatchSettings":
        """Raises `SettingsError`."""
        key, callback, *_ = _read(environment, *_DISPATCH)
        return cls(
            delivery=DeliverySettings.from_environment(environment),
            callback_key_secret_arn=key,
            callback_url=callback,
            limits=_limits(environment),
            default_region=_default_region(environment),
            number_format=NumberFormat(
                _choice(environment, "VOIPIT_NUMBER_FORMAT", *map(str, NumberFormat))
            ),
        )


@dataclass(frozen=True, slots=True)
class SendSettings:
    """Settings of the function `send`."""

    dispatch: DispatchSettings
    rules: RulesSettings
    kept_for: timedelta
    limits: Limits

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "SendSettings":
        """Raises `SettingsError`."""
        _read(environment, *_SEND)
        dispatch = DispatchSettings.from_environment(environment)
        click = timedelta(seconds=_whole_number(environment, "DOUBLE_CLICK_SECONDS", least=0))
        return cls(
            dispatch=dispatch,
            rules=RulesSettings.from_environment(environment),
            kept_for=timedelta(days=_whole_number(environment, "MESSAGE_RETENTION_DAYS")),
            limits=replace(dispatch.limits, double_click=click),
        )


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Settings of the function `watch`. `drain_per_second` bounds what it lets into the queue."""

    delivery: DeliverySettings
    drain_per_second: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "WatchSettings":
        """Raises `SettingsError`."""
        _read(environment, "DRAIN_PER_SECOND", *_DELIVERY)
        delivery = DeliverySettings.from_environment(environment)
        return cls(delivery, _whole_number(environment, "DRAIN_PER_SECOND"))


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """Settings of the function `status`."""

    messages_table: str
    guards_table: str
    cursor_key_secret_arn: str
    rules: RulesSettings
    suppressions: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "StatusSettings":
        """Raises `SettingsError`."""
        messages, guards, cursor_key, *_ = _read(environment, *_STATUS)
        return cls(
            messages_table=messages,
            guards_table=guards,
            cursor_key_secret_arn=cursor_key,
            rules=RulesSettings.from_environment(environment),
            suppressions=_suppressions(environment),
        )


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """How the functions behind the API are reached: `send` and `status`.

    `origins` are the web origins whose pages may call from a browser: none, up to 20, or `*` alone,
    which stands for all. `base_path` is what a custom domain puts before a route (`/sms`), or
    empty.
    """

    origins: tuple[str, ...]
    base_path: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "ApiSettings":
        """Raises `SettingsError`."""
        origins = _list(environment, "ALLOWED_ORIGINS", _ORIGIN)
        if len(origins) > _MOST_ORIGINS:
            raise SettingsError(f"ALLOWED_ORIGINS has more than {_MOST_ORIGINS} entries")
        if "*" in origins and len(origins) > 1:
            raise SettingsError("ALLOWED_ORIGINS has * beside other origins; name either")
        base_path = environment.get("BASE_PATH", "").strip()
        if base_path:
            _entry("BASE_PATH", base_path, _BASE_PATH)
        return cls(origins, base_path)


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """Settings of the function `callback`."""

    messages_table: str
    callback_key_secret_arn: str
    report_fallback_queue_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "CallbackSettings":
        """Raises `SettingsError`."""
        names = ("MESSAGES_TABLE", "CALLBACK_KEY_SECRET_ARN", "REPORT_FALLBACK_QUEUE_URL")
        return cls(*_read(environment, *names))


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """Settings of the function `publish`."""

    topic_arn: str
    event_source: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "PublishSettings":
        """Raises `SettingsError`."""
        return cls(*_read(environment, "TOPIC_ARN", "EVENT_SOURCE"))
