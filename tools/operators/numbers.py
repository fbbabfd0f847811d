"""A phone number as an operator writes it, in the form in which the tables have it."""

from typing import Final

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.phone_number import PhoneNumber
from tools.stacks import DeployedStack

_REGION: Final = "DefaultRegion"


def rules_of(stack: DeployedStack) -> PhoneNumberRules:
    """The rules by which this stack reads numbers, of all countries. Raises `ToolError`."""
    region = stack.parameter(_REGION)
    return PhoneNumberRules(region, frozenset({region}))


def read_number(text: str, rules: PhoneNumberRules) -> PhoneNumber:
    """The number: as it is written if that is E.164, or else as the stack reads it.

    A row that was stored under other rules is found by its number as it stands there. Raises
    `InvalidValueError`; its sentence does not repeat the number.
    """
    try:
        return PhoneNumber(text.strip())
    except ValueError:
        return rules.read(text)
