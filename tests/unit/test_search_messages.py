"""What operators look at, and what their cursors are good for."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from sms_gateway.domain.errors import MalformedRequestError, StoreUnavailableError
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.search import Search
from sms_gateway.domain.status import Status
from sms_gateway.use_cases.ports import Searched
from sms_gateway.use_cases.search_messages import (
    ListSuppressions,
    SearchMessages,
    SignedPlaces,
)
from tests.fakes.builders import NUMBER
from tests.fakes.clock import START, FakeClock
from tests.fakes.cursor_keys import FakeCursorKeys
from tests.fakes.intake import FakeSuppressions
from tests.fakes.phone_numbers import FakePhoneNumbers

if TYPE_CHECKING:
    from collections.abc import Callable

FAILED = Search(status=Status.FAILED)


class EndlessMessages:
    """A search that always goes on; it remembers where it was told to."""

    def __init__(self) -> None:
        self.places: list[str | None] = []
        self.searched: list[Search] = []

    def search(self, search: Search, limit: int, place: str | None, now: datetime) -> Searched:
        assert (limit, now) == (7, START)
        self.places.append(place)
        self.searched.append(search)
        return Searched((), place=f"place {len(self.places)}")


class Operator:
    """Both use cases with the same keys."""

    def __init__(self) -> None:
        self.keys = FakeCursorKeys()
        self.messages = EndlessMessages()
        self.suppressions = FakeSuppressions()
        places = SignedPlaces(self.keys)
        self.look = SearchMessages(self.messages, FakePhoneNumbers(), places, FakeClock())
        self.list = ListSuppressions(self.suppressions, places)

    def search(
        self, search: Search = FAILED, cursor: str | None = None, number: str | None = None
    ) -> str:
        _, following = self.look(self.look.checked(search, number), 7, cursor)
        assert following is not None
        return following


@pytest.fixture
def operator() -> Operator:
    operator = Operator()
    for last in "123":
        number = PhoneNumber(f"+4072123456{last}")
        operator.suppressions.put(Suppression(number, START, "crm"))
    return operator


def test_a_search_goes_on_where_its_cursor_says(operator: Operator) -> None:
    second = operator.search(cursor=operator.search())
    operator.search(cursor=second)

    assert operator.messages.places == [None, "place 1", "place 2"]


def test_a_number_is_looked_for_as_it_is_read(operator: Operator) -> None:
    operator.search(Search(client="crm"), number=NUMBER.e164)

    assert operator.messages.searched == [Search(phone_number=NUMBER, client="crm")]


def test_the_list_goes_on_where_its_cursor_says(operator: Operator) -> None:
    page, cursor = operator.list(2, None)
    rest, end = operator.list(2, cursor)

    assert [entry.phone_number.e164[-1] for entry in (*page, *rest)] == ["1", "2", "3"]
    assert end is None


@pytest.mark.parametrize(
    "other",
    [
        Search(status=Status.UNCONFIRMED),
        Search(status=Status.FAILED, client="crm"),
        Search(status=Status.FAILED, since=START),
        Search(status=Status.FAILED, until=START),
        Search(status=Status.FAILED, phone_number=NUMBER),
        Search(message_id="failed"),
    ],
)
def test_a_cursor_is_good_for_its_own_search_alone(operator: Operator, other: Search) -> None:
    cursor = operator.search()
    _, of_the_list = operator.list(1, None)

    for wrong in (cursor, of_the_list, "AAAA", cursor[:-1], cursor + "A"):
        with pytest.raises(MalformedRequestError) as refused:
            operator.search(other, wrong)
        assert refused.value.field == "cursor"
    with pytest.raises(MalformedRequestError):
        operator.list(1, cursor)


def test_a_key_that_cannot_be_read_is_a_store_that_does_not_answer(operator: Operator) -> None:
    cursor = operator.search()
    _, of_the_list = operator.list(1, None)
    operator.keys.available = False

    asks: list[Callable[[], Any]] = [
        operator.search,
        lambda: operator.search(cursor=cursor),
        lambda: operator.list(1, None),
        lambda: operator.list(1, of_the_list),
    ]
    for ask in asks:
        with pytest.raises(StoreUnavailableError):
            ask()
