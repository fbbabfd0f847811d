"""`make usage`: how many messages each client had taken, from the counts of its own limit."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.domain.client import Client
from sms_gateway.domain.guards import Limits
from sms_gateway.domain.message import Change
from sms_gateway.domain.status import Status
from tests.fakes.builders import DUE, a_message
from tests.support.deployed import GUARDS, ON, STACK, Deployed, QuickSession, recorded
from tests.tools.aws_answers import answering, no_rights, refusing
from tools.client_keys import ClientKeys
from tools.operators.parts.frame import Exit
from tools.operators.usage import main

TODAY = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
THIS_MONTH = f"{TODAY:%Y-%m}"
NOVEMBER = datetime(2025, 11, 30, 23, 59, tzinfo=UTC)
OF_NOVEMBER = ["--month", "2025-11"]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.operators.usage.utc_now", lambda: TODAY)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What the command answers as JSON."""

    def ask(*arguments: str, status: Exit = Exit.DONE) -> Any:
        assert main([*ON, "--json", *arguments]) == status
        return json.loads(capsys.readouterr().out)

    return ask


class Counting:
    """Messages that the gateway takes."""

    def __init__(self, deployed: Deployed, limits: Limits) -> None:
        self._intake = GuardedIntake(deployed.messages, GUARDS, limits)
        self._number = 0

    def takes(self, client: str, at: datetime, many: int = 1) -> None:
        for _ in range(many):
            self._number += 1
            message = a_message(
                message_id=f"m-{self._number}", client=client, created_at=at, counted_at=at
            )
            self._intake.store(message, id_is_chosen=True)

    def sends_again(self, client: str, at: datetime) -> None:
        message = a_message(Status.UNCONFIRMED, message_id="again", client=client)
        self._intake.messages.client.put_item(**self._intake.messages.as_put(message))
        self._intake.claim(message, Change.claiming(message, "claim-2", at, DUE))


@pytest.fixture(params=[0, 1000], ids=["no limit", "limit"])
def counting(deployed: Deployed, request: pytest.FixtureRequest) -> Counting:
    table = ClientsTable(QuickSession().client("dynamodb"), GUARDS)
    table.know({"crm", "shop", "idle"})
    return Counting(deployed, Limits(client_daily=request.param))


def test_each_client_has_its_days_and_its_sum(counting: Counting, told: Callable[..., Any]) -> None:
    counting.takes("crm", NOVEMBER, 20)
    counting.takes("crm", NOVEMBER - timedelta(days=1), 3)
    counting.takes("shop", NOVEMBER)
    counting.takes("shop", NOVEMBER + timedelta(minutes=1), 7)  # of December
    counting.sends_again("shop", NOVEMBER)

    answer = told(*OF_NOVEMBER)

    assert (answer["month"], answer["taken"], answer["resent"]) == ("2025-11", 24, 1)
    assert answer["clients"] == [
        {
            "client": "crm",
            "taken": 23,
            "resent": 0,
            "days": [
                {"day": "2025-11-29", "taken": 3, "resent": 0},
                {"day": "2025-11-30", "taken": 20, "resent": 0},
            ],
        },
        {
            "client": "shop",
            "taken": 1,
            "resent": 1,
            "days": [{"day": "2025-11-30", "taken": 1, "resent": 1}],
        },
    ]
    assert told("--month", "2025-12")["taken"] == 7


def test_without_a_month_it_is_this_one(counting: Counting, told: Callable[..., Any]) -> None:
    counting.takes("crm", TODAY, 2)

    answer = told()

    assert (answer["month"], answer["taken"]) == (THIS_MONTH, 2)


def test_people_read_a_table_and_programs_rows(
    counting: Counting, capsys: pytest.CaptureFixture[str]
) -> None:
    counting.takes("crm", NOVEMBER, 2)
    counting.takes("shop", NOVEMBER)
    counting.sends_again("shop", NOVEMBER)

    assert main([*ON, *OF_NOVEMBER, "--days"]) == Exit.DONE
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["2025-11", "taken", "sent", "again"],
        ["crm", "2", "0"],
        ["2025-11-30", "2", "0"],
        ["shop", "1", "1"],
        ["2025-11-30", "1", "1"],
        ["together", "3", "1"],
    ]
    assert main([*ON, *OF_NOVEMBER, "--csv"]) == Exit.DONE
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert rows == [
        {"client": "crm", "day": "2025-11-30", "taken": "2", "resent": "0"},
        {"client": "shop", "day": "2025-11-30", "taken": "1", "resent": "1"},
    ]


def test_one_client_is_read_by_its_name_whether_it_is_known_or_not(
    counting: Counting, told: Callable[..., Any]
) -> None:
    counting.takes("made-by-hand", NOVEMBER)
    counting.takes("crm", NOVEMBER)

    assert told(*OF_NOVEMBER, "--client", "made-by-hand")["taken"] == 1
    assert told(*OF_NOVEMBER)["taken"] == 1


@pytest.mark.usefixtures("counting")
def test_nothing_counted_has_an_exit_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ON, *OF_NOVEMBER]) == Exit.NOTHING_FOUND
    assert "Counts are kept for 400 days" in capsys.readouterr().err


# --- which clients there are -----------------------------------------------------------------


def test_keys_that_were_never_named_are_clients_too(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    by_hand = deployed.let_in("by hand")
    counting = Counting(deployed, Limits())
    counting.takes(deployed.own_key, NOVEMBER)
    counting.takes(by_hand, NOVEMBER)

    clients = {each["client"] for each in told(*OF_NOVEMBER)["clients"]}

    assert clients == {deployed.own_key, by_hand}


def test_a_client_whose_keys_are_gone_is_counted_still(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    keys = ClientKeys.of_stack(QuickSession(), STACK)
    made = keys.add("crm", None)
    keys.remove([key for key in keys.all() if key.key_id == made.key_id])
    QuickSession().client("dynamodb").delete_item(
        TableName=GUARDS, Key={"guard": {"S": f"key#{made.key_id}"}}
    )
    Counting(deployed, Limits()).takes("crm", NOVEMBER)

    assert told(*OF_NOVEMBER)["taken"] == 1


def test_a_key_that_got_a_name_is_counted_under_both(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    counting = Counting(deployed, Limits())
    counting.takes(deployed.own_key, NOVEMBER)
    keys = ClientKeys.of_stack(QuickSession(), STACK)
    (own,) = keys.all()
    keys.enter(own, Client("front"))
    counting.takes("front", NOVEMBER, 2)

    answer = told(*OF_NOVEMBER)

    assert {each["client"]: each["taken"] for each in answer["clients"]} == {
        "front": 2,
        deployed.own_key: 1,
    }


def test_a_key_that_was_never_named_is_counted_after_it_is_gone(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    by_hand = deployed.let_in("by hand")
    Counting(deployed, Limits()).takes(by_hand, NOVEMBER)
    keys = ClientKeys.of_stack(QuickSession(), STACK)
    keys.remove([key for key in keys.all() if key.key_id == by_hand])

    assert told(*OF_NOVEMBER)["taken"] == 1


# --- how it is read --------------------------------------------------------------------------


def test_a_month_whose_first_days_are_gone_is_not_shown_as_a_whole_one(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deployed.plan
    of_october = [*ON, "--month", "2025-10", "--client", "crm"]
    assert main([*of_october, "--json"]) == Exit.NOTHING_FOUND
    said = capsys.readouterr()
    assert json.loads(said.out)["complete"] is False
    assert "those from 2025-10-01 to 2025-10-22 are gone" in said.err

    assert main([*of_october, "--csv"]) == Exit.REFUSED
    said = capsys.readouterr()
    assert said.out == ""
    assert "2025-10-22 are gone" in said.err

    main([*ON, *OF_NOVEMBER, "--client", "crm", "--json"])
    assert json.loads(capsys.readouterr().out)["complete"] is True


def test_a_month_of_a_client_is_five_reads_and_no_scan(
    counting: Counting, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.takes("crm", datetime(2025, 10, 31, tzinfo=UTC))
    with recorded(monkeypatch) as asked:
        told("--month", "2025-10", "--client", "crm")

    operations = [operation for _, operation, _, _ in asked.calls]
    assert operations == ["DescribeStacks", *["BatchGetItem"] * 5]


def test_keys_that_were_left_aside_are_asked_for_again(
    deployed: Deployed, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Counting(deployed, Limits()).takes("crm", NOVEMBER, 30)
    ask = QuickSession().client("dynamodb")._make_api_call.__func__  # noqa: SLF001  as aws_answers.py
    client, table = QuickSession().client("dynamodb"), GUARDS

    def half(asked: Any) -> Any:
        keys = asked["RequestItems"][table]["Keys"]
        now, later = keys[::2], keys[1::2]
        answer = ask(client, "BatchGetItem", {"RequestItems": {table: {"Keys": now}}})
        return {**answer, "UnprocessedKeys": {table: {"Keys": later}} if later else {}}

    monkeypatch.setattr("sms_gateway.adapters.guard_rows.tries", lambda: range(20))
    answering(monkeypatch, "BatchGetItem", half)

    assert told(*OF_NOVEMBER, "--client", "crm")["taken"] == 30


@pytest.mark.usefixtures("counting")
def test_a_table_that_leaves_keys_aside_for_ever_ends_with_aws(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    answering(
        monkeypatch,
        "BatchGetItem",
        lambda asked: {"Responses": {}, "UnprocessedKeys": asked["RequestItems"]},
    )
    assert main([*ON, *OF_NOVEMBER, "--client", "crm"]) == Exit.AWS
    assert "The table did not show all rows" in capsys.readouterr().err


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("operation", ["BatchGetItem", "GetUsagePlanKeys", "GetItem"])
def test_a_right_that_is_missing_ends_with_aws(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
) -> None:
    refusing(monkeypatch, operation, no_rights(operation))

    assert main([*ON, *OF_NOVEMBER]) == Exit.AWS
    assert operation in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [["--month", "2025-13"], ["--month", "november"], ["--client", "a#b"]]
)
def test_a_wrong_argument_is_told(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*ON, *wrong])
    assert end.value.code == Exit.USAGE
