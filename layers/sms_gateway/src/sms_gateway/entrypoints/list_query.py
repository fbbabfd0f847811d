"""The queries of lists: messages, clients, the do-not-contact list; and that of one message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sms_gateway.domain.client import Client, Role
from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.search import Search
from sms_gateway.domain.status import Status
from sms_gateway.entrypoints.contract import LONGEST_NAME, Check, query_schema
from sms_gateway.entrypoints.rest_api import operator_only
from sms_gateway.entrypoints.send_request import moment

_checked: Final = Check(query_schema("/messages"), what="parameter", use_default=True)
_checked_list: Final = Check(query_schema("/suppressions"), what="parameter", use_default=True)
_checked_clients: Final = Check(query_schema("/clients"), what="parameter", use_default=True)
_checked_one: Final = Check(
    # Whatever else stands in this query was never looked at.
    query_schema("/messages/{messageId}") | {"additionalProperties": True},
    what="parameter",
)
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_PLUS_THAT_BECAME_A_SPACE: Final = re.compile(r"\A (?=[1-9])")

Parameters = Mapping[str, Sequence[str]]
"""All values of every parameter."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which messages a caller asks for. `phone_number` is as the caller has written it.

    `search` holds the rest of what an operator asks for.
    """

    phone_number: str | None = field(repr=False)
    limit: int
    cursor: str | None
    search: Search

    def number_for(self, client: Client) -> str:
        """The number of the list, if it is one that the client may ask for.

        Raises:
            OperatorOnlyError: it asks for what only an operator is allowed to see.
            MalformedRequestError: there is no number.
        """
        if self.search.client == client.name:
            only_for_operators = self.search != Search(client=client.name)
        else:
            only_for_operators = self.search != Search()
        if only_for_operators:
            raise operator_only()
        if self.phone_number is None:
            raise MalformedRequestError(
                "phoneNumber", "phoneNumber is required. Add it to the request."
            )
        return self.phone_number


def read_list_query(parameters: Parameters) -> ListQuery:
    """What the caller asks for. Raises `MalformedRequestError`, naming the parameter."""
    checked = _read(parameters, _checked)
    number = checked.get("phoneNumber")
    return ListQuery(
        # In a query string a bare `+` means a space. No number begins with one.
        phone_number=None if number is None else _PLUS_THAT_BECAME_A_SPACE.sub("+", number),
        limit=checked["limit"],
        cursor=checked.get("cursor"),
        search=Search(
            message_id=checked.get("messageId"),
            status=Status(checked["status"]) if "status" in checked else None,
            client=checked.get("client"),
            since=moment(checked, "since"),
            until=moment(checked, "until"),
        ),
    )


def read_page_query(parameters: Parameters) -> tuple[int, str | None]:
    """Of `GET /suppressions`: how many entries, and the cursor. Raises `MalformedRequestError`."""
    checked = _read(parameters, _checked_list)
    return checked["limit"], checked.get("cursor")


def read_clients_query(parameters: Parameters) -> tuple[date | None, int, str | None]:
    """Of `GET /clients`: the first day of the month, how many clients, and the cursor.

    Raises `MalformedRequestError`.
    """
    checked = _read(parameters, _checked_clients)
    month = checked.get("month")
    first = date.fromisoformat(f"{month}-01") if month else None
    return first, checked["limit"], checked.get("cursor")


def read_owner(parameters: Parameters, caller: Client) -> str:
    """Of `GET /messages/{messageId}`: the name of the client whose message it is.

    Raises:
        OperatorOnlyError: a client asks for a message of another.
        MalformedRequestError: an operator does not say whose; two clients can use one id.
    """
    given: str | None = _read(parameters, _checked_one).get("client")
    if caller.role is Role.OPERATOR:
        if given is None:
            raise MalformedRequestError(
                "client",
                "client is required with the key of an operator, since two clients can use one"
                " messageId. Add it; GET /messages?messageId= tells which clients have used one.",
            )
        return given
    if given not in {None, caller.name}:
        raise operator_only()
    return caller.name


def _read(parameters: Parameters, check: Check) -> dict[str, Any]:
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
    return check(values)
