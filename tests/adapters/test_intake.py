"""The port `Intake`: one contract, held by the tables and by the fake that stands in for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms_gateway.adapters.intake import GuardedIntake
from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.errors import (
    ClientLimitError,
    GatewayError,
    InvalidValueError,
    LimitReachedError,
    RecipientLimitError,
    TokenUsedUpError,
)
from sms_gateway.domain.guards import HOUR, Limits, Suppression
from sms_gateway.domain.message import NO_TRY, Change, Message, OnUnconfirmed
from sms_gateway.domain.outcome import not_taken
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Reason, Status
from sms_gateway.use_cases.ports import (
    AlreadyStoredError,
    ChangeRefusedError,
    DoubleClickError,
    Intake,
    Messages,
    Suppressions,
)
from tests.fakes.builders import DUE, NUMBER, a_token
from tests.fakes.clock import START
from tests.fakes.intake import FakeIntake, FakeSuppressions
from tests.fakes.messages import InMemoryMessages
from tests.support.tables import a_guards_table, a_messages_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MIDNIGHT: Final = datetime(2026, 11, 23, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
MINUTE: Final = timedelta(minutes=1)
WINDOW: Final = timedelta(seconds=10)
OTHER: Final = PhoneNumber("+40721234568")
_ids = count()


def a_new(at: datetime = START, **changes: Any) -> Message:
    """A new message of its own, claimed by who stores it."""
    number = next(_ids)
    values: dict[str, Any] = {
        "message_id": f"m-{number}",
        "client": "clinic",
        "phone_number": NUMBER,
        "text": "Buna ziua",
        "metadata": {},
        "claim": f"claim-{number}",
        "kept_for": timedelta(days=30),
    }
    return Message.new(**values | {"at": at} | changes).claimed(DUE)


@dataclass(frozen=True)
class Door:
    """The way in under some limits, and what lies behind it."""

    intake: Intake
    suppressions: Suppressions
    everything: Callable[[], Any]
    """All that is stored, to be compared."""
    messages: Messages

    def stored(self, message: Message) -> Message:
        """The message as it was stored: the table keeps whole seconds of some times."""
        stored = self.messages.get(message.key)
        assert stored is not None
        return stored

    def change(self, message: Message, change: Change) -> Message:
        """The stored message, changed."""
        return self.messages.change(message.key, change)

    def takes(self, message: Message, *, id_is_chosen: bool = True) -> bool:
        """Whether the message is stored; no other refusal than for a limit is expected."""
        try:
            self.intake.store(message, id_is_chosen=id_is_chosen)
        except LimitReachedError:
            return False
        return True

    def wait(self, message: Message) -> timedelta:
        """How long the message is told to wait. It is refused, that is."""
        with pytest.raises(LimitReachedError) as refused:
            self.intake.store(message, id_is_chosen=True)
        return refused.value.retry_after

    def refusal(self, message: Message, **how: Any) -> Exception:
        """Why the message is not stored; and nothing is left of it."""
        before = self.everything()
        with pytest.raises((GatewayError, AlreadyStoredError, DoubleClickError)) as refused:
            self.intake.store(message, **{"id_is_chosen": True, **how})
        assert self.everything() == before, "a refused message leaves nothing behind"
        return refused.value


def in_memory(_: "DynamoDBClient", limits: Limits) -> Door:
    messages, suppressions = InMemoryMessages(), FakeSuppressions()
    intake = FakeIntake(messages, limits, suppressions)

    def everything() -> Any:
        counted = {number: list(sent) for number, sent in intake.sent.items()}
        counts = intake.counted.copy(), intake.used.copy()
        return messages.rows, suppressions.entries.copy(), counted, counts

    return Door(intake, suppressions, everything, messages)


def in_dynamodb(client: "DynamoDBClient", limits: Limits) -> Door:
    messages, guards = a_messages_table(client), a_guards_table(client)

    def everything() -> list[Any]:
        items = [client.scan(TableName=name)["Items"] for name in (messages.table_name, guards)]
        return [sorted(map(str, rows)) for rows in items]

    return Door(
        GuardedIntake(messages, guards, limits),
        SuppressionsTable(client, guards),
        everything,
        messages,
    )


Opening = Callable[..., Door]


@pytest.fixture(params=[in_memory, in_dynamodb], ids=["fake", "tables"])
def a_door(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> Opening:
    """Opens a way in under limits given by name."""
    return lambda **limits: request.param(dynamodb, Limits(**limits))


ALL: Final[dict[str, Any]] = {
    "recipient_hourly": 1,
    "recipient_daily": 1,
    "client_daily": 1,
    "double_click": WINDOW,
    "suppressions": True,
}
"""Every guard there is, each at its strictest."""


# --- an access token -------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [{}, {"client_daily": 9}, {"recipient_hourly": 9}])
@pytest.mark.parametrize("most", [1, 3])
def test_a_token_sends_so_many_messages_and_not_one_more(
    a_door: Opening, most: int, limits: dict[str, Any]
) -> None:
    door, token = a_door(**limits), a_token(max_messages=most)

    for _ in range(most):
        door.intake.store(a_new(from_page=True), id_is_chosen=True, token=token)

    for _ in range(2):
        refused = door.refusal(a_new(from_page=True), token=token)
        assert isinstance(refused, TokenUsedUpError)


def test_one_token_used_up_leaves_another_as_it_is(a_door: Opening) -> None:
    door = a_door()
    for token_id in ("one", "another"):
        door.intake.store(a_new(), id_is_chosen=True, token=a_token(token_id=token_id))


def test_a_message_that_is_refused_uses_nothing_of_its_token_up(a_door: Opening) -> None:
    door, token = a_door(recipient_hourly=1, suppressions=True), a_token()
    door.suppressions.put(Suppression(OTHER, START, "clinic"))
    first = a_new()
    door.intake.store(first, id_is_chosen=True)

    assert isinstance(door.refusal(a_new(phone_number=OTHER), token=token), InvalidValueError)
    assert isinstance(door.refusal(a_new(), token=token), RecipientLimitError)
    repeated = replace(first, claim="another")
    assert isinstance(door.refusal(repeated, token=token), AlreadyStoredError)

    door.intake.store(a_new(START + HOUR), id_is_chosen=True, token=token)


def test_a_stored_id_goes_before_a_token_that_is_used_up_and_that_before_everything_else(
    a_door: Opening,
) -> None:
    """So a used token is told of nothing but what a page has sent already."""
    door, token = a_door(**ALL), a_token()
    first = a_new()
    door.intake.store(first, id_is_chosen=True, token=token)
    door.suppressions.put(Suppression(NUMBER, START, "clinic"))

    repeated = replace(first, claim="another")
    assert isinstance(door.refusal(repeated, token=token), AlreadyStoredError)
    assert isinstance(door.refusal(a_new(), token=token), TokenUsedUpError)
    assert isinstance(door.refusal(a_new(), token=token, id_is_chosen=False), TokenUsedUpError)


# --- the hour of a recipient -----------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_so_many_messages_an_hour_and_not_one_more(a_door: Opening, limit: int) -> None:
    door = a_door(recipient_hourly=limit)

    taken = [door.takes(a_new(START + n * MILLISECOND)) for n in range(limit + 3)]

    assert taken == [True] * limit + [False] * 3


def test_the_hour_slides(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2)
    minutes = {0: True, 50: True, 59: False, 60: True, 61: False, 109: False, 110: True, 119: False}

    assert {at: door.takes(a_new(START + at * MINUTE)) for at in minutes} == minutes


@pytest.mark.parametrize(("early", "taken"), [(timedelta(), True), (MILLISECOND, False)])
def test_an_hour_is_over_to_the_millisecond(
    a_door: Opening, early: timedelta, *, taken: bool
) -> None:
    door = a_door(recipient_hourly=1)
    door.takes(a_new(START))

    assert door.takes(a_new(START + HOUR - early)) is taken


def test_who_is_at_the_hourly_limit_waits_until_the_earliest_that_counts_is_an_hour_old(
    a_door: Opening,
) -> None:
    door = a_door(recipient_hourly=3)
    for minutes in (0, 10, 20, 60):
        assert door.takes(a_new(START + minutes * MINUTE))
    now = START + 65 * MINUTE

    assert door.wait(a_new(now)) == 5 * MINUTE
    assert not door.takes(a_new(now + 5 * MINUTE - MILLISECOND))
    assert door.takes(a_new(now + 5 * MINUTE))


def test_the_hour_goes_on_across_midnight(a_door: Opening) -> None:
    door = a_door(recipient_hourly=1)
    door.takes(a_new(MIDNIGHT - 20 * MINUTE))

    assert door.wait(a_new(MIDNIGHT - 10 * MINUTE)) == 50 * MINUTE
    assert not door.takes(a_new(MIDNIGHT))
    assert door.takes(a_new(MIDNIGHT + 40 * MINUTE))


# --- the day of a recipient ------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 3])
def test_so_many_messages_a_day_and_not_one_more(a_door: Opening, limit: int) -> None:
    door = a_door(recipient_daily=limit)

    taken = [door.takes(a_new(START + n * 2 * HOUR)) for n in range(limit + 1)]

    assert taken == [True] * limit + [False]


def test_who_is_at_the_daily_limit_waits_for_midnight_utc(a_door: Opening) -> None:
    door = a_door(recipient_hourly=1, recipient_daily=1)
    door.takes(a_new(START))

    assert door.wait(a_new(START + 2 * HOUR)) == MIDNIGHT - START - 2 * HOUR
    assert not door.takes(a_new(MIDNIGHT - MILLISECOND))
    assert door.takes(a_new(MIDNIGHT))


def test_a_day_is_one_of_utc_wherever_the_clock_stands(a_door: Opening) -> None:
    door = a_door(recipient_daily=1)
    bucharest = datetime.fromisoformat("2026-11-23T01:30:00+02:00")
    door.takes(a_new(START))

    assert not door.takes(a_new(bucharest))
    assert door.takes(a_new(bucharest + HOUR))


def test_the_hour_and_the_day_hold_both(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2, recipient_daily=3)
    minutes = {0: True, 1: True, 2: False, 60: True, 61: False, 200: False}

    assert {at: door.takes(a_new(START + at * MINUTE)) for at in minutes} == minutes


def test_a_number_that_gets_many_messages_never_gets_more_than_an_hour_allows(
    a_door: Opening,
) -> None:
    """More than its row has room for."""
    door = a_door(recipient_hourly=2, recipient_daily=0)
    taken = [n for n in range(200) if door.takes(a_new(START + n * 15 * MINUTE))]

    assert taken == [n for n in range(200) if n % 4 < 2]


def test_every_number_is_counted_for_itself_and_every_client_counts(a_door: Opening) -> None:
    door = a_door(recipient_hourly=1, recipient_daily=1)

    assert door.takes(a_new(client="clinic"))
    assert not door.takes(a_new(client="shop"))
    assert door.takes(a_new(client="shop", phone_number=OTHER))


# --- the day of a client ---------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_so_many_messages_of_a_client_and_not_one_more(a_door: Opening, limit: int) -> None:
    door = a_door(client_daily=limit)

    taken = [door.takes(a_new(START + n * MILLISECOND)) for n in range(limit + 2)]

    assert taken == [True] * limit + [False] * 2


def test_a_client_at_its_limit_waits_for_midnight_utc(a_door: Opening) -> None:
    door = a_door(client_daily=1)
    door.takes(a_new(START))

    assert door.wait(a_new(START + HOUR)) == MIDNIGHT - START - HOUR
    assert not door.takes(a_new(MIDNIGHT - MILLISECOND))
    assert door.takes(a_new(MIDNIGHT))
    assert not door.takes(a_new(MIDNIGHT))


def test_every_client_is_counted_for_itself(a_door: Opening) -> None:
    door = a_door(client_daily=1)

    assert door.takes(a_new(client="clinic"))
    assert door.takes(a_new(client="shop"))
    assert not door.takes(a_new(client="clinic", phone_number=OTHER))


def test_a_limit_of_zero_is_none(a_door: Opening) -> None:
    door = a_door(recipient_hourly=0, recipient_daily=0, client_daily=0, double_click=timedelta())
    door.suppressions.put(Suppression(NUMBER, START, "clinic"))

    assert all(door.takes(a_new(), id_is_chosen=False) for _ in range(20))


# --- the do-not-contact list -----------------------------------------------------------------


def test_nobody_on_the_list_is_texted(a_door: Opening) -> None:
    door = a_door(suppressions=True)
    door.suppressions.put(Suppression(NUMBER, START, "shop"))

    refusal = door.refusal(a_new())

    assert isinstance(refusal, InvalidValueError)
    assert (refusal.field, refusal.code) == ("phoneNumber", "suppressed")
    assert door.takes(a_new(phone_number=OTHER))
    door.suppressions.delete(NUMBER)
    assert door.takes(a_new())


# --- the double click ------------------------------------------------------------------------


def clicked(door: Door, message: Message, **how: Any) -> str:
    """Of which message this is a double click."""
    refusal = door.refusal(message, id_is_chosen=False, **how)
    assert isinstance(refusal, DoubleClickError)
    return refusal.first.message_id


def test_an_equal_message_a_moment_later_is_a_double_click_of_the_first(a_door: Opening) -> None:
    door = a_door(double_click=WINDOW)
    first = a_new()
    door.intake.store(first, id_is_chosen=False)

    assert clicked(door, a_new(START)) == first.message_id
    assert clicked(door, a_new(START + WINDOW - MILLISECOND)) == first.message_id


def test_an_equal_message_later_on_is_another_message_and_the_next_first(a_door: Opening) -> None:
    door = a_door(double_click=WINDOW)
    second = a_new(START + WINDOW)
    door.intake.store(a_new(), id_is_chosen=False)

    assert door.takes(second, id_is_chosen=False)
    assert clicked(door, a_new(START + WINDOW + MILLISECOND)) == second.message_id


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True)])
def test_who_gives_ids_has_not_clicked_twice(a_door: Opening, *, first: bool, second: bool) -> None:
    door = a_door(double_click=WINDOW)

    assert door.takes(a_new(), id_is_chosen=first)
    assert door.takes(a_new(), id_is_chosen=second)


@pytest.mark.parametrize(
    "difference",
    [
        {"client": "shop"},
        {"phone_number": OTHER},
        {"text": "buna ziua"},
        {"metadata": {"patient": "1"}},
        {"send_at": START + HOUR},
        {"valid_until": START + HOUR},
        {"on_unconfirmed": OnUnconfirmed.RESEND},
        {"cut_from": 161},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_a_message_that_asks_for_something_else_is_no_double_click(
    a_door: Opening, difference: dict[str, Any]
) -> None:
    door = a_door(double_click=WINDOW)
    door.intake.store(a_new(), id_is_chosen=False)

    assert door.takes(a_new(**difference), id_is_chosen=False)


def test_what_was_said_before_something_else_was_said_is_no_double_click(a_door: Opening) -> None:
    door = a_door(double_click=WINDOW)
    for text in ("Confirmed", "Cancelled", "Confirmed"):
        assert door.takes(a_new(text=text), id_is_chosen=False)


def test_metadata_has_no_order_and_a_time_no_zone(a_door: Opening) -> None:
    door = a_door(double_click=WINDOW)
    later = datetime(2026, 11, 24, 8, tzinfo=UTC)
    first = a_new(metadata={"a": "1", "b": "2"}, send_at=later)
    door.intake.store(first, id_is_chosen=False)
    in_bucharest = datetime.fromisoformat("2026-11-24T10:00:00+02:00")

    again = a_new(metadata={"b": "2", "a": "1"}, send_at=in_bucharest)

    assert clicked(door, again) == first.message_id


def test_a_double_click_is_not_counted(a_door: Opening) -> None:
    door = a_door(double_click=WINDOW, recipient_hourly=2, client_daily=2)
    door.intake.store(a_new(), id_is_chosen=False)
    for _ in range(5):
        clicked(door, a_new())

    assert [door.takes(a_new()), door.takes(a_new())] == [True, False]


def test_instead_of_the_last_one_an_equal_message_is_stored(a_door: Opening) -> None:
    door = a_door(double_click=WINDOW)
    first, second = a_new(), a_new(START + MILLISECOND)
    door.intake.store(first, id_is_chosen=False)

    door.intake.store(second, id_is_chosen=False, instead_of=first.message_id)

    assert clicked(door, a_new(START + 2 * MILLISECOND)) == second.message_id
    late = a_new(START + 3 * MILLISECOND)
    assert clicked(door, late, instead_of=first.message_id) == second.message_id, "overtaken"


@pytest.mark.parametrize(
    ("clicked_after", "is_one"), [(WINDOW - MILLISECOND, True), (WINDOW, False)]
)
def test_a_double_click_is_told_by_when_the_requests_came_in(
    a_door: Opening, clicked_after: timedelta, *, is_one: bool
) -> None:
    door = a_door(double_click=WINDOW)
    first, second = a_new(START + MINUTE), a_new(START + 2 * MINUTE)
    door.intake.store(first, id_is_chosen=False, clicked_at=START)

    if is_one:
        assert clicked(door, second, clicked_at=START + clicked_after) == first.message_id
    else:
        door.intake.store(second, id_is_chosen=False, clicked_at=START + clicked_after)


# --- claims ----------------------------------------------------------------------------------


def waiting(door: Door, at: datetime = START, **changes: Any) -> Message:
    """A message that is stored to be sent later."""
    values = {"send_at": at + MINUTE} | changes
    message = replace(a_new(at, **values), attempt=0, open_tries=NO_TRY).waiting(None, DUE)
    message = replace(message, status=Status.QUEUED)
    door.intake.store(message, id_is_chosen=True)
    return door.stored(message)


def in_doubt(door: Door, at: datetime = START, **changes: Any) -> Message:
    """A message whose first try was unclear, stored."""
    new = a_new(at, on_unconfirmed=OnUnconfirmed.RESEND, **changes)
    door.intake.store(replace(new, status=Status.UNCONFIRMED), id_is_chosen=True)
    return door.stored(new)


def claim(door: Door, message: Message, at: datetime = START) -> Message:
    return door.intake.claim(message, Change.claiming(message, f"claim-{next(_ids)}", at, DUE))


def claims(door: Door, message: Message, at: datetime = START) -> bool:
    """Whether the message is claimed; no other refusal than for a limit is expected."""
    before = door.everything()
    try:
        claim(door, message, at)
    except LimitReachedError:
        assert door.everything() == before, "a refused claim leaves nothing behind"
        return False
    return True


@pytest.mark.parametrize("limits", [{}, ALL | {"recipient_daily": 2}], ids=["none", "all"])
def test_a_message_that_waits_is_claimed(a_door: Opening, limits: dict[str, Any]) -> None:
    door = a_door(**limits)
    message = waiting(door)
    change = Change.claiming(message, "claim", START + HOUR, DUE)

    claimed = door.intake.claim(message, change)

    assert claimed == message.after(change)
    with pytest.raises(ChangeRefusedError) as refused:
        door.intake.claim(message, change)
    assert refused.value.stored == claimed


def test_a_claim_that_the_message_does_not_take_goes_before_every_refusal(a_door: Opening) -> None:
    door = a_door(**ALL)
    message = waiting(door)
    door.takes(a_new(START))
    door.suppressions.put(Suppression(NUMBER, START, "clinic"))

    with pytest.raises(ChangeRefusedError):
        claim(door, replace(message, version=7))


def test_a_message_to_a_number_that_came_onto_the_list_is_not_claimed(a_door: Opening) -> None:
    door = a_door(suppressions=True)
    message = waiting(door)
    door.suppressions.put(Suppression(NUMBER, START, "shop"))
    before = door.everything()

    with pytest.raises(InvalidValueError) as refused:
        claim(door, message)

    assert (refused.value.code, door.everything()) == ("suppressed", before)


def test_a_number_that_the_caller_has_just_seen_off_the_list_is_not_looked_for_again(
    a_door: Opening,
) -> None:
    door = a_door(suppressions=True)
    message = waiting(door)
    door.suppressions.put(Suppression(NUMBER, START, "shop"))

    door.intake.store(a_new(), id_is_chosen=True, is_unlisted=True)
    claimed = door.intake.claim(
        message, Change.claiming(message, "claim-2", START, DUE), is_unlisted=True
    )

    assert claimed.status is Status.SENDING


def test_what_is_scheduled_counts_when_it_is_claimed(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2)
    first, second, third = (waiting(door) for _ in range(3))

    assert [claims(door, each, START + HOUR) for each in (first, second, third)] == [
        True,
        True,
        False,
    ]
    assert not door.takes(a_new(START + HOUR))
    assert claims(door, third, START + 2 * HOUR)


def test_a_claim_without_room_is_told_how_long_to_wait(a_door: Opening) -> None:
    door = a_door(recipient_hourly=1)
    message = waiting(door)
    door.takes(a_new(START + 10 * MINUTE))

    with pytest.raises(RecipientLimitError) as refused:
        claim(door, message, START + 30 * MINUTE)

    assert refused.value.retry_after == 40 * MINUTE


def test_claims_are_held_against_the_hour_before_midnight_and_the_day_after_it(
    a_door: Opening,
) -> None:
    door = a_door(recipient_hourly=2, recipient_daily=3)
    messages = [waiting(door, MIDNIGHT - HOUR) for _ in range(6)]
    at = [MIDNIGHT + minutes * MINUTE for minutes in (-20, -10, 0, 40, 50, 120)]

    claimed = [claims(door, each, when) for each, when in zip(messages, at, strict=True)]

    assert claimed == [True, True, False, True, True, True]
    assert not claims(door, messages[2], at[-1] + HOUR), "three a day"


def test_what_was_counted_when_it_was_stored_moves_its_place(a_door: Opening) -> None:
    door = a_door(recipient_hourly=1)
    message = waiting(door, send_at=None)

    assert claims(door, message, START + 30 * MINUTE)
    assert not door.takes(a_new(START + HOUR))
    assert door.takes(a_new(START + 90 * MINUTE))


def test_a_message_is_claimed_again_and_again_in_one_place(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2, recipient_daily=2)
    message = waiting(door)
    for number in range(1, 25):
        at = START + number * MINUTE
        claimed = claim(door, message, at)
        given_back = Change.after(not_taken(Reason.NO_CONNECTION), claimed, at, DUE)
        message = door.change(claimed, given_back)

    assert door.takes(a_new(START + 30 * MINUTE))
    assert not door.takes(a_new(START + 31 * MINUTE))


def test_a_place_that_is_an_hour_old_does_not_keep_the_room_it_had(a_door: Opening) -> None:
    door = a_door(recipient_hourly=1)
    message = waiting(door, send_at=None)
    door.takes(a_new(START + 61 * MINUTE))

    assert not claims(door, message, START + 90 * MINUTE)
    assert claims(door, message, START + 121 * MINUTE)


def test_a_resend_counts_once_more_for_its_recipient(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2)
    message = in_doubt(door)

    assert claims(door, message, START + MINUTE)
    assert not door.takes(a_new(START + 2 * MINUTE))
    assert door.takes(a_new(START + HOUR)), "the first try is an hour ago"
    assert not door.takes(a_new(START + HOUR))


def test_a_resend_that_was_not_taken_is_claimed_again_in_its_own_place(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2, client_daily=2)
    message = in_doubt(door)
    for number in range(1, 5):
        at = START + number * MINUTE
        claimed = claim(door, message, at)
        given_back = Change.after(not_taken(Reason.NO_CONNECTION), claimed, at, DUE)
        message = door.change(claimed, given_back)

    assert message.status is Status.UNCONFIRMED
    assert door.wait(a_new(START + 5 * MINUTE)) == 55 * MINUTE


def test_a_resend_counts_for_its_client_on_the_day_it_is_claimed(a_door: Opening) -> None:
    door = a_door(client_daily=1)
    message = in_doubt(door)

    with pytest.raises(ClientLimitError) as refused:
        claim(door, message, START + HOUR)
    assert refused.value.retry_after == MIDNIGHT - START - HOUR
    assert claims(door, message, MIDNIGHT)
    assert not door.takes(a_new(MIDNIGHT, phone_number=OTHER))


def test_other_claims_do_not_count_for_the_client(a_door: Opening) -> None:
    door = a_door(client_daily=1)
    message = waiting(door)

    assert claims(door, message, START + HOUR)


# --- what goes before what -------------------------------------------------------------------


@pytest.mark.parametrize("id_is_chosen", [True, False], ids=["chosen", "given"])
def test_an_id_that_is_taken_goes_before_every_refusal(
    a_door: Opening, *, id_is_chosen: bool
) -> None:
    door = a_door(**ALL)
    first = a_new()
    door.intake.store(first, id_is_chosen=id_is_chosen)
    door.suppressions.put(Suppression(NUMBER, START, "clinic"))

    refusal = door.refusal(replace(a_new(), message_id=first.message_id), id_is_chosen=id_is_chosen)

    assert isinstance(refusal, AlreadyStoredError)
    assert refusal.stored.claim == first.claim


def test_then_comes_the_double_click_then_the_list_then_the_recipient_then_the_client(
    a_door: Opening,
) -> None:
    door = a_door(**ALL)
    first = a_new()
    door.intake.store(first, id_is_chosen=False)
    door.suppressions.put(Suppression(NUMBER, START, "clinic"))

    assert clicked(door, a_new()) == first.message_id
    suppressed = door.refusal(a_new())
    assert isinstance(suppressed, InvalidValueError)
    assert suppressed.code == "suppressed"
    door.suppressions.delete(NUMBER)
    assert isinstance(door.refusal(a_new()), RecipientLimitError)
    assert isinstance(door.refusal(a_new(phone_number=OTHER)), ClientLimitError)


def test_a_replay_is_not_counted(a_door: Opening) -> None:
    door = a_door(recipient_hourly=2, recipient_daily=2, client_daily=2)
    first = a_new()
    door.intake.store(first, id_is_chosen=True)
    for _ in range(5):
        again = replace(a_new(), message_id=first.message_id)
        assert isinstance(door.refusal(again), AlreadyStoredError)

    assert [door.takes(a_new()), door.takes(a_new())] == [True, False]


# --- any sequence of messages, against a plain model -----------------------------------------


@dataclass(frozen=True)
class Asked:
    """One message that somebody asks for, so long after the one before."""

    after: timedelta
    client: str
    phone_number: PhoneNumber


SEQUENCES = st.lists(
    st.builds(
        Asked,
        st.sampled_from([timedelta(), MILLISECOND, 20 * MINUTE, HOUR - MILLISECOND, HOUR])
        | st.integers(0, 5 * 3_600_000).map(lambda n: n * MILLISECOND),
        st.sampled_from(["clinic", "shop"]),
        st.sampled_from([NUMBER, NUMBER, OTHER]),
    ),
    max_size=16,
)
LIMITS = st.builds(Limits, st.integers(0, 3), st.integers(0, 5), st.integers(0, 6))


class Model:
    """The limits as they are told to people. It looks at everything that was taken."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.taken: list[tuple[datetime, str, PhoneNumber]] = []

    def lets_recipient(self, at: datetime, _: str, phone_number: PhoneNumber) -> bool:
        to_it = [t[0] for t in self.taken if t[2] == phone_number]
        today = [earlier for earlier in to_it if earlier.date() == at.date()]
        in_an_hour = [earlier for earlier in to_it if at - earlier < HOUR]
        hourly, daily = self.limits.recipient_hourly, self.limits.recipient_daily
        return (not hourly or len(in_an_hour) < hourly) and (not daily or len(today) < daily)

    def lets_client(self, at: datetime, client: str, _: PhoneNumber) -> bool:
        of_it = [t for t in self.taken if t[0].date() == at.date() and t[1] == client]
        return not self.limits.client_daily or len(of_it) < self.limits.client_daily


def no_limit_is_ever_exceeded(door: Door, limits: Limits, sequence: Sequence[Asked]) -> None:
    """Every message is taken exactly if the model lets it, and no wait is too short or too long."""
    model, now = Model(limits), START
    for asked in sequence:
        now += asked.after
        who = (asked.client, asked.phone_number)
        message = a_new(now, client=asked.client, phone_number=asked.phone_number)
        if model.lets_recipient(now, *who) and model.lets_client(now, *who):
            assert door.takes(message)
            model.taken.append((now, *who))
            continue
        refusal = door.refusal(message)
        assert isinstance(refusal, LimitReachedError)
        at_the_recipient = isinstance(refusal, RecipientLimitError)
        lets = model.lets_recipient if at_the_recipient else model.lets_client
        assert lets(now + refusal.retry_after, *who)
        assert not lets(now + refusal.retry_after - MILLISECOND, *who)


@given(limits=LIMITS, sequence=SEQUENCES)
def test_the_fake_never_exceeds_a_limit(limits: Limits, sequence: list[Asked]) -> None:
    messages = InMemoryMessages()
    intake = FakeIntake(messages, limits)
    door = Door(intake, FakeSuppressions(), lambda: messages.rows, messages)

    no_limit_is_ever_exceeded(door, limits, sequence)


@settings(max_examples=40)
@given(limits=LIMITS, sequence=SEQUENCES)
def test_the_tables_never_exceed_a_limit(
    dynamodb: "DynamoDBClient", limits: Limits, sequence: list[Asked]
) -> None:
    no_limit_is_ever_exceeded(in_dynamodb(dynamodb, limits), limits, sequence)
