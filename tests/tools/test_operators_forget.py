"""A number is forgotten: what is deleted, what is left and said to be, and what is recorded."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import attributes
from sms_gateway.adapters.message_item import to_item
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.message import Change, Message, OnUnconfirmed
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import SETTLED, Status
from tests.fakes.builders import CLIENT, NUMBER, OTHER_CLIENT, a_message, a_report
from tests.fakes.clock import FakeClock
from tests.support.deployed import GUARDS, MESSAGES, STACK, Deployed, QuickSession
from tests.tools.aws_answers import around_every_call, no_rights, refusing
from tools.operators import forget
from tools.operators.parts import forgotten
from tools.operators.parts.frame import Exit, Operator
from tools.operators.parts.traces import Traces

CASE = "DPO-2026-17"
ON = ["--stack-name", STACK, "--case", CASE]
NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
OTHERS = PhoneNumber("+40799000001")


class Account:
    """A deployed gateway, and a clock that the command reads."""

    def __init__(self, deployed: Deployed) -> None:
        self.deployed = deployed
        self.db = deployed.db
        self.messages = deployed.messages
        self.clock = FakeClock(NOW)
        self.publish_works = True

    def pause(self, span: timedelta) -> None:
        """`publish` is given what has changed, and time goes by."""
        if self.publish_works:
            self.deployed.publish_is_behind(1, self.clock())
        self.clock.advance(span.total_seconds())

    def store(self, status: Status = Status.SENT, **changes: Any) -> Message:
        message = a_message(status, **changes)
        self.deployed.has(message)
        return message

    def guard(self, guard: str, **values: Any) -> None:
        self.deployed.has_row(GUARDS, attributes({"guard": guard, **values}))

    def suppress(self, number: PhoneNumber = NUMBER) -> None:
        SuppressionsTable(self.db, GUARDS).put(Suppression(number, NOW, OTHER_CLIENT))

    def remember(self, message: Message, writes: int = 1) -> None:
        """The rows of limits and double clicks that come with a message."""
        number = message.phone_number
        last = guard_items.of_last_message(message.client, number)
        self.guard(last, messageId=message.message_id, intent="a digest")
        self.guard(guard_items.of_recipient(number), sent=[1], writes=writes)

    def ids(self) -> set[str]:
        return {row["messageId"]["S"] for row in self._rows(MESSAGES)}

    def guard_keys(self) -> set[str]:
        """All but the records."""
        keys = {row["guard"]["S"] for row in self._rows(GUARDS)}
        return {key for key in keys if not key.startswith(guard_items.FORGOTTEN_PREFIX)}

    def records(self) -> list[forgotten.Record]:
        return forgotten.Records(self.db, GUARDS).all(lambda _: None)

    def states(self) -> list[str]:
        return [record.state for record in self.records()]

    def traces(self, number: PhoneNumber = NUMBER) -> list[str]:
        """Every row of both tables that mentions the number anywhere, whole or without its +."""
        tables = (MESSAGES, GUARDS)
        texts = [json.dumps(row) for table in tables for row in self._rows(table)]
        return [text for text in texts if number.e164[1:] in text]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        return list(self.db.scan(TableName=table)["Items"])


@pytest.fixture
def account(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account(deployed)
    monkeypatch.setattr(forget, "utc_now", account.clock)
    monkeypatch.setattr(forget, "pause", account.pause)
    monkeypatch.setattr(forget, "DELETES_PER_SECOND", 1e9)
    return account


def run(*arguments: str) -> int:
    return forget.main([*ON, NUMBER.e164, "--yes", *arguments])


def everything(account: Account) -> None:
    """Messages of two clients, settled ones and one to be cancelled, and all rows around them."""
    account.suppress()
    for status in SETTLED:
        account.remember(account.store(status, message_id=f"m-{status}"))
    later = account.store(Status.QUEUED, message_id="later", attempt=0, client=OTHER_CLIENT)
    account.remember(later)


# --- what is deleted -------------------------------------------------------------------------


def test_no_trace_stays_but_the_entry_of_the_do_not_contact_list(account: Account) -> None:
    everything(account)

    assert run() == Exit.DONE

    assert account.ids() == set()
    assert account.guard_keys() == {guard_items.of_suppression(NUMBER)}
    assert len(account.traces()) == 1


def test_the_entry_goes_too_if_that_is_asked_for(account: Account) -> None:
    everything(account)

    assert run("--also-suppression") == Exit.DONE

    assert account.guard_keys() == set()
    assert account.traces() == []


@pytest.mark.parametrize("held", [{}, {"phoneNumber": OTHERS.e164}], ids=["none", "another"])
def test_the_entry_goes_whatever_it_holds(account: Account, held: dict[str, str]) -> None:
    """What stops messages is its key alone."""
    account.guard(guard_items.of_suppression(NUMBER), **held)

    assert run("--also-suppression") == Exit.DONE

    assert account.guard_keys() == set()


def test_the_rows_of_other_numbers_stay(account: Account) -> None:
    account.suppress(OTHERS)
    account.remember(account.store(message_id="theirs", phone_number=OTHERS))
    before = account.traces(OTHERS)
    everything(account)

    run("--also-suppression")

    assert sorted(account.traces(OTHERS)) == sorted(before)
    assert len(before) == 4


def test_more_messages_than_a_page_holds_are_deleted(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        account.store(message_id=f"m-{number}")
    monkeypatch.setattr("tools.operators.parts.rows.AT_ONCE", 3)

    assert run() == Exit.DONE

    assert account.ids() == set()
    assert account.records()[0].counts["messages"] == 7


@pytest.mark.parametrize("written", ["0721 234 567", "+40 (0)721-234-567", "tel:0040721234567"])
def test_a_number_is_read_as_people_write_it_and_shown_as_it_was_read(
    account: Account, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.store()

    assert forget.main([*ON, written, "--yes"]) == Exit.DONE

    assert account.ids() == set()
    said = capsys.readouterr()
    assert f"The number is read as {NUMBER.masked}." in said.err
    assert written not in said.err
    assert NUMBER.e164 not in said.err


def test_a_number_that_no_rule_would_take_today_is_found_as_it_was_stored(account: Account) -> None:
    stored = PhoneNumber("+400721234567")
    account.store(phone_number=stored)

    assert forget.main([*ON, stored.e164, "--yes"]) == Exit.DONE

    assert account.ids() == set()


def test_a_number_that_is_read_differently_today_is_told_of(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is looked for as it is written, and the person is known by the other."""
    account.store()

    assert forget.main([*ON, "+400721234567", "--yes"]) == Exit.NOTHING_FOUND
    said = capsys.readouterr().err
    assert f"The gateway reads it as {NUMBER.masked}" in said
    assert "721234" not in said

    assert forget.main([*ON, NUMBER.e164, "--yes"]) == Exit.DONE
    assert "reads it as" not in capsys.readouterr().err


@pytest.mark.parametrize("minutes", ["nan", "inf", "-1", "soon", "4321"])
def test_a_time_to_wait_that_is_none_is_refused_before_anything_is_recorded(
    account: Account, minutes: str
) -> None:
    with pytest.raises(SystemExit) as end:
        run("--wait", minutes)

    assert end.value.code == Exit.USAGE
    assert account.records() == []


def test_a_number_can_be_typed_where_no_shell_remembers_it(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.store()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NUMBER.e164}\n{STACK}\n"))

    assert forget.main([*ON, "-"]) == Exit.DONE

    assert account.ids() == set()


# --- what is asked, and shown ----------------------------------------------------------------


def test_the_plan_shows_counts_and_open_messages_and_changes_nothing(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    everything(account)
    account.store(Status.SUBMITTED, message_id="open")
    before = account.traces()

    assert run("--dry-run", "--json") == Exit.DONE

    out, err = capsys.readouterr()
    told = json.loads(out)
    counts = {name: told[name] for name in ("messages", "cancelled", "guards", "suppressions")}
    assert counts == {"messages": 6, "cancelled": 1, "guards": 3, "suppressions": 0}
    assert "clinic/open: submitted; waits for its report until" in err
    assert NUMBER.e164 not in out + err
    assert (account.traces(), account.records()) == (before, [])


def test_without_consent_nothing_is_changed(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(account)
    before = account.traces()
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))

    assert forget.main([*ON, NUMBER.e164]) == Exit.REFUSED

    assert (account.traces(), account.records()) == (before, [])


@pytest.mark.parametrize(
    ("stored", "options", "told"),
    [
        (Account.store, [], "is not on the do-not-contact list"),
        (Account.suppress, [], "list stays, so that no client texts it again"),
        (Account.suppress, ["--also-suppression"], "clients can text it again"),
    ],
)
def test_the_plan_says_whether_the_person_can_be_texted_again(
    account: Account,
    stored: Callable[[Account], object],
    options: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored(account)

    run("--dry-run", *options)

    assert told in capsys.readouterr().err


@pytest.mark.parametrize("case", ["", "a case", "x" * 65, "dpo-234567", "-17", "DPO-721.234.567"])
def test_a_case_reference_is_asked_for_and_holds_no_number(account: Account, case: str) -> None:
    account.store()

    assert forget.main(["--stack-name", STACK, "--yes", NUMBER.e164, f"--case={case}"]) == 2

    assert account.ids() == {"appointment-17"}


@pytest.mark.parametrize("number", ["0721", "Ana", ""])
def test_what_is_no_number_is_refused_without_repeating_it(
    account: Account, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account.ids() == set()
    assert forget.main([*ON, number]) == Exit.USAGE
    assert "Write it as +40721234567." in capsys.readouterr().err


def test_nothing_found_is_an_outcome_that_is_recorded(account: Account) -> None:
    account.suppress()

    assert run() == Exit.NOTHING_FOUND

    (record,) = account.records()
    assert (record.state, sum(record.counts.values())) == ("done", 0)


# --- open messages ---------------------------------------------------------------------------

OPEN = {
    Status.QUEUED: "queued, tried 1 times, and is tried again until",
    Status.SENDING: "sending; its outcome is known by",
    Status.SUBMITTED: "submitted; waits for its report until",
    Status.UNCONFIRMED: "unconfirmed; waits for its report until",
}


@pytest.mark.parametrize("status", sorted(set(Status) - SETTLED))
def test_a_message_that_was_tried_is_left_until_it_is_settled(
    account: Account, status: Status, capsys: pytest.CaptureFixture[str]
) -> None:
    account.suppress()
    settled = account.store(message_id="settled")
    still_open = account.store(status, message_id="open")
    account.remember(settled)
    account.remember(still_open)

    assert run("--also-suppression") == Exit.PARTLY

    assert account.ids() == {"open"}
    assert account.guard_keys() == {
        guard_items.of_last_message(CLIENT, NUMBER),
        guard_items.of_recipient(NUMBER),
        guard_items.of_suppression(NUMBER),
    }
    assert f"clinic/open: {OPEN[status]}" in capsys.readouterr().out
    assert account.states() == ["partly"]
    account.store(message_id="open")
    assert run("--also-suppression") == Exit.DONE
    assert account.traces() == []


def test_a_message_that_is_to_be_resent_is_named_as_such(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.store(Status.UNCONFIRMED, on_unconfirmed=OnUnconfirmed.RESEND)

    assert run() == Exit.PARTLY

    assert "its client wants it sent once more, not before" in capsys.readouterr().out


def test_the_command_waits_for_open_messages_as_long_as_it_is_told(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = account.store(Status.SUBMITTED)

    def later(span: timedelta) -> None:
        account.clock.advance(span.total_seconds())
        if account.clock() == NOW + timedelta(seconds=40):
            account.messages.change(message.key, Change.reported(a_report()))

    monkeypatch.setattr(forget, "pause", later)

    assert run("--wait", "0.5") == Exit.PARTLY
    assert account.clock() == NOW + timedelta(seconds=30)
    assert run("--wait", "5") == Exit.DONE
    assert account.ids() == set()


def test_a_message_that_is_claimed_in_the_last_moment_is_left(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process claims it after the plan was read, and before it could be cancelled."""
    waiting = account.store(Status.QUEUED, attempt=0)
    claim = Change.claiming(waiting, "a claim", NOW, NOW)
    meanwhile(monkeypatch, account, lambda: account.messages.change(waiting.key, claim))

    assert run() == Exit.PARTLY

    (row,) = account.traces()
    assert '"sending"' in row
    assert account.records()[0].counts["cancelled"] == 0


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, account: Account, happens: Callable[[], object]
) -> None:
    """Something happens once the plan is agreed to."""
    agrees_to = Operator.agrees_to

    def agreed(operator: Operator, plan: Iterable[str]) -> bool:
        agreed = agrees_to(operator, plan)
        happens()
        return agreed

    assert account.records() == []
    monkeypatch.setattr(Operator, "agrees_to", agreed)


# --- what others do meanwhile ----------------------------------------------------------------


def test_a_new_message_is_not_deleted_but_named(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = account.store(message_id="old")
    account.remember(old)

    def a_client_sends() -> None:
        account.remember(account.store(Status.SUBMITTED, message_id="new"), writes=2)

    meanwhile(monkeypatch, account, a_client_sends)

    assert run() == Exit.PARTLY

    assert account.ids() == {"new"}
    assert account.guard_keys() == {
        guard_items.of_last_message(CLIENT, NUMBER),
        guard_items.of_recipient(NUMBER),
    }
    assert "clinic/new: new since the command began: submitted" in capsys.readouterr().out


def test_the_count_of_a_message_that_is_stored_last_of_all_stays(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account.remember(account.store(message_id="old"))
    find = forget.Forgetting._find_what_is_left  # noqa: SLF001  where it happens

    def then_a_client_sends(forgetting: forget.Forgetting, why: str) -> None:
        find(forgetting, why)
        account.remember(account.store(message_id="new"), writes=2)

    monkeypatch.setattr(forget.Forgetting, "_find_what_is_left", then_a_client_sends)

    assert run() == Exit.PARTLY

    assert guard_items.of_recipient(NUMBER) in account.guard_keys()
    assert "Meanwhile a client has sent to the number." in capsys.readouterr().out
    assert account.states() == ["partly"]


def test_a_row_that_changes_under_the_commands_hands_stays(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message = account.store(Status.NO_REPORT)
    delete = Traces.delete_message

    def a_report_is_faster(traces: Traces, read: Message) -> bool:
        account.messages.change(message.key, Change.reported(a_report()))
        return delete(traces, read)

    monkeypatch.setattr(Traces, "delete_message", a_report_is_faster)

    assert run() == Exit.PARTLY

    assert account.ids() == {message.message_id}
    assert "it has changed while it was to be deleted" in capsys.readouterr().out


def test_a_row_that_expires_before_it_is_deleted_is_gone(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.store()
    delete = Traces.delete_message

    def expires_first(traces: Traces, read: Message) -> bool:
        assert delete(traces, read)
        return delete(traces, read)

    monkeypatch.setattr(Traces, "delete_message", expires_first)

    assert run() == Exit.DONE

    assert account.records()[0].counts["messages"] == 1


def test_a_row_of_a_later_release_is_left_and_named(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    row = to_item(a_message(Status.SENT)) | {"status": {"S": "of a later release"}}
    account.deployed.has_row(MESSAGES, row)
    account.guard(guard_items.of_last_message(CLIENT, NUMBER), messageId="appointment-17")
    account.store(message_id="m-2")

    assert run() == Exit.PARTLY

    assert account.ids() == {"appointment-17"}
    assert guard_items.of_last_message(CLIENT, NUMBER) in account.guard_keys()
    assert "a later release has written it" in capsys.readouterr().out


# --- events come first -----------------------------------------------------------------------


def test_what_has_just_changed_is_deleted_a_minute_later(account: Account) -> None:
    account.store(Status.QUEUED, attempt=0)

    assert run() == Exit.DONE

    assert account.clock() == NOW + timedelta(minutes=1)
    assert account.ids() == set()


def test_what_has_long_been_published_is_deleted_at_once(account: Account) -> None:
    account.store(updated_at=NOW - timedelta(days=2))
    account.deployed.publish_is_behind(3600, NOW - timedelta(minutes=2))

    assert run() == Exit.DONE

    assert account.clock() == NOW


@pytest.mark.parametrize("measured", [[], [timedelta(minutes=2)]], ids=["never", "before"])
def test_nothing_is_deleted_if_publish_was_given_nothing_since_the_change(
    account: Account, measured: list[timedelta], capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is while the trigger of `publish` is switched off."""
    account.publish_works = False
    for ago in measured:
        account.deployed.publish_is_behind(1, NOW - ago)
    account.store(Status.QUEUED, attempt=0)

    assert run() == Exit.PARTLY

    assert account.ids() == {"appointment-17"}
    assert "its trigger can be switched off" in capsys.readouterr().out
    assert account.clock() == NOW + timedelta(minutes=6)
    account.publish_works = True
    assert run() == Exit.DONE


def test_nothing_is_deleted_while_publish_is_behind(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish_works = False
    account.store(updated_at=NOW - timedelta(hours=2))
    account.deployed.publish_is_behind(3, NOW - timedelta(minutes=4))
    account.deployed.publish_is_behind(300, NOW - timedelta(minutes=2))

    assert run() == Exit.PARTLY

    assert account.ids() == {"appointment-17"}
    out = capsys.readouterr().out
    assert "publish is 5 minutes behind" in out
    assert "clinic/appointment-17: settled, and its events come first" in out
    account.publish_works = True
    assert run() == Exit.DONE


def test_a_report_that_was_recorded_later_than_it_came_waits_for_its_event(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its change has the time at which it came, which says nothing of when it was recorded."""
    account.publish_works = False
    report = a_report()
    message = account.store(Status.SENT, report=report, updated_at=report.received_at)
    account.deployed.publish_is_behind(3600, NOW - timedelta(minutes=2))

    assert run() == Exit.PARTLY

    assert account.ids() == {message.message_id}
    assert "publish is 60 minutes behind" in capsys.readouterr().out
    account.publish_works = True
    before = account.clock()
    assert run() == Exit.DONE
    assert account.clock() == before + timedelta(minutes=1)


def test_the_last_change_is_the_latest_of_the_history_not_that_of_the_report(
    account: Account,
) -> None:
    account.publish_works = False
    message = a_message(Status.SENT, updated_at=NOW - timedelta(days=2))
    entry = replace(message.history[0], at=NOW - timedelta(hours=1))
    account.deployed.has(replace(message, history=(entry, *message.history[1:])))

    assert run() == Exit.PARTLY

    assert account.ids() == {message.message_id}


def test_nothing_is_deleted_while_events_wait_that_can_be_made_from_rows_alone(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.store(updated_at=NOW - timedelta(days=2))
    account.deployed.put("PublishFailures", "a position")

    assert run() == Exit.PARTLY

    assert account.ids() == {"appointment-17"}
    assert "1 positions of events" in capsys.readouterr().out
    account.deployed.waiting("PublishFailures")
    assert run() == Exit.DONE


def test_a_failure_queue_says_nothing_of_changes_that_are_older_than_what_it_keeps(
    account: Account,
) -> None:
    long_ago = NOW - timedelta(days=16)
    message = a_message(Status.SENT, updated_at=long_ago)
    history = tuple(replace(entry, at=long_ago) for entry in message.history)
    account.deployed.has(replace(message, history=history))
    account.deployed.put("PublishFailures", "a position")

    assert run() == Exit.DONE


# --- the record ------------------------------------------------------------------------------


def test_the_record_says_who_did_what_and_when_and_nothing_about_the_number(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    everything(account)
    run("--also-suppression")
    capsys.readouterr()

    assert forget.main(["--stack-name", STACK, "--list", "--json"]) == Exit.DONE

    (told,) = json.loads(capsys.readouterr().out)["forgotten"]
    assert told == {
        "at": "2026-11-27T10:00:00.000Z",
        "operator": QuickSession().client("sts").get_caller_identity()["Arn"],
        "case": CASE,
        "state": "done",
        "cancelled": 1,
        "messages": 5,
        "guards": 3,
        "suppressions": 1,
        "left": 0,
    }
    (row,) = account.db.scan(TableName=GUARDS)["Items"]
    three_years = (NOW + timedelta(days=1095)).timestamp()
    assert set(row) == {*told, "guard", "expiresAt"}
    assert row["expiresAt"] == {"N": str(int(three_years))}


def test_two_runs_of_the_same_number_have_records_with_nothing_in_common(account: Account) -> None:
    run()
    run()

    first, second = account.records()
    assert first.at == second.at
    assert first.key != second.key


def test_people_read_the_records_in_order(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forget.main(["--stack-name", STACK, "--list"]) == Exit.NOTHING_FOUND
    account.store()
    run()
    account.clock.advance(60)
    run()
    capsys.readouterr()

    assert forget.main(["--stack-name", STACK, "--list"]) == Exit.DONE

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("2026-11-27T10:00:00.000Z  done    DPO-2026-17  arn:aws:")
    assert first.endswith("cancelled=0 messages=1 guards=0 suppressions=0 left=0")
    assert second > first


# --- the command dies ------------------------------------------------------------------------


class Death(BaseException):
    """The process is killed."""


def test_wherever_the_command_dies_the_next_run_ends_it(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies before each of its writes: in between, nothing that stays has changed."""
    died = 0
    while True:
        account.suppress()
        account.remember(account.store(message_id="sent"))
        account.remember(account.store(Status.QUEUED, message_id="later", attempt=0))
        stored = len(account.traces())
        if _lives_for(died, monkeypatch):
            break
        died += 1
        assert len(account.traces()) == stored or account.states(), "deleted, and not recorded"
        account.clock.advance(1)  # so that the records stand in the order of the runs
        assert run("--also-suppression") in {Exit.DONE, Exit.NOTHING_FOUND}
        assert account.traces() == []
        assert account.states()[-1] == "done"
        for record in account.records():
            key = guard_items.key(record.key)
            account.db.delete_item(TableName=GUARDS, Key=key)
    assert died == len(["begun", "cancelled", "last", "sent", "later", "sendings", "list", "done"])


def _lives_for(writes: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the command comes to its end with so many writes; otherwise it dies."""
    made = 0

    def call(operation: str, proceed: Callable[[], Any]) -> Any:
        nonlocal made
        if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
            made += 1
            if made > writes:
                raise Death
        return proceed()

    with monkeypatch.context() as patch:
        around_every_call(patch, call)
        try:
            assert run("--also-suppression") == Exit.DONE
        except Death:
            return False
    return True


def test_a_right_that_is_missing_ends_the_run_and_its_record_stays_begun(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    everything(account)
    with monkeypatch.context() as patch:
        refusing(patch, "DeleteItem", no_rights("dynamodb:DeleteItem"))
        assert run() == Exit.AWS
    assert "dynamodb:DeleteItem" in capsys.readouterr().err
    assert account.states() == ["begun"]
    assert run() == Exit.DONE
    assert account.states() == ["begun", "done"]
