import threading
from threading import Barrier, current_thread

import pytest

from sms_gateway.use_cases.lanes import lanes, side_by_side


def test_what_comes_back_stands_in_the_order_of_what_was_given() -> None:
    first_waits_for_second = Barrier(2, timeout=10)

    def double(number: int) -> int:
        if number < 2:
            first_waits_for_second.wait()
        return 2 * number

    assert side_by_side(double, range(5), 2) == [0, 2, 4, 6, 8]


def test_no_more_than_the_bound_are_at_work_at_once() -> None:
    three = Barrier(3, timeout=10)
    at_work: list[int] = []
    seen: list[int] = []

    def work(number: int) -> None:
        at_work.append(number)
        three.wait()
        seen.append(len(at_work))
        three.wait()
        at_work.remove(number)
        three.wait()

    side_by_side(work, range(9), 3)

    assert set(seen) == {3}


def test_the_first_that_fails_by_order_is_what_is_raised_and_no_thread_is_left() -> None:
    both_are_at_work = Barrier(2, timeout=10)
    before = threading.active_count()

    def fail(number: int) -> None:
        both_are_at_work.wait()
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"^0$"):
        side_by_side(fail, range(2), 2)

    assert threading.active_count() == before


@pytest.mark.parametrize("most", [1, 10])
def test_one_task_runs_in_the_thread_that_asks_for_it(most: int) -> None:
    assert side_by_side(lambda _: current_thread(), ["alone"], most) == [current_thread()]


def test_nothing_to_do_is_nothing_done() -> None:
    assert side_by_side(str, [], 10) == []


def test_with_one_lane_a_task_that_fails_is_told_of_when_its_result_is_asked_for() -> None:
    class Died(BaseException):
        pass

    def die() -> None:
        raise Died

    with lanes(1) as executor:
        ended = executor.submit(die)

    with pytest.raises(Died):
        ended.result()
