"""The query of `GET /messages`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.entrypoints.contract import LONGEST_NAME, check_of, query_schema

_checked: Final = check_of(query_schema("/messages"), what="parameter", use_default=True)
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_PLUS_THAT_BECAME_A_SPACE: Final = re.compile(r"\A (?=[1-9])")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which messages a caller asks for. `phone_number` is as the caller has written it."""

    phone_number: str = field(repr=False)
    limit: int
    cursor: str | None


def read_list_query(parameters: Mapping[str, Sequence[str]]) -> ListQuery:
    """What the caller asks for, from all values of every query parameter.

    Raises:
        MalformedRequestError: naming the parameter.
    """
    values: dict[str, Any] = {}
    for name, given in parameters.items():
        if len(given) > 1:
            raise MalformedRequestError(
                name[:LONGEST_NAME], "A parameter is given twice. Give it once."
            )
        values[name] = given[0]
    limit = values.get("limit", "")
    if _WHOLE_NUMBER.fullmatch(limit):
        values["limit"] = int(limit)
    checked = _checked(values)
    return ListQuery(
        # In a query string a bare `+` means a space. No number begins with one.
        phone_number=_PLUS_THAT_BECAME_A_SPACE.sub("+", checked["phoneNumber"]),
        limit=checked["limit"],
        cursor=checked.get("cursor"),
    )
