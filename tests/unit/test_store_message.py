from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from sms_gateway.domain.errors import (
    ClientLimitError,
    InvalidValueError,
    LimitReachedError,
    MessageIdReusedError,
    RecipientLimitError,
    StoreUnavailableError,
    TokenNotAllowedError,
    TokenUsedUpError,
)
from sms_gateway.domain.guards import Limits, Suppression, suppressed
from sms_gateway.domain.message import Message
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import Status, Trigger
from sms_gateway.use_cases.ports import DoubleClickError
from sms_gateway.use_cases.store_message import SendResult, StoreMessage
from tests.fakes.builders import DUE, ID, KEY, NUMBER, TEXT, a_change, a_report, a_token, key
from tests.fakes.clock import START
from tests.fakes.intake import FakeIntake
from tests.fakes.messages import InMemoryMessages, Outage

if TYPE_CHECKING:
    from sms_gateway.use_cases.ports import Intake, Messages, Suppressions

OTHER_NUMBER = PhoneNumber("+40721234568")
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
WINDOW = timedelta(seconds=10)


class Door:
    """`StoreMessage` on fakes."""

    def __init__(self, **limits: Any) -> None:
        self.messages = InMemoryMessages()
        self.intake = FakeIntake(self.messages, Limits(**limits))
        self.suppressions = self.intake.suppressions
        self.store = StoreMessage(self.intake, self.messages)

    def take(self, message: Message) -> SendResult:
        """A message whose sender has given its id."""
        return self.store(message, id_is_chosen=True)

    def click(self, message: Message) -> SendResult:
        """A message without an id of its own."""
        return self.store(message, id_is_chosen=False)


def a_new(message_id: str = ID, **changes: Any) -> Message:
    """A new message, claimed by who stores it; each has a claim of its own."""
    values: dict[str, Any] = {
        "message_id": message_id,
        "client": "clinic",
        "phone_number": NUMBER,
        "text": TEXT,
        "metadata": {},
        "claim": f"{message_id}-{changes.get('at')}",
        "at": START,
        "kept_for": timedelta(days=30),
    }
    return Message.new(**values | changes).claimed(DUE)


def a_replay(**changes: Any) -> Message:
    return a_new(claim="another", **changes)


def suppress(door: Door) -> None:
    door.suppressions.put(Suppression(NUMBER, START, "clinic"))


def test_the_fakes_are_what_it_asks_for() -> None:
    door = Door()
    intake: Intake = door.intake
    messages: Messages = door.messages
    suppressions: Suppressions = door.suppressions

    intake.store(a_new(), id_is_chosen=True)

    assert messages.get(KEY) is not None
    assert suppressions.get(NUMBER) is None


def test_a_new_message_is_stored_and_is_no_replay() -> None:
    door = Door()

    result = door.take(a_new())

    assert result == SendResult(a_new(), replayed=False)
    assert door.messages.rows == {KEY: a_new()}


def test_the_same_message_again_is_a_replay_of_what_has_become_of_it() -> None:
    door = Door()
    door.take(a_new())
    submitted = door.messages.change(KEY, a_change(Trigger.ACCEPTED))

    assert door.take(a_replay()) == SendResult(submitted, replayed=True)


def test_another_message_under_the_same_id_is_refused() -> None:
    door = Door()
    door.take(a_new())

    with pytest.raises(MessageIdReusedError):
        door.take(a_replay(text="other"))

    assert door.messages.rows == {KEY: a_new()}


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"recipient_hourly": 1}, RecipientLimitError),
        ({"recipient_daily": 1}, RecipientLimitError),
        ({"client_daily": 1}, ClientLimitError),
    ],
    ids=["hour", "day", "client"],
)
def test_a_limit_refuses_a_new_message_and_no_replay(
    limits: dict[str, int], error: type[LimitReachedError]
) -> None:
    door = Door(**limits)
    first = door.take(a_new()).message

    with pytest.raises(error) as refused:
        door.take(a_new("other"))

    assert refused.value.retry_after > timedelta()
    assert door.messages.rows == {KEY: first}
    assert door.take(a_replay()) == SendResult(first, replayed=True)


def test_somebody_on_the_list_is_not_texted_and_a_replay_is_answered_all_the_same() -> None:
    door = Door(suppressions=True)
    first = door.take(a_new()).message
    suppress(door)

    with pytest.raises(InvalidValueError) as refused:
        door.take(a_new("other"))

    assert refused.value.code == "suppressed"
    assert door.take(a_replay()) == SendResult(first, replayed=True)


class OneReasonAtATime(FakeIntake):
    """Tells a refusal although the id is taken: nobody promises that all reasons are told."""

    refusal: Exception = suppressed()

    def store(self, *_: Any, **__: Any) -> None:
        raise self.refusal


@pytest.mark.parametrize(
    "refusal",
    [suppressed(), RecipientLimitError("Enough.", HOUR), ClientLimitError("Enough.", HOUR)],
    ids=["suppressed", "recipient", "client"],
)
def test_a_refusal_of_a_chosen_id_is_held_against_what_is_stored(refusal: Exception) -> None:
    messages = InMemoryMessages(a_new())
    intake = OneReasonAtATime(messages)
    intake.refusal = refusal
    store = StoreMessage(intake, messages)

    assert store(a_replay(), id_is_chosen=True) == SendResult(a_new(), replayed=True)
    with pytest.raises(MessageIdReusedError):
        store(a_replay(text="other"), id_is_chosen=True)
    with pytest.raises(type(refusal)):
        store(a_new("other"), id_is_chosen=True)


def test_a_refusal_of_a_given_id_needs_no_look() -> None:
    messages = InMemoryMessages()
    messages.be_unavailable("get")

    with pytest.raises(InvalidValueError):
        StoreMessage(OneReasonAtATime(messages), messages)(a_new(), id_is_chosen=False)


def test_a_refusal_that_cannot_be_held_against_anything_is_no_answer() -> None:
    messages = InMemoryMessages()
    messages.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        StoreMessage(OneReasonAtATime(messages), messages)(a_new(), id_is_chosen=True)


# --- the double click ------------------------------------------------------------------------


def test_a_double_click_is_a_replay_of_the_first_message() -> None:
    door = Door(double_click=WINDOW)
    door.click(a_new("first"))
    submitted = door.messages.change(key("first"), a_change(Trigger.ACCEPTED))

    second = door.click(a_new("second", at=START + 9 * SECOND))

    assert second == SendResult(submitted, replayed=True)
    assert list(door.messages.rows) == [key("first")]


def test_a_double_click_goes_before_every_refusal() -> None:
    door = Door(
        recipient_hourly=1,
        recipient_daily=1,
        client_daily=1,
        double_click=WINDOW,
        suppressions=True,
    )
    first = door.click(a_new("first")).message
    suppress(door)

    assert door.click(a_new("second")) == SendResult(first, replayed=True)


@pytest.mark.parametrize(
    "trigger", [Trigger.ACCEPTED, Trigger.NOT_TAKEN, Trigger.UNCLEAR, Trigger.REPORTED_SENT]
)
def test_a_message_that_may_have_been_sent_is_not_sent_again_for_a_second_click(
    trigger: Trigger,
) -> None:
    door = Door(double_click=WINDOW)
    door.click(a_new("first"))
    door.messages.change(key("first"), a_change(trigger))

    assert door.click(a_new("second")).replayed


@pytest.mark.parametrize(
    "end",
    [
        lambda messages: messages.change(key("first"), a_change(Trigger.REFUSED)),
        lambda messages: messages.change(key("first"), a_change(Trigger.REPORTED_ERROR)),
        lambda messages: [
            messages.change(key("first"), a_change(Trigger.NOT_TAKEN)),
            messages.change(key("first"), a_change(Trigger.CANCELLED)),
        ],
    ],
    ids=["refused by Voipit", "report: error", "taken back"],
)
def test_who_asks_again_after_it_came_to_nothing_has_not_clicked_twice(end: Any) -> None:
    door = Door(double_click=WINDOW)
    door.click(a_new("first"))
    end(door.messages)

    second = door.click(a_new("second", at=START + SECOND))
    third = door.click(a_new("third", at=START + 2 * SECOND))

    assert not second.replayed
    assert third == SendResult(second.message, replayed=True), "that one is the first now"


def test_it_may_come_to_nothing_again_and_again() -> None:
    door = Door(double_click=WINDOW)
    for number in range(5):
        assert not door.click(a_new(f"m-{number}")).replayed
        door.messages.change(key(f"m-{number}"), a_change(Trigger.REFUSED))


def test_a_message_that_is_sent_instead_is_counted_and_limited_like_any_other() -> None:
    door = Door(double_click=WINDOW, recipient_hourly=1)
    door.click(a_new("first"))
    door.messages.change(key("first"), a_change(Trigger.REFUSED))

    with pytest.raises(RecipientLimitError):
        door.click(a_new("second"))


def test_of_many_who_ask_again_at_once_one_is_sent_instead() -> None:
    door = Door(double_click=WINDOW)
    door.click(a_new("first"))
    door.messages.change(key("first"), a_change(Trigger.REFUSED))
    together = Barrier(20)

    def click(number: int) -> SendResult:
        together.wait()
        return door.click(a_new(f"m-{number}"))

    with ThreadPoolExecutor(20) as threads:
        results = list(threads.map(click, range(20)))

    assert sorted(result.replayed for result in results) == [False] + [True] * 19
    assert len({result.message.message_id for result in results}) == 1


def test_a_first_message_that_is_gone_is_no_answer() -> None:
    class Clicked(FakeIntake):
        def store(self, *_: Any, **__: Any) -> None:
            raise DoubleClickError(key("gone"))

    messages = InMemoryMessages()

    with pytest.raises(StoreUnavailableError):
        StoreMessage(Clicked(messages), messages)(a_new(), id_is_chosen=False)


# --- too late, and no answer -----------------------------------------------------------------


def test_a_new_message_that_is_too_late_is_refused_and_nothing_is_stored() -> None:
    door = Door()

    with pytest.raises(InvalidValueError) as refused:
        door.take(a_new(valid_until=START))

    assert refused.value.code == "already-too-late"
    assert door.messages.rows == {}


def test_a_replay_may_come_too_late_even_at_a_limit() -> None:
    door = Door(recipient_hourly=1, suppressions=True)
    first = door.take(a_new(valid_until=START + SECOND)).message
    suppress(door)

    late = a_replay(valid_until=START + SECOND, at=START + HOUR)

    assert door.take(late) == SendResult(first, replayed=True)
    with pytest.raises(MessageIdReusedError):
        door.take(a_replay(valid_until=START + SECOND, at=START + HOUR, text="other"))


@pytest.mark.parametrize("outage", Outage, ids=lambda outage: outage.name.lower())
def test_a_table_that_does_not_answer_is_no_answer(outage: Outage) -> None:
    door = Door()
    door.messages.be_unavailable("create", outage)

    with pytest.raises(StoreUnavailableError):
        door.take(a_new())


def test_a_write_that_was_repeated_by_the_aws_client_is_ours() -> None:
    door = Door()
    door.messages.be_unavailable("create", Outage.AFTER)
    with pytest.raises(StoreUnavailableError):
        door.take(a_new())

    assert door.take(a_new()) == SendResult(a_new(), replayed=False)


def test_a_report_that_came_first_is_shown_to_who_asks_again() -> None:
    door = Door()
    door.take(a_new())
    door.messages.change(KEY, a_change(Trigger.REPORTED_SENT, report=a_report(ReportStatus.SENT)))

    assert door.take(a_replay()).message.status is Status.SENT


# --- a page ----------------------------------------------------------------------------------


def page_asks(door: Door, message: Message, **token: Any) -> SendResult:
    """A message of a page, whose token is for one message unless something else is said."""
    return door.store(replace(message, from_page=True), id_is_chosen=True, token=a_token(**token))


def test_a_message_that_a_page_repeats_is_a_replay_and_not_counted() -> None:
    door = Door()
    first = page_asks(door, a_new())

    again = page_asks(door, a_replay())
    with_a_renewed_token = page_asks(door, a_replay(), token_id="renewed")

    assert not first.replayed
    assert (again, with_a_renewed_token) == (SendResult(first.message, replayed=True),) * 2
    assert door.intake.used == {a_token().token_id: 1}


def test_a_second_message_with_a_token_for_one_is_refused() -> None:
    door = Door()
    page_asks(door, a_new())

    with pytest.raises(TokenUsedUpError):
        page_asks(door, a_new("another"))
    assert list(door.messages.rows) == [KEY]


def test_a_repetition_is_found_when_the_number_has_no_room_either() -> None:
    door = Door(recipient_hourly=1)
    first = page_asks(door, a_new(), max_messages=2)

    assert page_asks(door, a_replay(), max_messages=2).message == first.message
    with pytest.raises(RecipientLimitError):
        page_asks(door, a_new("another"), max_messages=2)


@pytest.mark.parametrize("is_over", [False, True], ids=["in time", "too late"])
@pytest.mark.parametrize(
    "theirs",
    [
        {},
        {"text": "Altceva"},
        {"from_page": True, "phone_number": OTHER_NUMBER},
        {"phone_number": OTHER_NUMBER},
    ],
    ids=["equal", "other text", "of a page, to another number", "to another number"],
)
def test_a_page_is_told_nothing_of_a_message_that_no_page_has_sent_to_this_number(
    theirs: dict[str, Any], *, is_over: bool
) -> None:
    door = Door()
    door.take(a_new(**theirs))
    before = door.messages.rows

    asked = a_replay(valid_until=START - SECOND) if is_over else a_replay()
    with pytest.raises(TokenNotAllowedError) as refused:
        page_asks(door, asked)

    assert refused.value.field == "messageId"
    assert (door.messages.rows, door.intake.used) == (before, {})


def test_another_text_under_the_id_of_a_pages_message_is_refused_as_ever() -> None:
    door = Door()
    page_asks(door, a_new())

    with pytest.raises(MessageIdReusedError):
        page_asks(door, a_replay(text="Altceva"))


def test_the_client_itself_may_repeat_what_its_page_has_sent() -> None:
    door = Door()
    first = page_asks(door, a_new())

    assert door.take(a_replay()) == SendResult(first.message, replayed=True)
