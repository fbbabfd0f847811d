"""What a status or a reason means, in the words of the contract."""

import re
from functools import cache

from sms_gateway.domain.status import Reason, Status
from sms_gateway.entrypoints.contract import schema


def meaning_of_status(status: Status) -> str:
    """The contract's sentence about the status, in plain characters."""
    return _meanings("Status", 0)[status]


def meaning_of_reason(reason: Reason) -> str:
    """The contract's sentence about the reason, in plain characters."""
    return _meanings("Reason", 1)[reason]


@cache
def _meanings(name: str, column: int) -> dict[str, str]:
    rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", schema(name)["description"], re.MULTILINE)
    return {
        value: cells.split("|")[column].strip().replace("`", "")
        for value, cells in rows
        if value not in {"status", "reason"}
    }
