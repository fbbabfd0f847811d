"""`make problems`: what failed, is unconfirmed or got no report, and no row is read for nothing."""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sms_gateway.adapters.message_item import key_attributes, to_item
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import NEEDS_ATTENTION, Reason, Status
from tests.fakes.builders import NUMBER, TEXT, a_message
from tests.support.deployed import MESSAGES, ON, Deployed, QuickSession, recorded
from tests.tools.aws_answers import no_rights, refusing
from tools.operators.parts.frame import Exit
from tools.operators.problems import IN_ORDER, main, since

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GO_ON = (
    "There might be more that are failed. Go on with STATUS=failed UNTIL=2026-11-27T10:00:00.000Z,"
    " or with a higher LIMIT."
)


@pytest.fixture(autouse=True)
def time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.operators.problems.utc_now", lambda: NOW)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What the command answers as JSON."""

    def ask(*arguments: str, status: Exit = Exit.DONE) -> Any:
        assert main([*ON, "--json", *arguments]) == status
        return json.loads(capsys.readouterr().out)

    return ask


def some(many: int, status: Status = Status.FAILED, **changes: Any) -> Iterator[Message]:
    """One of each hour, backwards from an hour ago."""
    for number in range(1, many + 1):
        yield a_message(
            status,
            **{
                "message_id": f"{status}-{number}",
                "updated_at": NOW - number * HOUR,
                "reason": Reason.REFUSED if status is Status.FAILED else None,
                **changes,
            },
        )


def ids(answer: Any) -> list[str]:
    return [message["messageId"] for message in answer["messages"]]


def test_its_statuses_are_those_that_need_attention() -> None:
    assert set(IN_ORDER) == NEEDS_ATTENTION


def test_what_needs_attention_comes_by_status_the_newest_first_and_is_counted_by_reason(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    deployed.has(
        *some(2),
        *some(1, message_id="late", reason=Reason.TOO_LATE, updated_at=NOW - 90 * HOUR / 60),
        *some(1, Status.UNCONFIRMED, reason=Reason.SERVER_ERROR),
        *some(1, Status.NO_REPORT),
        *some(1, Status.SENT),
        *some(1, Status.QUEUED),
    )

    answer = told()

    assert ids(answer) == ["failed-1", "late", "failed-2", "unconfirmed-1", "no_report-1"]
    assert answer["groups"] == [
        {"status": "failed", "reason": "refused", "messages": 2},
        {"status": "failed", "reason": "too-late", "messages": 1},
        {"status": "unconfirmed", "reason": "server-error", "messages": 1},
        {"status": "no_report", "reason": None, "messages": 1},
    ]
    assert answer["moreUntil"] == {}


def test_people_read_groups_with_the_words_of_the_contract(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(*some(3), *some(1, Status.NO_REPORT))

    assert main([*ON, "--limit", "2"]) == Exit.DONE

    out = capsys.readouterr().out
    assert out.splitlines() == [
        "failed, refused: 2. Voipit has answered no to this message.",
        "  2026-11-27T11:00:00.000Z  clinic  failed-1  +407•••••567",
        "  2026-11-27T10:00:00.000Z  clinic  failed-2  +407•••••567",
        GO_ON,
        "no_report: 1. no report came in time; a late one still counts.",
        "  2026-11-27T11:00:00.000Z  clinic  no_report-1  +407•••••567",
    ]
    assert TEXT not in out
    assert main([*ON, "--show-text"]) == Exit.DONE
    assert NUMBER.e164 in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--since", "2h"], ["failed-1", "failed-2"]),
        (["--since", "150m"], ["failed-1", "failed-2"]),
        (["--since", "2026-11-27T10:30"], ["failed-1"]),
        (["--since", "2026-11-27T12:30+02:00"], ["failed-1"]),
        (["--since", "3d", "--until", "2026-11-26T23:59"], ["failed-13", "failed-14"]),
        (["--since", "3d", "--until", "2026-11-27T00:00", "--limit", "1"], ["failed-12"]),
        (["--since", "13h", "--until", "11h"], ["failed-11", "failed-12", "failed-13"]),
    ],
)
def test_times_are_kept_across_midnight(
    deployed: Deployed, told: Callable[..., Any], arguments: list[str], found: list[str]
) -> None:
    deployed.has(*some(14))

    assert ids(told(*arguments)) == found


def test_it_goes_on_where_the_last_answer_ended(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    deployed.has(*some(30))
    page = ("--since", "3d", "--status", "failed", "--limit", "20")

    first = told(*page)
    second = told(*page, "--until", first["moreUntil"]["failed"])

    assert [*ids(first), *ids(second)[1:]] == [f"failed-{number}" for number in range(1, 31)]
    assert second["moreUntil"] == {}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--status", "unconfirmed"], ["unconfirmed-1"]),
        (["--reason", "too-late"], ["late"]),
        (["--client", "crm"], ["of-crm"]),
        (["--client", "crm", "--reason", "too-late"], None),
        (["--since", "1m"], None),
    ],
)
def test_it_can_be_asked_for_some_of_them(
    deployed: Deployed,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    found: list[str] | None,
) -> None:
    deployed.has(
        *some(2),
        *some(1, message_id="late", reason=Reason.TOO_LATE),
        *some(1, message_id="of-crm", client="crm"),
        *some(1, Status.UNCONFIRMED),
    )

    status = main([*ON, "--json", *arguments])

    assert status == (Exit.DONE if found else Exit.NOTHING_FOUND)
    assert ids(json.loads(capsys.readouterr().out)) == (found or [])


def test_a_filter_finds_what_stands_behind_many_others(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    deployed.has(*some(30), *some(1, message_id="x", client="crm", updated_at=NOW - 60 * HOUR))
    deployed.has(*some(1, message_id="y", client="crm", updated_at=NOW - 61 * HOUR))

    answer = told("--since", "5d", "--client", "crm", "--limit", "1")

    assert ids(answer) == ["x"]
    assert answer["moreUntil"] == {"failed": "2026-11-25T00:00:00.000Z"}


@pytest.mark.parametrize("limit", ["3", "10", "100"])
def test_no_row_is_read_that_is_not_shown(
    deployed: Deployed, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    deployed.has(*some(30), *some(5, Status.UNCONFIRMED), *some(9, Status.SENT))
    with recorded(monkeypatch) as asked:
        shown = len(told("--since", "4d", "--limit", limit)["messages"])

    assert shown == min(int(limit), 30) + min(int(limit), 5)
    assert asked.rows_read(of_index=True) == shown
    assert asked.rows_read(of_index=False) == shown


def test_a_client_is_looked_for_in_the_index_before_rows_are_read(
    deployed: Deployed, told: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.has(*some(9), *some(1, client="crm", message_id="of-crm"))
    with recorded(monkeypatch) as asked:
        told("--client", "crm")

    assert asked.rows_read(of_index=False) == 1


def test_a_row_that_has_moved_on_since_the_index_was_written_is_left_out(
    deployed: Deployed, told: Callable[..., Any]
) -> None:
    (moved, stays) = some(2)
    deployed.has(moved, stays)
    QuickSession().client("dynamodb").update_item(
        TableName=MESSAGES,
        Key=key_attributes(moved.key),
        UpdateExpression="SET #status = :sent",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":sent": {"S": "sent"}},
    )

    assert ids(told()) == ["failed-2"]


def test_a_row_of_a_later_release_is_named(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    (message,) = some(1)
    item = to_item(message) | {"onUnconfirmed": {"S": "ask"}}
    deployed.has_row(MESSAGES, item)

    assert main(ON) == Exit.DONE
    assert "A later release has written failed-1 of clinic." in capsys.readouterr().err


@pytest.mark.parametrize("operation", ["Query", "BatchGetItem"])
def test_a_right_that_is_missing_ends_with_aws(
    deployed: Deployed,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
) -> None:
    deployed.has(*some(1))
    refusing(monkeypatch, operation, no_rights(f"dynamodb:{operation}"))

    assert main(ON) == Exit.AWS
    assert f"dynamodb:{operation}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "times", [["--since", "1h", "--until", "2h"], ["--since", "2026-11-28"]], ids=str
)
def test_an_end_before_the_beginning_is_a_wrong_argument(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], times: list[str]
) -> None:
    deployed.has(*some(1))

    assert main([*ON, *times]) == Exit.USAGE
    assert "before UNTIL" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["yesterday", "2 hours", "h", "-1h", "401d", "2025-01-01"])
def test_a_time_that_cannot_be_read_or_is_too_long_ago_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        since(text)
