"""Values in DynamoDB's own form: `{"S": "sent"}`, `{"N": "3"}`.

`boto3.dynamodb.types` does the same, but importing it loads all of boto3 (see aws.py). A test holds
the two against each other.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

Item = Mapping[str, Any]
"""The attributes of a row by their names, in DynamoDB's own form."""


def attribute(value: Any) -> dict[str, Any]:
    """A plain value in DynamoDB's own form.

    Raises:
        TypeError: it is something else than a string, a whole number, a truth value, `None`, or a
            list or dictionary of such.
    """
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, bool):  # before int, of which it is a kind
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, list):
        return {"L": [attribute(each) for each in value]}
    if isinstance(value, dict):
        return {"M": attributes(value)}
    raise TypeError(f"no attribute is made of a {type(value).__name__}")


def attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for many, by their names."""
    return {name: attribute(value) for name, value in values.items()}


def plain(item: Item) -> dict[str, Any]:
    """The values of a row by their names; numbers are `Decimal`s.

    Every type of DynamoDB is read, since a later release might have written what this one does not
    know. Raises `KeyError` or `ValueError` for what DynamoDB never answers.
    """
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    return _READ[kind](content)


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "S": str,
    "N": Decimal,
    "BOOL": bool,
    "NULL": lambda _: None,
    "B": bytes,
    "SS": set,
    "NS": lambda numbers: {Decimal(number) for number in numbers},
    "BS": set,
    "L": lambda values: [_plain(each) for each in values],
    "M": plain,
}
