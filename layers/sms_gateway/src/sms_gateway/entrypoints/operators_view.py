"""What operators see of the gateway as a whole, as JSON objects."""

from typing import Any

from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.statistics import STEP, Statistics, StatusesReason
from sms_gateway.use_cases.list_clients import ClientPage


def statistics_view(statistics: Statistics) -> dict[str, Any]:
    """The last hour, what waits, and what needs attention. What is not known is `null`."""
    statuses = statistics.statuses
    is_known = not isinstance(statuses, StatusesReason)
    waiting, attention = statistics.waiting, statistics.attention
    return {
        "asOf": to_iso(statistics.as_of),
        "since": to_iso(statistics.since),
        "until": to_iso(statistics.until),
        "stepSeconds": int(STEP.total_seconds()),
        "statuses": statuses if is_known else None,
        "statusesReason": None if is_known else statuses,
        "waiting": {
            "count": waiting.count,
            "countIsMinimum": waiting.is_minimum,
            "oldest": waiting.oldest and to_iso(waiting.oldest),
        },
        "attention": {
            "since": to_iso(attention.since),
            "count": attention.count,
            "countIsMinimum": attention.is_minimum,
        },
    }


def clients_view(page: ClientPage) -> dict[str, Any]:
    """A page of clients. What is not known is `null`."""
    view: dict[str, Any] = {
        "month": f"{page.first_day:%Y-%m}",
        "complete": page.complete,
        "keysAreListed": page.keys_are_listed,
        "clients": [
            {
                "client": each.client,
                "roles": list(each.roles),
                "keys": each.keys,
                "taken": each.taken,
                "resent": each.resent,
                "today": each.today,
                "dailyLimit": each.daily_limit,
            }
            for each in page.clients
        ],
    }
    if page.cursor is not None:
        view["cursor"] = page.cursor
    return view
