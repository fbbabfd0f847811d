"""The environment of each function, read once and checked before anything is done."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final


class SettingsError(Exception):
    """The function is deployed with settings it cannot run with; all wrong ones are named."""


def _read(environment: Mapping[str, str], *names: str) -> list[str]:
    missing = [name for name in names if not environment.get(name, "").strip()]
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
_DISPATCH: Final = ("CALLBACK_KEY_SECRET_ARN", "CALLBACK_URL", *_DELIVERY)
_SEND: Final = ("DEFAULT_REGION", "ALLOWED_COUNTRIES", "MESSAGE_RETENTION_DAYS", *_DISPATCH)


def _whole_number(environment: Mapping[str, str], name: str) -> int:
    (text,) = _read(environment, name)
    if not text.isdecimal() or int(text) == 0:
        raise SettingsError(f"{name} is not a whole number above 0")
    return int(text)


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
    """Settings of the function `dispatch`: all it takes to hand a message over."""

    delivery: DeliverySettings
    callback_key_secret_arn: str
    callback_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "DispatchSettings":
        """Raises `SettingsError`."""
        key, callback, *_ = _read(environment, *_DISPATCH)
        return cls(DeliverySettings.from_environment(environment), key, callback)


@dataclass(frozen=True, slots=True)
class SendSettings:
    """Settings of the function `send`."""

    dispatch: DispatchSettings
    default_region: str
    allowed_countries: frozenset[str]
    kept_for: timedelta

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "SendSettings":
        """Raises `SettingsError`."""
        region, countries, *_ = _read(environment, *_SEND)
        return cls(
            dispatch=DispatchSettings.from_environment(environment),
            default_region=region,
            allowed_countries=frozenset(c.strip() for c in countries.split(",") if c.strip()),
            kept_for=timedelta(days=_whole_number(environment, "MESSAGE_RETENTION_DAYS")),
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

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "StatusSettings":
        """Raises `SettingsError`."""
        return cls(*_read(environment, "MESSAGES_TABLE", "GUARDS_TABLE"))


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
