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


@dataclass(frozen=True, slots=True)
class SendSettings:
    """Settings of the function `send`."""

    messages_table: str
    voipit_base_url: str
    voipit_secret_arn: str
    callback_key_secret_arn: str
    callback_url: str
    default_region: str
    allowed_countries: frozenset[str]
    kept_for: timedelta

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "SendSettings":
        """Raises `SettingsError`."""
        table, voipit, account, key, callback, region, countries, days = _read(
            environment,
            "MESSAGES_TABLE",
            "VOIPIT_BASE_URL",
            "VOIPIT_SECRET_ARN",
            "CALLBACK_KEY_SECRET_ARN",
            "CALLBACK_URL",
            "DEFAULT_REGION",
            "ALLOWED_COUNTRIES",
            "MESSAGE_RETENTION_DAYS",
        )
        if not days.isdecimal() or int(days) == 0:
            raise SettingsError("MESSAGE_RETENTION_DAYS is not a whole number above 0")
        return cls(
            messages_table=table,
            voipit_base_url=voipit.rstrip("/"),
            voipit_secret_arn=account,
            callback_key_secret_arn=key,
            callback_url=callback,
            default_region=region,
            allowed_countries=frozenset(c.strip() for c in countries.split(",") if c.strip()),
            kept_for=timedelta(days=int(days)),
        )


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """Settings of the function `status`."""

    messages_table: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "StatusSettings":
        """Raises `SettingsError`."""
        return cls(*_read(environment, "MESSAGES_TABLE"))


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """Settings of the function `callback`."""

    messages_table: str
    callback_key_secret_arn: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "CallbackSettings":
        """Raises `SettingsError`."""
        return cls(*_read(environment, "MESSAGES_TABLE", "CALLBACK_KEY_SECRET_ARN"))


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """Settings of the function `publish`."""

    topic_arn: str
    event_source: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = _ENVIRONMENT) -> "PublishSettings":
        """Raises `SettingsError`."""
        return cls(*_read(environment, "TOPIC_ARN", "EVENT_SOURCE"))
