"""The port `Messages`: one contract, held by the table and by the fake that stands in for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Protocol

import pytest

from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.adapters.messages_table import MAX_CONTRADICTING_REPORTS
from sms_gateway.domain.cursor import Position
from sms_gateway.domain.message import Change, Message, OnUnconfirmed
from sms_gateway.domain.outcome import not_taken
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.report import ReportStatus
from sms_gateway.domain.status import MOVES, Reason, Status, Trigger
from sms_gateway.domain.waits import Waits
from sms_gateway.use_cases.ports import AlreadyStoredError, ChangeRefusedError, Due
from sms_gateway.use_cases.ports import Messages as PortMessages
from tests.fakes.builders import DUE, ID, KEY, NUMBER, a_change, a_message, a_report, key
from tests.fakes.clock import START
from tests.fakes.messages import ROOM_FOR_CONTRADICTIONS, InMemoryMessages
from tests.support.tables import a_messages_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LATER = DUE + timedelta(minutes=10)


class Messages(PortMessages, Protocol):
    """The port, and the way in that belongs to the port `Intake`."""

    def create(self, message: Message) -> None: ...


@dataclass(frozen=True)
class Store:
    """The messages, and how many contradictions were counted."""

    messages: Messages
    contradictions: Callable[[], int]


def in_memory() -> Store:
    messages = InMemoryMessages()
    return Store(messages, lambda: messages.contradictions[KEY])


def in_dynamodb(client: "DynamoDBClient") -> Store:
    messages = a_messages_table(client)
    table = messages.table_name

    def contradictions() -> int:
        item = client.get_item(TableName=table, Key=key_attributes(KEY)).get("Item", {})
        return int(item.get("contradictions", {"N": "0"})["N"])

    return Store(messages, contradictions)


@pytest.fixture(params=["fake", "table"])
def store(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> Store:
    return in_memory() if request.param == "fake" else in_dynamodb(dynamodb)


@pytest.fixture
def messages(store: Store) -> Messages:
    return store.messages


def test_what_was_created_is_read_back(messages: Messages) -> None:
    message = a_message()

    messages.create(message)

    assert messages.get(KEY) == message


def test_what_the_caller_has_asked_for_is_read_back(messages: Messages) -> None:
    message = a_message(
        Status.QUEUED,
        send_at=START + timedelta(days=3),
        valid_until=START + timedelta(days=4),
        on_unconfirmed=OnUnconfirmed.RESEND,
        due_at=LATER,
    )

    messages.create(message)

    assert messages.get(KEY) == message


def test_what_was_never_created_is_nothing(messages: Messages) -> None:
    assert messages.get(key("unknown")) is None


def test_an_id_is_taken_as_it_is_written(messages: Messages) -> None:
    ids = ["a", "A", "01", "1", "~"]
    for message_id in ids:
        messages.create(a_message(message_id=message_id))

    assert [message and message.message_id for message in map(messages.get, map(key, ids))] == ids


def test_an_id_that_is_taken_shows_whose_it_is_and_keeps_it(messages: Messages) -> None:
    first = a_message(Status.SUBMITTED, metadata={"first": "yes"})
    messages.create(first)

    with pytest.raises(AlreadyStoredError) as taken:
        messages.create(a_message(text="other", claim="other"))

    assert taken.value.stored == first
    assert messages.get(KEY) == first


@pytest.mark.parametrize("trigger", Trigger)
@pytest.mark.parametrize("status", Status)
def test_a_change_is_made_exactly_if_the_table_of_moves_allows_it(
    messages: Messages, status: Status, trigger: Trigger
) -> None:
    stored = a_message(status, reason=Reason.THROTTLED, error_message="earlier")
    change = a_change(trigger, attempt=2, reason=Reason.NO_CONNECTION, error_message="words")
    messages.create(stored)

    if status in MOVES[trigger].sources:
        assert messages.change(KEY, change) == stored.after(change)
        assert messages.get(KEY) == stored.after(change)
    else:
        with pytest.raises(ChangeRefusedError) as refused:
            messages.change(KEY, change)
        assert refused.value.stored == stored
        assert messages.get(KEY) == stored


def test_a_change_of_a_message_that_is_not_there_is_refused_and_stores_nothing(
    messages: Messages,
) -> None:
    with pytest.raises(ChangeRefusedError) as refused:
        messages.change(KEY, a_change(Trigger.REPORTED_SENT))

    assert refused.value.stored is None
    assert messages.get(KEY) is None


def test_a_change_under_our_claim_is_made(messages: Messages) -> None:
    messages.create(a_message(claim="mine"))

    changed = messages.change(KEY, a_change(Trigger.ACCEPTED, claim="mine"))

    assert changed.status is Status.SUBMITTED


def test_a_change_under_a_lost_claim_is_refused(messages: Messages) -> None:
    stored = a_message(claim="theirs")
    messages.create(stored)

    with pytest.raises(ChangeRefusedError) as refused:
        messages.change(KEY, a_change(Trigger.ACCEPTED, claim="mine"))

    assert refused.value.stored == stored
    assert messages.get(KEY) == stored


def test_what_the_last_change_said_is_forgotten_when_it_no_longer_holds(
    messages: Messages,
) -> None:
    messages.create(a_message())
    messages.change(
        KEY, a_change(Trigger.NOT_TAKEN, reason=Reason.THROTTLED, error_message="too many")
    )

    sending = messages.change(KEY, a_change(Trigger.CLAIMED))

    assert (sending.reason, sending.error_message) == (None, None)
    assert sending.history[1].reason is Reason.THROTTLED
    assert sending.history[1].error_message == "too many"


@pytest.mark.parametrize("word", ReportStatus)
def test_a_report_is_kept_with_the_change_it_makes(messages: Messages, word: ReportStatus) -> None:
    stored = a_message(Status.SUBMITTED)
    report = a_report(word)
    messages.create(stored)

    messages.change(KEY, Change.reported(report))

    assert messages.get(KEY) == stored.after(Change.reported(report))


@pytest.mark.parametrize(
    ("open_tries", "status", "attempt", "counts"),
    [
        ({2}, ReportStatus.ERROR, 1, False),
        ({2}, ReportStatus.ERROR, 2, True),
        ({1, 2}, ReportStatus.ERROR, 1, False),
        ({1, 2}, ReportStatus.ERROR, 2, False),
        ({1}, ReportStatus.ERROR, 1, True),
        ({}, ReportStatus.ERROR, 1, True),
        ({2}, ReportStatus.SENT, 1, True),
        ({1, 2}, ReportStatus.SENT, 1, True),
    ],
)
def test_an_error_report_ends_a_message_of_which_no_other_try_is_open(
    messages: Messages,
    open_tries: Iterable[int],
    status: ReportStatus,
    attempt: int,
    *,
    counts: bool,
) -> None:
    stored = a_message(Status.SUBMITTED, attempt=2, open_tries=frozenset(open_tries))
    change = Change.reported(a_report(status, attempt=attempt))
    messages.create(stored)

    if counts:
        assert messages.change(KEY, change) == stored.after(change)
    else:
        with pytest.raises(ChangeRefusedError) as refused:
            messages.change(KEY, change)
        assert refused.value.stored == stored


@pytest.mark.parametrize("now_open", [{1, 2}, {2}, {}])
def test_what_was_decided_on_open_tries_holds_for_those_alone(
    messages: Messages, now_open: Iterable[int]
) -> None:
    seen = a_message(attempt=2, open_tries=frozenset({1, 2}))
    change = Change.after(not_taken(Reason.NO_CONNECTION), seen, LATER, LATER)
    stored = replace(seen, open_tries=frozenset(now_open))
    messages.create(stored)

    if stored == seen:
        assert messages.change(KEY, change) == stored.after(change)
    else:
        with pytest.raises(ChangeRefusedError):
            messages.change(KEY, change)
        assert messages.get(KEY) == stored


def test_a_second_try_is_claimed_and_given_back(messages: Messages) -> None:
    message = a_message(Status.UNCONFIRMED)
    messages.create(message)
    claiming = Change.claiming(message, "claim-2", LATER, LATER)

    claimed = messages.change(KEY, claiming)

    assert claimed == messages.get(KEY) == message.after(claiming)
    assert (claimed.open_tries, claimed.resent) == (frozenset({1, 2}), True)
    given_back = Change.after(not_taken(Reason.NO_CONNECTION), claimed, LATER, LATER)
    assert messages.change(KEY, given_back) == claimed.after(given_back)
    assert messages.get(KEY) == claimed.after(given_back)


@pytest.mark.parametrize("left", [set(), {2}, {2, 3}])
def test_a_try_is_closed_by_an_error_report_that_changes_nothing_else(
    store: Store, left: set[int]
) -> None:
    stored = a_message(Status.NO_REPORT, open_tries=frozenset({1} | left))
    report = a_report(ReportStatus.ERROR)
    store.messages.create(stored)

    store.messages.close_try(stored, report)

    closed = replace(stored, open_tries=frozenset(left), contradicting_reports=(report,))
    assert store.messages.get(KEY) == closed


def test_a_report_that_closes_a_try_is_kept_however_many_there_are(messages: Messages) -> None:
    many = tuple(a_report(attempt=3) for _ in range(ROOM_FOR_CONTRADICTIONS))
    stored = a_message(Status.SUBMITTED, open_tries=frozenset({1, 2}), contradicting_reports=many)
    messages.create(stored)

    messages.close_try(stored, a_report(ReportStatus.ERROR))

    message = messages.get(KEY)
    assert message is not None
    assert message.contradicting_reports == (*many, a_report(ReportStatus.ERROR))


def test_a_try_of_a_message_that_has_other_open_tries_by_now_is_not_closed(
    messages: Messages,
) -> None:
    seen = a_message(Status.SUBMITTED, open_tries=frozenset({1, 2}))
    stored = replace(seen, open_tries=frozenset({2}))
    messages.create(stored)

    with pytest.raises(ChangeRefusedError) as refused:
        messages.close_try(seen, a_report(ReportStatus.ERROR))

    assert refused.value.stored == messages.get(KEY) == stored


def test_a_message_that_waits_may_say_why(messages: Messages) -> None:
    stored = a_message(Status.QUEUED)
    messages.create(stored)

    messages.postpone(stored, LATER, Reason.RECIPIENT_LIMIT)
    assert messages.get(KEY) == replace(stored, due_at=LATER, reason=Reason.RECIPIENT_LIMIT)
    messages.postpone(stored, LATER)
    assert messages.get(KEY) == replace(stored, due_at=LATER, reason=Reason.RECIPIENT_LIMIT)


def test_how_often_a_message_was_put_off_is_kept_through_everything_that_happens_to_it(
    messages: Messages,
) -> None:
    stored = a_message(Status.QUEUED)
    messages.create(stored)

    messages.postpone(stored, LATER, put_off=7)
    messages.postpone(stored, LATER)
    messages.change(KEY, a_change(Trigger.CLAIMED, new_claim="theirs", due_at=LATER))

    read = messages.get(KEY)
    assert read is not None
    assert read.put_off == 7


def test_a_note_of_a_contradiction_changes_nothing_else(store: Store) -> None:
    stored = a_message(Status.SENT)
    report = a_report(ReportStatus.ERROR)
    store.messages.create(stored)

    store.messages.note_contradiction(KEY, report)

    assert store.messages.get(KEY) == replace(stored, contradicting_reports=(report,))
    assert store.contradictions() == 1


def test_contradictions_are_kept_up_to_a_bound_and_counted_on(store: Store) -> None:
    reports = [a_report(received_at=START + timedelta(minutes=n)) for n in range(13)]
    store.messages.create(a_message(Status.FAILED))

    for report in reports:
        store.messages.note_contradiction(KEY, report)

    message = store.messages.get(KEY)
    assert message is not None
    assert message.contradicting_reports == tuple(reports[:10])
    assert store.contradictions() == 13


def test_the_fake_has_as_much_room_as_the_table() -> None:
    assert MAX_CONTRADICTING_REPORTS == ROOM_FOR_CONTRADICTIONS == 10


def test_a_contradiction_of_a_message_that_is_gone_brings_nothing_back(store: Store) -> None:
    store.messages.note_contradiction(KEY, a_report())

    assert store.messages.get(KEY) is None
    assert store.contradictions() == 0


def test_a_message_keeps_what_it_was_told_after_a_contradiction(messages: Messages) -> None:
    messages.create(a_message(Status.NO_REPORT))
    messages.note_contradiction(KEY, a_report(ReportStatus.ERROR))

    late = messages.change(KEY, Change.reported(a_report()))

    assert late.status is Status.SENT
    assert late.contradicting_reports == (a_report(ReportStatus.ERROR),)


def test_a_claim_makes_the_next_try_under_its_own_name(messages: Messages) -> None:
    queued = a_message(Status.QUEUED)
    messages.create(queued)

    claimed = messages.change(KEY, Change.claiming(queued, "mine", START, LATER))

    assert (claimed.status, claimed.attempt, claimed.claim) == (Status.SENDING, 2, "mine")
    assert (claimed.due_at, claimed.version) == (LATER, queued.version + 1)
    assert messages.get(KEY) == claimed


def test_of_two_claims_on_the_same_version_one_is_made(messages: Messages) -> None:
    queued = a_message(Status.QUEUED)
    messages.create(queued)
    first = messages.change(KEY, Change.claiming(queued, "mine", START, LATER))

    with pytest.raises(ChangeRefusedError) as refused:
        messages.change(KEY, Change.claiming(queued, "theirs", START, LATER))

    assert refused.value.stored == first
    assert messages.get(KEY) == first


def test_a_claim_on_an_earlier_wait_is_refused(messages: Messages) -> None:
    seen = a_message(Status.QUEUED)
    messages.create(seen)
    messages.change(KEY, Change.claiming(seen, "theirs", START, LATER))
    again = messages.change(KEY, a_change(Trigger.NOT_TAKEN, claim="theirs"))

    with pytest.raises(ChangeRefusedError) as refused:
        messages.change(KEY, Change.claiming(seen, "mine", START, LATER))

    assert refused.value.stored == again


@pytest.mark.parametrize(("difference", "made"), [(0, True), (1, False), (-1, False)])
def test_a_change_that_was_decided_needs_the_version_it_was_decided_on(
    messages: Messages, difference: int, *, made: bool
) -> None:
    stored = a_message(Status.SUBMITTED, version=7)
    seen = replace(stored, version=7 + difference)
    change = Change.decided(Trigger.REPORT_OVERDUE, seen, START)
    messages.create(stored)

    if made:
        assert messages.change(KEY, change).status is Status.NO_REPORT
    else:
        with pytest.raises(ChangeRefusedError) as refused:
            messages.change(KEY, change)
        assert refused.value.stored == messages.get(KEY) == stored


def test_a_change_without_a_claim_of_its_own_keeps_claim_and_attempt(messages: Messages) -> None:
    messages.create(a_message(claim="mine", attempt=3))

    changed = messages.change(
        KEY, a_change(Trigger.ACCEPTED, claim="mine", attempt=3, due_at=LATER)
    )

    assert (changed.claim, changed.attempt, changed.due_at) == ("mine", 3, LATER)


def due(messages: Messages, now: datetime = LATER) -> set[str]:
    found = [each.key.message_id for waits in Waits for each in messages.due(waits, now)]
    assert len(set(found)) == len(found)
    return set(found)


@pytest.mark.parametrize(
    ("seconds", "is_due"), [(-3600, True), (-1, True), (0, True), (1, False), (3600, False)]
)
def test_a_message_is_found_once_its_time_has_come(
    messages: Messages, seconds: int, *, is_due: bool
) -> None:
    messages.create(a_message(due_at=LATER + timedelta(seconds=seconds)))

    assert due(messages) == ({ID} if is_due else set())


def lines_of(messages: Messages) -> list[Waits]:
    """Among what each message is found that is due."""
    return [waits for waits in Waits for _ in messages.due(waits, LATER)]


def test_a_message_is_found_among_those_that_wait_for_the_same(messages: Messages) -> None:
    sending = a_message(due_at=DUE)
    messages.create(sending)
    assert lines_of(messages) == [Waits.FOR_VOIPIT]

    not_taken = a_change(Trigger.NOT_TAKEN, due_at=DUE, in_queue=True)
    assert messages.change(KEY, not_taken) == messages.get(KEY) == sending.after(not_taken)
    assert lines_of(messages) == [Waits.IN_QUEUE]

    queued = messages.get(KEY)
    assert queued is not None
    messages.postpone(queued, DUE)
    assert messages.get(KEY) == replace(queued, in_queue=False)
    assert lines_of(messages) == [Waits.OUTSIDE]

    messages.postpone(queued, DUE, in_queue=True)
    assert messages.get(KEY) == queued
    messages.change(KEY, Change.claiming(queued, "claim-2", START, DUE))
    assert lines_of(messages) == [Waits.FOR_VOIPIT]


@pytest.mark.parametrize("in_queue", [False, True])
def test_a_new_message_is_found_where_it_waits(messages: Messages, *, in_queue: bool) -> None:
    new = replace(a_message(Status.QUEUED), version=1).waiting(None, DUE, in_queue=in_queue)
    messages.create(new)

    assert messages.get(KEY) == new
    assert lines_of(messages) == [Waits.IN_QUEUE if in_queue else Waits.OUTSIDE]


def test_what_is_due_comes_in_the_order_of_its_time(messages: Messages) -> None:
    for number in range(40):
        at = DUE - timedelta(seconds=number * 7 % 40)
        messages.create(a_message(Status.QUEUED, message_id=f"m-{number}", due_at=at))

    found = list(messages.due(Waits.OUTSIDE, LATER))

    assert len(found) == 40
    assert [each.at for each in found] == [DUE - timedelta(seconds=n) for n in range(39, -1, -1)]


def test_many_messages_are_read_as_they_stand_now_and_some_can_be_gone(messages: Messages) -> None:
    stored = [a_message(message_id=f"m-{number}") for number in range(3)]
    for message in stored:
        messages.create(message)
    changed = messages.change(key("m-1"), a_change(Trigger.ACCEPTED, due_at=DUE))

    found = messages.get_all([key(f"m-{number}") for number in range(4)])

    assert found == {key("m-0"): stored[0], key("m-1"): changed, key("m-2"): stored[2]}
    assert messages.get_all([]) == {}


def test_a_message_is_never_found_before_its_time(messages: Messages) -> None:
    messages.create(a_message(due_at=LATER + timedelta(milliseconds=1)))

    assert due(messages, LATER) == set()
    assert due(messages, LATER + timedelta(seconds=1)) == {ID}


def test_nobody_looks_for_what_has_no_time(messages: Messages) -> None:
    for status in Status:
        messages.create(a_message(status, message_id=status))

    assert due(messages) == {"queued", "sending", "submitted", "unconfirmed"}


def test_a_settled_message_is_found_no_more(messages: Messages) -> None:
    messages.create(a_message(Status.SUBMITTED))
    assert due(messages) == {ID}

    messages.change(KEY, Change.reported(a_report()))

    assert due(messages) == set()


def test_a_change_may_bring_a_message_back_into_the_index(messages: Messages) -> None:
    messages.create(a_message(due_at=None))
    assert due(messages) == set()

    messages.change(KEY, a_change(Trigger.UNCLEAR, due_at=DUE))

    assert due(messages) == {ID}


def test_every_message_that_is_due_is_found_once_however_many_there_are(
    messages: Messages,
) -> None:
    for number in range(60):
        late = number % 3 == 0
        due_at = LATER + timedelta(seconds=1 if late else -number)
        messages.create(a_message(message_id=f"m-{number}", due_at=due_at))

    assert due(messages) == {f"m-{number}" for number in range(60) if number % 3}


def test_a_postponed_message_is_looked_at_later_and_is_otherwise_as_it_was(
    messages: Messages,
) -> None:
    stored = a_message(Status.QUEUED, reason=Reason.THROTTLED)
    messages.create(stored)

    messages.postpone(stored, LATER + timedelta(seconds=1))

    assert messages.get(KEY) == replace(stored, due_at=LATER + timedelta(seconds=1))
    assert due(messages, LATER) == set()
    assert due(messages, LATER + timedelta(seconds=1)) == {ID}


def test_a_message_can_be_put_off_again_and_again(messages: Messages) -> None:
    stored = a_message(Status.QUEUED)
    messages.create(stored)

    for minutes in (1, 2, 0):
        messages.postpone(stored, LATER + timedelta(minutes=minutes))

    assert due(messages, LATER) == {ID}


def test_a_message_that_has_changed_meanwhile_is_not_put_off(messages: Messages) -> None:
    seen = a_message(Status.QUEUED)
    messages.create(seen)
    sent = messages.change(KEY, Change.reported(a_report()))

    with pytest.raises(ChangeRefusedError) as refused:
        messages.postpone(seen, LATER)

    assert refused.value.stored == messages.get(KEY) == sent
    assert due(messages) == set()


def test_a_message_that_is_gone_is_not_put_off_and_not_brought_back(messages: Messages) -> None:
    with pytest.raises(ChangeRefusedError) as refused:
        messages.postpone(a_message(Status.QUEUED), LATER)

    assert refused.value.stored is None
    assert messages.get(KEY) is None


def a_list(
    messages: Messages,
    limit: int = 100,
    after: Position | None = None,
    client: str = "clinic",
    number: PhoneNumber = NUMBER,
) -> tuple[list[str], Position | None]:
    """The ids on one page, and where the next begins."""
    listed = messages.list_for(client, number, limit, after)
    return [message.message_id for message in listed.messages], listed.last


def pages(messages: Messages, limit: int) -> list[list[str]]:
    """The ids on all pages of one walk."""
    walked, after = a_list(messages, limit)
    found = [walked]
    while after:
        walked, after = a_list(messages, limit, after)
        found.append(walked)
    return found


def create(messages: Messages, *ids: str, every: timedelta = timedelta(milliseconds=1)) -> None:
    for number, message_id in enumerate(ids):
        messages.create(a_message(message_id=message_id, created_at=START + number * every))


def test_where_nothing_was_sent_the_list_is_empty(messages: Messages) -> None:
    assert a_list(messages) == ([], None)


def test_a_list_shows_whole_messages_as_they_stand_newest_first(messages: Messages) -> None:
    create(messages, "b", "a", "c")
    changed = messages.change(key("a"), a_change(Trigger.ACCEPTED))

    listed = messages.list_for("clinic", NUMBER, 100, None)

    assert [message.message_id for message in listed.messages] == ["c", "a", "b"]
    assert (listed.messages[1], listed.last) == (changed, None)


def test_a_list_holds_what_one_client_has_sent_to_one_number(messages: Messages) -> None:
    other = PhoneNumber("+40721234568")
    create(messages, "own")
    messages.create(a_message(message_id="another's", client="crm"))
    messages.create(a_message(message_id="to another", phone_number=other))

    assert a_list(messages)[0] == ["own"]
    assert a_list(messages, client="crm")[0] == ["another's"]
    assert a_list(messages, number=other)[0] == ["to another"]
    assert a_list(messages, client="crm", number=other)[0] == []


@pytest.mark.parametrize(
    ("limit", "walked"),
    [
        (1, ["e", "d", "c", "b", "a"]),
        (2, ["ed", "cb", "a"]),
        (4, ["edcb", "a"]),
        (5, ["edcba"]),
        (6, ["edcba"]),
    ],
)
def test_page_by_page_each_is_shown_once_and_no_page_is_empty(
    messages: Messages, limit: int, walked: list[str]
) -> None:
    create(messages, *"abcde")

    assert pages(messages, limit) == [list(page) for page in walked]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_of_one_millisecond_the_greatest_id_comes_first_on_whatever_page(
    messages: Messages, limit: int
) -> None:
    create(messages, *"daecb", every=timedelta())
    messages.create(a_message(message_id="z", created_at=START - timedelta(milliseconds=1)))
    messages.create(a_message(message_id="A", created_at=START + timedelta(milliseconds=1)))

    assert list(chain(*pages(messages, limit))) == list("Aedcbaz")


def test_what_is_sent_meanwhile_moves_nothing_on_the_pages_that_follow(messages: Messages) -> None:
    create(messages, *"abcd")
    first, after = a_list(messages, 2)
    messages.create(a_message(message_id="new", created_at=START + timedelta(seconds=1)))

    assert (first, a_list(messages, 2, after)) == (["d", "c"], (["b", "a"], None))


def test_a_list_goes_on_from_where_there_is_no_message_any_more(messages: Messages) -> None:
    create(messages, *"abcd")
    gone = Position(START + timedelta(milliseconds=2), "bb")

    assert a_list(messages, 100, gone) == (["b", "a"], None)


def test_a_hundred_messages_are_one_page(messages: Messages) -> None:
    ids = [f"m-{number:03}" for number in range(101)]
    create(messages, *ids)

    first, after = a_list(messages, 100)

    assert first == ids[:0:-1]
    assert a_list(messages, 100, after) == (ids[:1], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_clients_whose_names_begin_alike_share_no_page(messages: Messages, limit: int) -> None:
    clients = ["crm", "crm-x", "crm.x", "crm~", "cr", "CRM"]
    for number in range(3):
        at = START + timedelta(milliseconds=number)
        for client in clients:
            messages.create(a_message(message_id=f"m-{number}", client=client, created_at=at))

    for client in clients:
        listed = messages.list_for(client, NUMBER, limit, None)
        found = [message.key for message in listed.messages]
        while listed.last:
            listed = messages.list_for(client, NUMBER, limit, listed.last)
            found += [message.key for message in listed.messages]
        assert found == [key(f"m-{number}", client) for number in (2, 1, 0)]


def test_a_position_in_one_list_shows_nothing_of_another(messages: Messages) -> None:
    for client in ("crm", "crm-x", "cr"):
        for number, message_id in enumerate("abc"):
            at = START + timedelta(milliseconds=number)
            messages.create(a_message(message_id=message_id, client=client, created_at=at))

    for after in (Position(START + timedelta(days=1), "z"), Position(START, "a")):
        listed = messages.list_for("crm", NUMBER, 100, after)
        assert {message.client for message in listed.messages} <= {"crm"}


def test_one_id_of_two_clients_is_two_messages(messages: Messages) -> None:
    ours, theirs = a_message(), a_message(client="crm", text="theirs", claim="claim-2")
    messages.create(ours)
    messages.create(theirs)

    messages.change(theirs.key, Change.reported(a_report()))

    assert messages.get(ours.key) == ours
    changed = messages.get(theirs.key)
    assert changed is not None
    assert (changed.status, changed.text) == (Status.SENT, "theirs")
    assert messages.get(key(ID, "another")) is None


def test_an_id_is_taken_within_its_client_alone(messages: Messages) -> None:
    messages.create(a_message())
    messages.create(a_message(client="crm"))

    with pytest.raises(AlreadyStoredError) as taken:
        messages.create(a_message(client="crm", text="other", claim="other"))

    assert taken.value.stored == a_message(client="crm")


def test_both_of_one_id_are_due(messages: Messages) -> None:
    for client in ("clinic", "crm"):
        messages.create(a_message(client=client, due_at=DUE))

    found = sorted(messages.due(Waits.FOR_VOIPIT, LATER))
    assert found == [Due(DUE, KEY), Due(DUE, key(ID, "crm"))]
