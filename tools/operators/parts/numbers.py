"""A phone number as an operator writes it, in the form in which the tables have it."""

from typing import Final

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import PhoneNumber
from tools.operators.parts.frame import Operator
from tools.stacks import DeployedStack

_REGION: Final = "DefaultRegion"


def rules_of(stack: DeployedStack) -> PhoneNumberRules:
    """The rules by which this stack reads numbers, of all countries. Raises `ToolError`."""
    region = stack.parameter(_REGION)
    return PhoneNumberRules(region, frozenset({region}))


def read_number(operator: Operator, text: str) -> PhoneNumber:
    """The number: as it is written if that is E.164, or else as the stack reads it.

    A row that was stored under other rules is found by its number as it stands there; if the stack
    of today reads it differently, the operator is told so.

    Raises:
        InvalidValueError: it is no number; the sentence does not repeat it.
        ToolError: the stack does not tell its rules.
    """
    rules = rules_of(operator.stack)
    try:
        number = PhoneNumber(text.strip())
    except ValueError:
        return rules.read(text)
    try:
        read_today = rules.read(text)
    except InvalidValueError:
        return number
    if read_today != number:
        operator.say(
            "The number is looked for as it is written. The gateway reads it as"
            f" {read_today.masked}: if that is meant, repeat the command with that number."
        )
    return number
