"""Operators see the clients, their keys, and what they used."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.guard_items import of_client_and_day
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.domain.client import Client, ListedKey, Role
from sms_gateway.domain.guards import Limits
from tests.fakes.builders import a_message
from tests.handlers.cloud import GUARDS, TABLE, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.handlers.output import Output
from tests.support.samples import API_KEY_ID, OPERATORS_KEY_ID, by, sample

Json = dict[str, Any]
pytestmark = pytest.mark.usefixtures("clock")
ANA, CRM, SHOP = Client("ana", Role.OPERATOR), Client("crm"), Client("shop")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = [
    ListedKey(OPERATORS_KEY_ID, ANA),
    ListedKey("k1", CRM),
    ListedKey("k2", CRM),
    ListedKey("k3", SHOP),
]


@pytest.fixture(autouse=True)
def _an_operator(cloud: Cloud) -> None:
    cloud.enter(ANA, OPERATORS_KEY_ID)


@pytest.fixture
def listed(cloud: Cloud) -> None:
    """The directory as `make client` leaves it."""
    ClientsTable(cloud.clients.dynamodb, GUARDS).know({"ana", "crm", "shop", "gone"}, KEYS)


@pytest.fixture
def status(cold_start: ColdStart) -> Function:
    return cold_start("status", knows=(OPERATORS_KEY_ID,))


def asking(**query: str) -> Json:
    return sample("status-list-clients") | {
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
    }


def take(cloud: Cloud, client: str, at: datetime, many: int = 1) -> None:
    """As `send` takes messages."""
    table = MessagesTable(cloud.clients.dynamodb, TABLE)
    for number in range(many):
        message_id = f"{at:%Y%m%d%H%M%S}-{number}"
        message = a_message(message_id=message_id, client=client, created_at=at)
        GuardedIntake(table, GUARDS, Limits()).store(message, id_is_chosen=True)


def resent(cloud: Cloud, client: str, day: str, many: int) -> None:
    """As messages are counted that are sent a second time."""
    numbers = {"messages": {"N": str(many)}, "resends": {"N": str(many)}}
    cloud.store({"guard": {"S": of_client_and_day(client, day, 3)}, **numbers}, GUARDS)


def of(answer: Answer) -> dict[str, Json]:
    assert answer.status == 200
    return {each["client"]: each for each in answer.body["clients"]}


@pytest.mark.usefixtures("listed")
def test_clients_are_shown_with_their_keys_and_what_they_used(
    status: Function, cloud: Cloud
) -> None:
    take(cloud, "crm", NOON, 3)
    take(cloud, "crm", datetime(2026, 11, 1, tzinfo=UTC), 2)
    take(cloud, "crm", datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    take(cloud, "gone", datetime(2026, 11, 2, tzinfo=UTC))
    resent(cloud, "shop", "2026-11-22", 2)

    answer = status(asking())

    assert answer.body == {
        "month": "2026-11",
        "complete": True,
        "keysAreListed": True,
        "clients": [
            {
                "client": "ana", "roles": ["operator"], "keys": 1,
                "taken": 0, "resent": 0, "today": 0, "dailyLimit": None,
            },
            {
                "client": "crm", "roles": ["client"], "keys": 2,
                "taken": 5, "resent": 0, "today": 3, "dailyLimit": 10000,
            },
            {
                "client": "gone", "roles": [], "keys": 0,
                "taken": 1, "resent": 0, "today": 0, "dailyLimit": 10000,
            },
            {
                "client": "shop", "roles": ["client"], "keys": 1,
                "taken": 0, "resent": 2, "today": 2, "dailyLimit": 10000,
            },
        ],
    }  # fmt: skip


@pytest.mark.usefixtures("listed")
def test_another_month_is_that_months_use_and_todays_stays_todays(
    status: Function, cloud: Cloud
) -> None:
    take(cloud, "crm", NOON)
    take(cloud, "crm", datetime(2026, 10, 31, 23, 59, tzinfo=UTC), 2)

    answer = status(asking(month="2026-10"))

    assert answer.body["month"] == "2026-10"
    assert [of(answer)["crm"][name] for name in ("taken", "today")] == [2, 1]


@pytest.mark.parametrize(
    ("month", "gone"), [("2025-11", ""), ("2025-10", "some"), ("2024-01", "all"), ("2027-01", "")]
)
def test_a_month_whose_first_counts_are_gone_says_so(
    status: Function, month: str, gone: str
) -> None:
    assert status(asking(month=month)).body["complete"] is not bool(gone)


def test_without_a_limit_none_is_shown(cold_start: ColdStart, listed: None) -> None:  # noqa: ARG001
    status = cold_start("status", knows=(OPERATORS_KEY_ID,), CLIENT_DAILY_LIMIT="0")

    assert {each["dailyLimit"] for each in of(status(asking())).values()} == {None}


def test_a_stack_of_an_earlier_release_says_that_its_keys_are_not_listed(
    status: Function, cloud: Cloud
) -> None:
    nothing = status(asking()).body
    assert (nothing["keysAreListed"], nothing["clients"]) == (False, [])

    ClientsTable(cloud.clients.dynamodb, GUARDS).know({"crm"})

    answer = status(asking())
    assert answer.body["keysAreListed"] is False
    assert [of(answer)["crm"][name] for name in ("keys", "roles")] == [None, []]


@pytest.mark.usefixtures("listed")
def test_many_clients_come_page_by_page_and_a_cursor_is_good_for_its_month(
    status: Function,
) -> None:
    def pages() -> Iterator[list[str]]:
        cursor: Json = {}
        while True:
            answer = status(asking(limit="2", **cursor))
            yield list(of(answer))
            if "cursor" not in answer.body:
                return
            cursor = {"cursor": answer.body["cursor"]}

    assert list(pages()) == [["ana", "crm"], ["gone", "shop"]]
    cursor = status(asking(limit="2")).body["cursor"]
    other = asking(limit="2", cursor=cursor, month="2026-10")
    assert status(other).is_problem("malformed-request", "cursor")
    same = asking(limit="2", cursor=cursor, month="2026-11")
    assert list(of(status(same))) == ["gone", "shop"]


@pytest.mark.parametrize("month", ["2026-13", "26-11", "2026-11-01", "1999-01", ""])
def test_what_is_no_month_is_refused_and_nothing_is_counted(
    status: Function, cloud: Cloud, month: str
) -> None:
    cloud.calls.made.clear()
    assert status(asking(month=month)).is_problem("malformed-request", "month")
    assert cloud.calls.made == []


@pytest.mark.usefixtures("listed")
def test_counts_are_read_by_their_keys(status: Function, cloud: Cloud) -> None:
    """Four clients, 22 days, 16 rows a day: 1,408 keys."""
    cloud.calls.made.clear()

    status(asking())

    assert cloud.calls.made == ["dynamodb:GetItem", *["dynamodb:BatchGetItem"] * 15]


def test_a_look_is_logged_with_the_key_and_a_clients_key_is_refused(
    status: Function, output: Output
) -> None:
    status(asking(month="2026-10"))
    line = output.line("clients looked at by an operator")
    assert (line["key_id"], line["client"], line["month"]) == (OPERATORS_KEY_ID, "ana", "2026-10")
    assert line["level"] == "AUDIT", "whatever LogLevel is"

    answer = status(by(API_KEY_ID, asking()))

    assert (answer.status, answer.is_problem("operator-only")) == (403, True)
