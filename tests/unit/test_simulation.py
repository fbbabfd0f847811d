"""The simulation behind docs/scale.md: its engine by known results, its model by reckoned walls."""

from dataclasses import replace
from math import factorial
from random import Random

import pytest

from pages.scale.engine import Bucket, Loop, Pool, Process
from pages.scale.gateway import Gateway, Settings, quantile
from pages.scale.walls import CHANGES, published

OPEN = Settings(key_rate=1e6, key_burst=1e6, route_rate=1e6, route_burst=1e6, table_units=1e6)
"""No limit of the API and none of the tables."""


def arriving(
    loop: Loop, rate: float, places: float, mean: float, *, wait: bool
) -> tuple[Pool, list[float]]:
    """Poisson arrivals, exponential service. How long each has waited; -1 if it went away."""
    random, stays = Random(1), list[float]()  # noqa: S311  a simulation
    pool = Pool(loop, places)

    def customer() -> Process:
        came = loop.now
        while not pool.enter():
            if not wait:
                stays.append(-1)
                return
            yield 0.02
        began = loop.now
        yield random.expovariate(1 / mean)
        pool.leave()
        stays.append(began - came)

    def arrivals() -> Process:
        while True:
            yield random.expovariate(rate)
            loop.begin(customer())

    loop.begin(arrivals())
    return pool, stays


def test_of_two_at_one_moment_the_first_goes_first_and_nothing_happens_beyond_the_end() -> None:
    loop, seen = Loop(), list[tuple[str, float]]()

    def process(name: str) -> Process:
        for _ in range(2):
            seen.append((name, loop.now))
            yield 1.0

    loop.begin(process("a"), 2)
    loop.begin(process("b"), 2)
    loop.run(2.5)

    assert seen == [("a", 2), ("b", 2)]
    assert loop.now == 2.5


def test_a_bucket_gives_its_burst_at_once_and_its_rate_from_then_on() -> None:
    loop = Loop()
    bucket = Bucket(loop, rate=10, burst=20)
    assert sum(bucket.take() for _ in range(100)) == 20
    loop.now = 1.0
    assert sum(bucket.take() for _ in range(100)) == 10
    loop.now = 100.0
    assert not bucket.take(21)
    assert bucket.take(20), "what was not there has taken nothing"


def test_without_a_limit_as_many_are_there_as_little_says() -> None:
    """L = λW: 20 a second for half a second are ten."""
    loop = Loop()
    pool, _ = arriving(loop, 20, float("inf"), 0.5, wait=False)
    loop.run(2_000)

    assert pool.mean == pytest.approx(10, rel=0.03)
    assert pool.most > 15


def test_where_nothing_waits_as_many_are_lost_as_erlang_b_says() -> None:
    load, places = 4.0, 5
    loop = Loop()
    _, stays = arriving(loop, load, places, 1.0, wait=False)
    loop.run(5_000)

    lost = stays.count(-1) / len(stays)
    assert lost == pytest.approx(erlang_b(load, places), rel=0.05)


def test_where_all_wait_they_wait_as_long_as_erlang_c_says() -> None:
    load, places = 1.5, 2
    loop = Loop()
    _, waits = arriving(loop, load, places, 1.0, wait=True)
    loop.run(4_000)

    blocked = erlang_b(load, places)
    waiting = blocked / (1 - load / places * (1 - blocked))
    assert sum(waits) / len(waits) == pytest.approx(waiting / (places - load), rel=0.1)


def erlang_b(load: float, places: int) -> float:
    terms = [load**n / factorial(n) for n in range(places + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0), ([3, 1, 2], 0.5, 2), ([3, 1, 2], 0.99, 3), ([1], 0, 1)],
)
def test_a_quantile_is_one_of_the_values(
    values: list[float], share: float, expected: float
) -> None:
    assert quantile(values, share) == expected


def test_the_same_seed_is_the_same_run() -> None:
    def run(seed: int) -> list[int]:
        return [s.taken for s in Gateway(Settings(), lambda _: 20, seed=seed).run(10).seconds]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_a_calm_gateway_takes_all_and_publishes_within_two_seconds() -> None:
    run = Gateway(Settings(), lambda _: 5).run(60)
    later = run.seconds[10:]

    assert all(not seen.refused for seen in run.seconds)
    assert run.taken == pytest.approx(300, rel=0.2)
    assert quantile([lag for seen in later for lag in seen.lags], 0.99) < 2
    assert later[-1].functions["send"] <= 8, "about two"


def test_a_key_gets_its_rate_and_the_rest_is_refused() -> None:
    run = Gateway(Settings(), lambda _: 290).run(20)

    assert run.taken == pytest.approx(200 + 20 * 100, rel=0.03)
    assert set().union(*(seen.refused for seen in run.seconds)) == {"ApiRateLimit"}


def test_functions_at_once_are_the_rate_times_the_seconds() -> None:
    run = Gateway(replace(OPEN, clients=10), lambda _: 200).run(30)
    sends = [seen.functions["send"] for seen in run.seconds[10:]]

    assert sum(sends) / len(sends) == pytest.approx(200 * 0.36, rel=0.1)


def test_an_account_with_ten_places_ends_at_the_wall_that_is_reckoned() -> None:
    run = Gateway(replace(OPEN, concurrency=10), lambda _: 60).run(40)
    taken = sum(seen.taken for seen in run.seconds[10:]) / 30

    assert 15 < taken < 10 / 0.38
    assert sum(seen.refused["concurrent executions"] for seen in run.seconds) > 0


def test_beyond_the_wall_of_publish_events_come_later_and_later_and_before_it_they_do_not() -> None:
    wall = published(OPEN) / CHANGES
    below = Gateway(replace(OPEN, clients=10), lambda _: wall * 0.8).run(25)
    beyond = Gateway(replace(OPEN, clients=10), lambda _: wall * 1.3).run(25)

    assert quantile(below.seconds[-1].lags, 0.99) < 2
    assert quantile(beyond.seconds[-1].lags, 0.5) > 3
    assert beyond.waiting > 5 * below.waiting


def test_more_lanes_move_the_wall_of_publish() -> None:
    wide = replace(OPEN, clients=10, lanes=4)
    run = Gateway(wide, lambda _: published(OPEN) / CHANGES * 1.3).run(20)

    assert quantile(run.seconds[-1].lags, 0.99) < 2


def test_a_second_of_gathering_saves_calls_of_publish() -> None:
    at_once = Gateway(Settings(window=0), lambda _: 2).run(60)
    gathered = Gateway(Settings(), lambda _: 2).run(60)

    assert gathered.calls["publish"] < 0.7 * at_once.calls["publish"]


def test_a_new_table_takes_its_units_and_no_more() -> None:
    run = Gateway(replace(OPEN, clients=20, table_units=600), lambda _: 200).run(12)
    taken = sum(seen.taken for seen in run.seconds[4:]) / 8

    assert taken == pytest.approx(600 / 4, rel=0.1)
    assert sum(sum(seen.refused.values()) for seen in run.seconds) > 200


def test_rows_of_one_client_are_in_conflict_where_those_of_many_are_not() -> None:
    one = Gateway(OPEN, lambda _: 700).run(6)
    many = Gateway(replace(OPEN, clients=50), lambda _: 700).run(6)

    def conflicts(run: Gateway) -> int:
        return sum(seen.refused["rows of the client's count"] for seen in run.seconds)

    assert conflicts(one) > 10 * max(1, conflicts(many))


def test_what_voipit_does_not_answer_within_ten_seconds_is_unconfirmed() -> None:
    slow = Gateway(replace(OPEN, voipit_places=2), lambda _: 10).run(60)

    assert sum(seen.unconfirmed for seen in slow.seconds) > 50
    latencies = [each for seen in slow.seconds for each in seen.latencies]
    assert max(latencies) < 12
