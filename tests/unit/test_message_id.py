from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.message_id import is_message_id, new_message_id
from tests.fakes.clock import START

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS)
def test_a_new_id_is_a_uuid_of_version_7(at: datetime) -> None:
    uuid = UUID(new_message_id(at))

    assert (uuid.version, uuid.variant) == (7, RFC_4122)


@given(MOMENTS)
def test_a_new_id_is_a_message_id_and_tells_its_millisecond(at: datetime) -> None:
    new = new_message_id(at)

    assert is_message_id(new)
    assert UUID(new).int >> 80 == int(at.timestamp() * 1000)


def test_later_ids_sort_later() -> None:
    ids = [new_message_id(START + timedelta(milliseconds=n)) for n in range(200)]

    assert ids == sorted(ids)


def test_ids_of_the_same_moment_differ() -> None:
    assert len({new_message_id(START) for _ in range(5000)}) == 5000


@pytest.mark.parametrize(
    "text",
    ["a", "0", "007", "...", ".a", "a.", "A-z_0.9~", "x" * 64, "-", "~", "batch1", "Preview"],
)
def test_what_survives_a_path_unescaped_is_a_message_id(text: str) -> None:
    assert is_message_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "batch",
        "preview",
        "",
        ".",
        "..",
        "x" * 65,
        "a\n",
        "\n",
        ".\n",
        "a/b",
        "a b",
        "a%20b",
        "ă",
        "a:b",
        "a\x00",
        "\u0661",
    ],
    ids=ascii,
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_message_id(text)


@given(st.text(max_size=70))
def test_a_message_id_holds_nothing_but_the_documented_characters(text: str) -> None:
    documented = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-")
    expected = set(text) <= documented and 1 <= len(text) <= 64 and text not in {".", ".."}

    assert is_message_id(text) is expected
