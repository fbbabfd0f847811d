from datetime import timedelta

import pytest

from sms_gateway.domain.errors import (
    InvalidValueError,
    StoreUnavailableError,
    SuppressionNotFoundError,
)
from sms_gateway.domain.guards import Suppression
from sms_gateway.use_cases.suppress import ReadSuppression, Suppress, Unsuppress
from tests.fakes.builders import NUMBER
from tests.fakes.clock import START, FakeClock
from tests.fakes.intake import FakeSuppressions
from tests.fakes.phone_numbers import FakePhoneNumbers


class Desk:
    """The three use cases on fakes."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.suppressions = FakeSuppressions()
        numbers = FakePhoneNumbers()
        self.suppress = Suppress(self.suppressions, numbers, self.clock)
        self.unsuppress = Unsuppress(self.suppressions, numbers)
        self._read = ReadSuppression(self.suppressions, numbers)

    def read(self, text: str) -> Suppression:
        return self._read(self._read.number(text))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_number_is_entered_with_the_time_and_who_has_said_so(desk: Desk) -> None:
    assert desk.suppress("clinic", NUMBER.e164) == NUMBER

    assert desk.read(NUMBER.e164) == Suppression(NUMBER, START, "clinic")


def test_entering_a_number_twice_is_entering_it_once(desk: Desk) -> None:
    desk.suppress("clinic", NUMBER.e164)
    desk.clock.advance(timedelta(days=1).total_seconds())

    assert desk.suppress("shop", NUMBER.e164) == NUMBER
    assert desk.read(NUMBER.e164) == Suppression(NUMBER, START, "clinic")


def test_a_number_that_is_taken_off_is_not_there_any_more(desk: Desk) -> None:
    desk.suppress("clinic", NUMBER.e164)

    for _ in range(2):
        assert desk.unsuppress(NUMBER.e164) == NUMBER

    with pytest.raises(SuppressionNotFoundError):
        desk.read(NUMBER.e164)


@pytest.mark.parametrize("text", ["112", "", "0721234567x"])
def test_what_is_no_number_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        desk.suppress("clinic", text)
    with pytest.raises(InvalidValueError):
        desk.unsuppress(text)
    with pytest.raises(InvalidValueError):
        desk.read(text)

    assert (refused.value.field, refused.value.code) == ("phoneNumber", "invalid-phone-number")
    assert desk.suppressions.entries == {}


def test_a_table_that_does_not_answer_is_told(desk: Desk) -> None:
    desk.suppressions.be_unavailable("put")
    desk.suppressions.be_unavailable("delete")
    desk.suppressions.be_unavailable("get")

    with pytest.raises(StoreUnavailableError):
        desk.suppress("clinic", NUMBER.e164)
    with pytest.raises(StoreUnavailableError):
        desk.unsuppress(NUMBER.e164)
    with pytest.raises(StoreUnavailableError):
        desk.read(NUMBER.e164)
