"""`make find`: one message by its id, or what was sent to a number, with the whole story."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.message import Change, Message, OnUnconfirmed
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import FINAL, SETTLED, Reason, Status
from tests.fakes.builders import NUMBER, TEXT, a_message, a_report
from tests.fakes.clock import START
from tests.support.deployed import MESSAGES, ON, Deployed, recorded
from tests.tools.aws_answers import no_rights, refusing
from tools.operators.find import main
from tools.operators.parts import story
from tools.operators.parts.contract_words import meaning_of_reason, meaning_of_status
from tools.operators.parts.frame import Exit
from tools.operators.parts.story import Story

OTHER = PhoneNumber("+40731234567")


@pytest.fixture
def found(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What the command answers as JSON."""

    def find(*arguments: str, status: Exit = Exit.DONE) -> Any:
        assert main([*ON, "--json", *arguments]) == status
        return json.loads(capsys.readouterr().out)

    return find


def sent_to(number: PhoneNumber, client: str, many: int) -> Iterator[Message]:
    for second in range(many):
        yield a_message(
            Status.SENT,
            message_id=f"m-{second}",
            client=client,
            phone_number=number,
            created_at=START + timedelta(seconds=second),
        )


# --- by its id -------------------------------------------------------------------------------


def test_an_id_is_found_with_each_client_that_has_one(
    deployed: Deployed, found: Callable[..., Any]
) -> None:
    deployed.has(a_message(client="clinic"), a_message(Status.SENT, client="crm"))

    both = found("--id", "appointment-17")["messages"]
    one = found("--id", "appointment-17", "--client", "crm")["messages"]

    assert [(each["client"], each["status"]) for each in both] == [
        ("clinic", "sending"),
        ("crm", "sent"),
    ]
    assert one == both[1:]


def test_an_id_that_many_clients_have_is_shown_page_by_page(
    deployed: Deployed, found: Callable[..., Any]
) -> None:
    deployed.has(*(a_message(client=f"c{number}") for number in range(5)))
    page = ("--id", "appointment-17", "--limit", "3")

    first = found(*page)
    second = found(*page, "--after", first["after"])

    clients = [each["client"] for each in [*first["messages"], *second["messages"]]]
    assert sorted(clients) == ["c0", "c1", "c2", "c3", "c4"]
    assert second["after"] is None


@pytest.mark.usefixtures("deployed")
def test_nothing_found_has_an_exit_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ON, "--id", "no-such"]) == Exit.NOTHING_FOUND
    assert main([*ON, "--number", "0721 234 567"]) == Exit.NOTHING_FOUND
    out, err = capsys.readouterr()
    assert out == ""
    assert "There is no such message" in err


# --- by the number ---------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["0721 234 567", "+40 721-234-567", "0040721234567"])
def test_a_number_is_read_as_people_write_it(
    deployed: Deployed, found: Callable[..., Any], written: str
) -> None:
    deployed.has(a_message(), a_message(message_id="other", phone_number=OTHER))

    (message,) = found("--number", written)["messages"]

    assert message["messageId"] == "appointment-17"


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    "wrong", [["--number", "0721"], ["--number", "0721 234 567", "--after", "elsewhere"]]
)
def test_what_cannot_be_read_is_a_wrong_argument_and_is_not_repeated(
    capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main([*ON, *wrong]) == Exit.USAGE
    err = capsys.readouterr().err
    assert wrong[-1] not in err
    assert err.strip()


def test_messages_to_a_number_come_client_by_client_and_the_newest_first(
    deployed: Deployed, found: Callable[..., Any]
) -> None:
    deployed.has(*sent_to(NUMBER, "clinic", 3), *sent_to(NUMBER, "crm", 2))

    order = [
        (each["client"], each["messageId"]) for each in found("--number", NUMBER.e164)["messages"]
    ]

    assert order == [
        ("crm", "m-1"),
        ("crm", "m-0"),
        ("clinic", "m-2"),
        ("clinic", "m-1"),
        ("clinic", "m-0"),
    ]
    of_one = found("--number", NUMBER.e164, "--client", "clinic")["messages"]
    assert [each["messageId"] for each in of_one] == ["m-2", "m-1", "m-0"]


def test_a_number_with_many_messages_is_shown_page_by_page_and_nothing_twice(
    deployed: Deployed, found: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.has(*sent_to(NUMBER, "clinic", 4), *sent_to(NUMBER, "crm", 3))
    page: tuple[str, ...] = ("--number", NUMBER.e164, "--limit", "3")
    seen, after = [], None
    for _ in range(5):
        answer = found(*page, *(["--after", after] if after else []))
        seen += [(each["client"], each["messageId"]) for each in answer["messages"]]
        after = answer["after"]
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 7
    assert main([*ON, *page]) == Exit.DONE
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == "There might be more. Go on with AFTER=crm/2026-11-22T14:35:00.123Z/m-0"


@pytest.mark.parametrize(
    "arguments", [["--number", NUMBER.e164, "--limit", "4"], ["--id", "m-1"]], ids=["number", "id"]
)
def test_no_row_is_read_that_is_not_shown(
    deployed: Deployed,
    found: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    deployed.has(*sent_to(NUMBER, "clinic", 9), *sent_to(OTHER, "crm", 9))
    with recorded(monkeypatch) as asked:
        shown = len(found(*arguments)["messages"])

    assert shown in {4, 2}
    assert asked.rows_read(of_index=False) == shown
    assert asked.rows_read(of_index=True) in {0, shown}


# --- what is shown of it ---------------------------------------------------------------------


def test_what_is_shown_can_be_pasted_unless_more_is_asked_for(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    words = f"no route to {NUMBER.e164[1:]}, text {TEXT}"
    told = replace(a_report(ReportStatus.ERROR), error_message=words)
    message = a_message(Status.SUBMITTED).after(Change.reported(told))
    deployed.has(replace(message, report=told, contradicting_reports=(told,)))
    secrets = [NUMBER.e164[1:], TEXT, "4711"]

    for options in ([], ["--json"]):
        assert main([*ON, "--id", message.message_id, *options]) == Exit.DONE
        shown = capsys.readouterr().out
        assert [secret for secret in secrets if secret in shown] == []
        assert NUMBER.masked in shown
        assert "no route to •••, text •••" in shown

        assert main([*ON, "--id", message.message_id, "--show-text", *options]) == Exit.DONE
        shown = capsys.readouterr().out
        assert [secret for secret in secrets if secret not in shown] == []


def test_the_story_is_told_in_words(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    message = a_message(Status.SUBMITTED).after(Change.reported(a_report(ReportStatus.ERROR)))
    contradicting = a_report(ReportStatus.SENT)
    deployed.has(
        replace(
            message,
            contradicting_reports=(contradicting,),
            cut_from=171,
            send_at=START,
            valid_until=START + timedelta(hours=1),
        )
    )
    assert main([*ON, "--id", "appointment-17"]) == Exit.DONE

    assert capsys.readouterr().out.splitlines() == [
        "appointment-17 of the client clinic, to +407•••••567",
        f"  failed (transmission-error): {meaning_of_reason(Reason.TRANSMISSION_ERROR)}.",
        "  Voipit's words: no route",
        "  The text was cut; it had 171 characters of an SMS.",
        "  sendAt 2026-11-22T14:35:00.123Z",
        "  validUntil 2026-11-22T15:35:00.123Z",
        "  history:",
        "    2026-11-22T14:35:00.123Z  try 1, sending",
        "    2026-11-22T14:35:01.123Z  try 1, submitted",
        "    2026-11-22T14:35:05.123Z  try 1, failed (transmission-error): no route",
        "  report: 2026-11-22T14:35:05.123Z  try 1, error: no route",
        "  another report: 2026-11-22T14:35:05.123Z  try 1, sent",
        "  next: Nothing more happens to this message.",
        "  The row is kept until 2026-12-22T14:35:00.000Z.",
        "",
    ]


@pytest.mark.parametrize(
    ("status", "changes", "says"),
    [
        (Status.SENDING, {}, "If it is still sending at 2026-11-22T14:36:00.000Z"),
        (Status.SUBMITTED, {}, "Without a report until 2026-11-22T14:36:00.000Z it becomes"),
        (Status.UNCONFIRMED, {}, "Without a report until 2026-11-22T14:36:00.000Z it becomes"),
        (
            Status.UNCONFIRMED,
            {"on_unconfirmed": OnUnconfirmed.RESEND},
            "Without a report until 2026-11-22T14:36:00.000Z the gateway sends it a second time",
        ),
        (Status.QUEUED, {}, "It waits for its next try; watch looks at it at 2026-11-22T14:36"),
        (
            Status.QUEUED,
            {"send_at": START + timedelta(days=1)},
            "It is scheduled for 2026-11-23T14:35:00.123Z. Not sent until 2026-11-24T14:35",
        ),
        (Status.NO_REPORT, {}, "Nothing more happens to this message, unless a late report"),
        *((status, {}, "Nothing more happens to this message.") for status in sorted(FINAL)),
    ],
)
def test_what_happens_next_is_said_with_its_time(
    status: Status, changes: dict[str, Any], says: str
) -> None:
    told = Story(a_message(status, **changes), START).next()

    assert told.startswith(says)
    assert "watch is late" not in told


@pytest.mark.parametrize("status", [each for each in Status if each not in SETTLED])
def test_a_message_that_is_due_for_long_says_that_watch_is_late(status: Status) -> None:
    message = a_message(status)
    assert message.due_at

    assert "watch is late" in Story(message, message.due_at + story.LATE).next()


def test_the_words_are_those_of_the_contract() -> None:
    assert meaning_of_reason(Reason.REFUSED) == "Voipit has answered no to this message"
    assert meaning_of_status(Status.QUEUED) == "stored, and certainly not at Voipit"
    queued = a_message(Status.QUEUED, reason=Reason.NO_CONNECTION)
    told = list(Story(queued, START).lines())[1].strip()
    assert told == (
        "queued (no-connection): stored, and certainly not at Voipit; Voipit could not be reached."
    )


def test_each_status_and_each_reason_has_its_words() -> None:
    assert all(meaning_of_status(status) for status in Status)
    assert all(meaning_of_reason(reason) for reason in Reason)


# --- trouble ---------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [["--id", "appointment-17"], ["--number", NUMBER.e164]])
def test_a_row_of_a_later_release_is_named_and_the_others_are_shown(
    deployed: Deployed,
    found: Callable[..., Any],
    by: list[str],
) -> None:
    deployed.has(a_message(client="crm"))
    item = to_item(a_message()) | {"status": {"S": "delivered"}}
    deployed.has_row(MESSAGES, item)

    answer = found(*by)

    assert [each["client"] for each in answer["messages"]] == ["crm"]
    assert answer["unreadable"] == [{"client": "clinic", "messageId": "appointment-17"}]


@pytest.mark.parametrize(
    ("operation", "by"),
    [("Query", "--id"), ("Query", "--number"), ("BatchGetItem", "--number")],
)
def test_a_right_that_is_missing_ends_with_aws(
    deployed: Deployed,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    operation: str,
    by: str,
) -> None:
    deployed.has(a_message())
    refusing(monkeypatch, operation, no_rights(f"dynamodb:{operation}"))

    assert main([*ON, by, NUMBER.e164]) == Exit.AWS
    assert f"dynamodb:{operation}" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "101", "many"])
def test_a_limit_is_one_to_a_hundred(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*ON, "--id", "m-1", "--limit", number])
    assert end.value.code == Exit.USAGE
    assert "a number from 1 to 100" in capsys.readouterr().err
