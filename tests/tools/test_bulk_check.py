from math import comb

import pytest

from tools.bulk_check import ONE_IN, ROUNDED_TO, SOME, look_rounded

GOOD = [f"+40721{n:06}" for n in range(1, 200)]


def rounded(count: int) -> list[str]:
    return [f"+4072{n:03}0000" for n in range(1, count + 1)]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([], 0),
        (rounded(1), 0),
        (rounded(1) * 50, 0),
        (rounded(2), 2),
        (rounded(2) + GOOD[:198], 2),
        (rounded(2) + GOOD[:199], 0),
        (rounded(25), 25),
        ([f"{number[:-1]}1" for number in rounded(25)], 0),
        ([f"+4072{n}1000" for n in range(10, 40)], 0),
    ],
)
def test_two_and_one_in_a_hundred_are_suspiciously_many(numbers: list[str], found: int) -> None:
    assert len(look_rounded(numbers)) == found


def test_what_a_spreadsheet_makes_of_long_numbers_is_noticed() -> None:
    """`4.07212E+10` and `4.07E+10`, as numbers again."""
    phones = [40721234567 + 7919 * n for n in range(500)]
    for digits in (6, 3):
        shortened = [f"{int(float(f'{phone:.{digits - 1}e}'))}" for phone in phones]
        made = set(shortened)
        if len(made) >= SOME:
            assert look_rounded(shortened) == made


def test_a_good_file_looks_rounded_less_than_once_in_a_thousand_times() -> None:
    chance = 10 ** -len(ROUNDED_TO)
    for rows in [2, 100, 200, 201, 300, 1000, 5000]:
        too_many = max(SOME, -(-rows // ONE_IN))
        fewer = sum(comb(rows, k) * chance**k * (1 - chance) ** (rows - k) for k in range(too_many))
        assert 1 - fewer < 0.001
