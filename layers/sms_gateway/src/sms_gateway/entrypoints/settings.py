"""The environment of each function: the one place where it is read, and checked as a whole."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, TypeVar

from sms_gateway.adapters.voipit.number_format import NumberFormat
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.origin import EVERY_ORIGIN, PATTERN
from sms_gateway.domain.phone_number import NumberType

_Value = TypeVar("_Value")
_Settings = TypeVar("_Settings")

_REGION: Final = re.compile(r"[A-Z]{2}")
_ALLOWABLE_TYPE: Final = re.compile(r"mobile|fixed-line|voip")
_NUMBER_PREFIX: Final = re.compile(r"\+[1-9][0-9]{0,13}")
_ORIGIN: Final = re.compile(rf"{re.escape(EVERY_ORIGIN)}|{PATTERN}")
_MOST_ORIGINS: Final = 20
_BASE_PATH: Final = re.compile(
    r"(?!/(messages|page|tokens|suppressions|provider|statistics|clients|openapi\.json)(/|$))(/[A-Za-z0-9._-]+)+"
)
"""Not what a route of ours begins with: that part of a path must stay where it is."""
_ON_OR_OFF: Final = {"on": True, "off": False}


class SettingsError(Exception):
    """The function is deployed with settings it cannot run with; all wrong ones are named."""


@dataclass(frozen=True, slots=True)
class _Environment:
    """Reads variables by name. What is wrong is noted, and something harmless read instead."""

    variables: Mapping[str, str]
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A variable that has to be there."""
        text = self.optional_text(name)
        if not text and name not in self.missing:
            self.missing.append(name)
        return text

    def optional_text(self, name: str) -> str:
        """A variable that can be missing, which is the same as empty."""
        return self.variables.get(name, "").strip()

    def whole_number(self, name: str, *, least: int = 1) -> int:
        """A number that has to be there."""
        text = self.text(name)
        if text.isdecimal() and int(text) >= least:
            return int(text)
        return self._refused(text, f"{name} is not a whole number of at least {least}", least)

    def choice(self, name: str, choices: Mapping[str, _Value]) -> _Value:
        """What one of these words stands for; one of them has to be there."""
        text = self.text(name)
        if text in choices:
            return choices[text]
        harmless = next(iter(choices.values()))
        return self._refused(text, f"{name} is not one of {tuple(choices)}", harmless)

    def matching(self, name: str, text: str, pattern: re.Pattern[str]) -> str:
        """This text of a variable, if it is as it has to be."""
        if text and not pattern.fullmatch(text):
            self.wrong.append(f"{name} does not match {pattern.pattern}: {text!r}")
        return text

    def each(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The entries of a comma-separated list, which can be empty or missing."""
        entries = filter(None, map(str.strip, self.optional_text(name).split(",")))
        return tuple(self.matching(name, entry, pattern) for entry in entries)

    def some(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The entries of a comma-separated list that has to be there."""
        self.text(name)
        return self.each(name, pattern)

    def check(self) -> None:
        """Raises `SettingsError` if anything was missing or wrong."""
        if self.missing:
            self.wrong.insert(
                0, f"These environment variables are missing or empty: {self.missing}"
            )
        if self.wrong:
            raise SettingsError("; ".join(self.wrong))

    def _refused(self, text: str, problem: str, harmless: _Value) -> _Value:
        if text:  # otherwise it is among the missing ones already
            self.wrong.append(problem)
        return harmless


def _read(
    read: Callable[[_Environment], _Settings], variables: Mapping[str, str] = os.environ
) -> _Settings:
    environment = _Environment(variables)
    settings = read(environment)
    environment.check()
    return settings


def runs_in_lambda(variables: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is a Lambda's (and not one of a test or of a program)."""
    return "AWS_LAMBDA_FUNCTION_NAME" in variables


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
    def read(cls, environment: _Environment) -> "RulesSettings":
        """Those of `send` and `status`."""
        types = environment.some("ALLOWED_NUMBER_TYPES", _ALLOWABLE_TYPE)
        unknown = {"refuse": False, "accept": True}
        return cls(
            default_region=_default_region(environment),
            allowed_countries=frozenset(environment.some("ALLOWED_COUNTRIES", _REGION)),
            allowed_types=frozenset(each for each in NumberType if each in types),
            accepts_unknown=environment.choice("UNKNOWN_NUMBERS", unknown),
            allowed_prefixes=environment.each("ALLOWED_PREFIXES", _NUMBER_PREFIX),
            refused_prefixes=environment.each("REFUSED_PREFIXES", _NUMBER_PREFIX),
            cuts_long_text=environment.choice("LONG_TEXT", {"refuse": False, "cut": True}),
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
    def read(cls, environment: _Environment) -> "DeliverySettings":
        """Those of `send`, `dispatch` and `watch`."""
        return cls(
            messages_table=environment.text("MESSAGES_TABLE"),
            guards_table=environment.text("GUARDS_TABLE"),
            dispatch_queue_url=environment.text("DISPATCH_QUEUE_URL"),
            voipit_base_url=environment.text("VOIPIT_BASE_URL").rstrip("/"),
            voipit_secret_arn=environment.text("VOIPIT_SECRET_ARN"),
            report_deadline=timedelta(minutes=environment.whole_number("REPORT_DEADLINE_MINUTES")),
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
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "DispatchSettings":
        """Raises `SettingsError`."""
        return _read(cls.read, variables)

    @classmethod
    def read(cls, environment: _Environment) -> "DispatchSettings":
        """Those of `send` and `dispatch`."""
        formats = {str(each): each for each in NumberFormat}
        return cls(
            delivery=DeliverySettings.read(environment),
            callback_key_secret_arn=environment.text("CALLBACK_KEY_SECRET_ARN"),
            callback_url=environment.text("CALLBACK_URL"),
            limits=Limits(
                recipient_hourly=environment.whole_number("RECIPIENT_HOURLY_LIMIT", least=0),
                recipient_daily=environment.whole_number("RECIPIENT_DAILY_LIMIT", least=0),
                client_daily=environment.whole_number("CLIENT_DAILY_LIMIT", least=0),
                suppressions=environment.choice("SUPPRESSION_LIST", _ON_OR_OFF),
            ),
            default_region=_default_region(environment),
            number_format=environment.choice("VOIPIT_NUMBER_FORMAT", formats),
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
    def read(cls, environment: _Environment) -> "ApiSettings":
        """Those of `send` and `status`."""
        origins = environment.each("ALLOWED_ORIGINS", _ORIGIN)
        if len(origins) > _MOST_ORIGINS:
            environment.wrong.append(f"ALLOWED_ORIGINS has more than {_MOST_ORIGINS} entries")
        if EVERY_ORIGIN in origins and len(origins) > 1:
            environment.wrong.append("ALLOWED_ORIGINS has * beside other origins; name either")
        base_path = environment.optional_text("BASE_PATH")
        return cls(origins, environment.matching("BASE_PATH", base_path, _BASE_PATH))


@dataclass(frozen=True, slots=True)
class SendSettings:
    """Settings of the function `send`."""

    api: ApiSettings
    dispatch: DispatchSettings
    rules: RulesSettings
    kept_for: timedelta
    limits: Limits
    token_key_secret_arn: str

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "SendSettings":
        """Raises `SettingsError`."""
        return _read(cls._read, variables)

    @classmethod
    def _read(cls, environment: _Environment) -> "SendSettings":
        dispatch = DispatchSettings.read(environment)
        double_click = environment.whole_number("DOUBLE_CLICK_SECONDS", least=0)
        return cls(
            api=ApiSettings.read(environment),
            dispatch=dispatch,
            rules=RulesSettings.read(environment),
            kept_for=timedelta(days=environment.whole_number("MESSAGE_RETENTION_DAYS")),
            limits=replace(dispatch.limits, double_click=timedelta(seconds=double_click)),
            token_key_secret_arn=environment.text("TOKEN_KEY_SECRET_ARN"),
        )


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Settings of the function `watch`. `drain_per_second` bounds what it lets into the queue.

    `dispatch_concurrency` is how many messages `dispatch` tries at a time.
    """

    delivery: DeliverySettings
    drain_per_second: int
    dispatch_concurrency: int

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "WatchSettings":
        """Raises `SettingsError`."""
        return _read(cls._read, variables)

    @classmethod
    def _read(cls, environment: _Environment) -> "WatchSettings":
        return cls(
            delivery=DeliverySettings.read(environment),
            drain_per_second=environment.whole_number("DRAIN_PER_SECOND"),
            dispatch_concurrency=environment.whole_number("DISPATCH_CONCURRENCY"),
        )


@dataclass(frozen=True, slots=True)
class StatusSettings:
    """Settings of the function `status`."""

    api: ApiSettings
    messages_table: str
    guards_table: str
    cursor_key_secret_arn: str
    token_key_secret_arn: str
    rules: RulesSettings
    suppressions: bool
    client_daily_limit: int

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "StatusSettings":
        """Raises `SettingsError`."""
        return _read(cls._read, variables)

    @classmethod
    def _read(cls, environment: _Environment) -> "StatusSettings":
        return cls(
            api=ApiSettings.read(environment),
            messages_table=environment.text("MESSAGES_TABLE"),
            guards_table=environment.text("GUARDS_TABLE"),
            cursor_key_secret_arn=environment.text("CURSOR_KEY_SECRET_ARN"),
            token_key_secret_arn=environment.text("TOKEN_KEY_SECRET_ARN"),
            rules=RulesSettings.read(environment),
            suppressions=environment.choice("SUPPRESSION_LIST", _ON_OR_OFF),
            client_daily_limit=environment.whole_number("CLIENT_DAILY_LIMIT", least=0),
        )


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """Settings of the function `callback`."""

    messages_table: str
    callback_key_secret_arn: str
    report_fallback_queue_url: str

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "CallbackSettings":
        """Raises `SettingsError`."""
        return _read(cls._read, variables)

    @classmethod
    def _read(cls, environment: _Environment) -> "CallbackSettings":
        return cls(
            messages_table=environment.text("MESSAGES_TABLE"),
            callback_key_secret_arn=environment.text("CALLBACK_KEY_SECRET_ARN"),
            report_fallback_queue_url=environment.text("REPORT_FALLBACK_QUEUE_URL"),
        )


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """Settings of the function `publish`."""

    topic_arn: str
    event_source: str

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> "PublishSettings":
        """Raises `SettingsError`."""
        return _read(cls._read, variables)

    @classmethod
    def _read(cls, environment: _Environment) -> "PublishSettings":
        return cls(
            topic_arn=environment.text("TOPIC_ARN"),
            event_source=environment.text("EVENT_SOURCE"),
        )


def _default_region(environment: _Environment) -> str:
    return environment.matching("DEFAULT_REGION", environment.text("DEFAULT_REGION"), _REGION)
