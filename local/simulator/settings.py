"""The simulator's settings, and which of them may change while it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

_LONGEST_SECONDS = 86_400


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a simulator is started with.

    The provider publishes none of these numbers (`voipit-api.md §2`): they are set small enough
    to be met on a developer's machine, and each can be changed.
    """

    account_number: str
    password: str = field(repr=False)
    carrier_delay: float = 0.3
    late_report_delay: float = 5.0
    slow_answer: float = 12.0
    invalid_request_limit: int = 10
    invalid_request_window: float = 300.0
    block_duration: float = 300.0
    blocked: bool = False
    available: bool = True


class InvalidSettingError(ValueError):
    """A setting that does not exist or does not have the right type.

    Attributes:
        setting: the setting's name as it was given.
    """

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__(f"{setting}: {problem}")
        self.setting = setting


@dataclass(frozen=True)
class _Kind:
    expected: str
    holds: Callable[[object], bool]


def _is_number(value: object) -> bool:
    # bool is an int to Python, not to a person who writes JSON. NaN fails the comparison.
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and 0 <= value <= _LONGEST_SECONDS
    )


_SECONDS = _Kind(f"a number of seconds from 0 to {_LONGEST_SECONDS}", _is_number)
_COUNT = _Kind(
    "a whole number from 0",
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
)
_FLAG = _Kind("true or false", lambda value: isinstance(value, bool))
_SECRET = _Kind("a text that is not empty", lambda value: isinstance(value, str) and value != "")

_CHANGEABLE: Mapping[str, tuple[str, _Kind]] = {
    "password": ("password", _SECRET),
    "carrierDelay": ("carrier_delay", _SECONDS),
    "lateReportDelay": ("late_report_delay", _SECONDS),
    "slowAnswer": ("slow_answer", _SECONDS),
    "invalidRequestLimit": ("invalid_request_limit", _COUNT),
    "invalidRequestWindow": ("invalid_request_window", _SECONDS),
    "blockDuration": ("block_duration", _SECONDS),
    "blocked": ("blocked", _FLAG),
    "available": ("available", _FLAG),
}


class SettingsStore:
    """The settings in force, which everything reads at the moment it needs them."""

    def __init__(self, initial: Settings) -> None:
        self._initial = initial
        self.current = initial

    def change(self, changes: Mapping[str, object]) -> None:
        """Put `changes` (camelCase names) in force, all of them or none.

        Raises:
            InvalidSettingError: one of them is unknown or wrongly typed.
        """
        self.current = changed(self.current, changes)

    def reset(self) -> None:
        """Return to the settings the simulator was started with."""
        self.current = self._initial

    def shown(self) -> dict[str, object]:
        """What may be shown of the settings in force: all but the password."""
        return {
            name: getattr(self.current, attribute)
            for name, (attribute, kind) in _CHANGEABLE.items()
            if kind is not _SECRET
        }


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """`settings` with `changes`, which are named in camelCase.

    Raises:
        InvalidSettingError: a change is unknown or wrongly typed; its value is not repeated.
    """
    values: dict[str, object] = {}
    for name, value in changes.items():
        if name not in _CHANGEABLE:
            raise InvalidSettingError(name, "no such setting")
        attribute, kind = _CHANGEABLE[name]
        if not kind.holds(value):
            raise InvalidSettingError(name, f"must be {kind.expected}")
        values[attribute] = value
    return replace(settings, **values)  # type: ignore[arg-type] # the kinds above checked them
