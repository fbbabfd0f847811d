"""The patterns of libphonenumber, read by us as Python reads them."""

import re
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata

from sms_gateway.adapters.number_ranges import digits_in_common, longest_beginning

KINDS = ("mobile", "fixed_line", "premium_rate", "shared_cost", "uan", "voicemail", "toll_free")
SMALL_PATTERNS = ("90[0136]\\d{2}", "(?:6[02]|7\\d)\\d{1,2}", "1(?:2(?:3|4)?)?5", "\\d{4}", "80|9")


def patterns() -> Iterator[str]:
    for region in phonenumbers.SUPPORTED_REGIONS:
        metadata = PhoneMetadata.metadata_for_region(region)
        for kind in KINDS:
            described = getattr(metadata, kind)
            if described and described.national_number_pattern:
                yield described.national_number_pattern


ALL_PATTERNS = sorted(set(patterns()))


@given(st.sampled_from(ALL_PATTERNS), st.data())
def test_every_pattern_is_read_to_the_end_of_what_it_matches(
    pattern: str, data: st.DataObject
) -> None:
    digits = data.draw(st.from_regex(pattern, fullmatch=True, alphabet="0123456789"))

    assert longest_beginning(pattern, digits) == len(digits)


def test_every_pattern_of_every_region_can_be_read() -> None:
    assert len(ALL_PATTERNS) > 500
    for pattern in ALL_PATTERNS:
        assert longest_beginning(pattern, "") == 0


@pytest.mark.parametrize("pattern", SMALL_PATTERNS)
def test_as_many_digits_count_as_begin_something_that_matches(pattern: str) -> None:
    every = [f"{number:0{length}}" for length in range(1, 6) for number in range(10**length)]
    matching = [digits for digits in every if re.fullmatch(pattern, digits)]
    beginnings = {digits[:end] for digits in matching for end in range(len(digits) + 1)}

    for digits in every[:11110]:
        expected = max(end for end in range(len(digits) + 1) if digits[:end] in beginnings)
        assert longest_beginning(pattern, digits) == expected, digits


@pytest.mark.parametrize("pattern", ["a", "[^0]", "0*", "(0)", "0+", "^0", ".", "\\D"])
def test_another_language_of_patterns_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a pattern"):
        longest_beginning(pattern, "0")


@pytest.mark.parametrize(
    ("national", "mobile", "never"),
    [("902123456", 0, 2), ("900123456", 0, 9), ("721234567", 9, 0), ("702923456", 3, 0)],
)
def test_the_nearest_range_of_some_kinds_counts(national: str, mobile: int, never: int) -> None:
    assert digits_in_common(national, "RO", ("mobile",)) == mobile
    assert digits_in_common(national, "RO", ("premium_rate", "shared_cost", "uan")) == never


def test_a_region_without_such_a_range_has_nothing_in_common() -> None:
    assert digits_in_common("21234567", "TA", ("mobile", "voicemail")) == 0
    assert digits_in_common("721234567", "001", ("mobile",)) == 0
