from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.circuit import OPENS, Circuit, OpenReason, pause_before_ping
from sms_gateway.domain.status import Reason
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PINGED = [reason for reason in OpenReason if reason is not OpenReason.ACCOUNT_MISSING]


def an_open_circuit(reason: OpenReason = OpenReason.CREDENTIALS) -> Circuit:
    return Circuit(reason, since=START, next_ping_at=START + HOUR, failed="v1")


@pytest.mark.parametrize("reason", Reason)
def test_the_circuit_is_opened_by_what_counts_against_our_ip_and_by_nothing_else(
    reason: Reason,
) -> None:
    expected = {
        Reason.CREDENTIALS_REJECTED: "credentials",
        Reason.PATH_NOT_FOUND: "configuration",
        Reason.IP_BLOCKED: "ip-blocked",
        Reason.FORBIDDEN: "ip-blocked",
    }

    assert OPENS.get(reason) == expected.get(reason)


def test_a_circuit_nobody_has_opened_is_closed_and_wants_no_ping() -> None:
    circuit = Circuit()

    assert not circuit.is_open
    assert not circuit.wants_ping("v1", START + timedelta(days=99))


@pytest.mark.parametrize(
    ("reason", "version", "waited", "wanted"),
    [
        pytest.param(OpenReason.CREDENTIALS, "v1", HOUR - MINUTE, False, id="too early"),
        pytest.param(OpenReason.CREDENTIALS, "v1", HOUR, True, id="due"),
        pytest.param(OpenReason.CREDENTIALS, "v1", 9 * HOUR, True, id="overdue"),
        pytest.param(OpenReason.CREDENTIALS, "v2", timedelta(), True, id="the secret is mended"),
        pytest.param(OpenReason.CONFIGURATION, "v1", HOUR - MINUTE, False, id="same address"),
        pytest.param(OpenReason.CONFIGURATION, "v2", timedelta(), True, id="the address is mended"),
        pytest.param(
            OpenReason.IP_BLOCKED, "v2", HOUR - MINUTE, False, id="a new secret unblocks no IP"
        ),
        pytest.param(OpenReason.IP_BLOCKED, "v1", HOUR, True, id="the block may be over"),
    ],
)
def test_a_ping_is_wanted_when_it_is_time_or_something_was_mended(
    reason: OpenReason, version: str, waited: timedelta, *, wanted: bool
) -> None:
    assert an_open_circuit(reason).wants_ping(version, START + waited) is wanted


def test_without_an_account_nothing_is_pinged() -> None:
    missing = Circuit(OpenReason.ACCOUNT_MISSING, since=START)

    assert missing.is_open
    assert not missing.wants_ping("v1", START + timedelta(days=99))


@pytest.mark.parametrize(
    ("reason", "pauses"),
    [
        (OpenReason.IP_BLOCKED, [MINUTE * n for n in (1, 2, 4, 8, 15, 15)]),
        (OpenReason.CREDENTIALS, [5 * MINUTE, *(HOUR * n for n in (1, 2, 4, 8, 16, 24, 24))]),
        (OpenReason.CONFIGURATION, [HOUR * n for n in (1, 2, 4, 8, 16, 24, 24)]),
    ],
    ids=str,
)
def test_pings_are_spaced_out_further_and_further(
    reason: OpenReason, pauses: list[timedelta]
) -> None:
    assert [pause_before_ping(reason, pings) for pings in range(len(pauses))] == pauses


@given(st.sampled_from(PINGED), st.integers(0, 10**9))
def test_the_pause_never_shrinks_and_never_ends_the_asking(reason: OpenReason, pings: int) -> None:
    shorter, longer = (pause_before_ping(reason, n) for n in (pings, pings + 1))

    assert timedelta() < shorter <= longer <= 24 * HOUR


def test_a_wrong_password_is_asked_about_five_times_on_its_first_day() -> None:
    at, pings = timedelta(), 0
    while (at := at + pause_before_ping(OpenReason.CREDENTIALS, pings)) <= 24 * HOUR:
        pings += 1

    assert pings == 5


def test_a_circuit_remembers_when_a_ping_was_answered_403_last() -> None:
    blocked = an_open_circuit().after_ping(OpenReason.IP_BLOCKED, "v1", START + MINUTE)
    later = blocked.after_ping(OpenReason.CREDENTIALS, "v1", START + HOUR)

    assert blocked.blocked_at == later.blocked_at == START + MINUTE
    assert an_open_circuit().after_ping(None, "v1", START).blocked_at is None


def test_every_reason_that_is_pinged_about_has_its_pauses() -> None:
    for reason in PINGED:
        pauses = [pause_before_ping(reason, n) for n in range(20)]
        assert all(before <= after for before, after in pairwise(pauses))


def test_what_was_never_opened_is_not_outdated_by_a_proof() -> None:
    assert not Circuit().is_outdated_by(Circuit(proven="v1", proven_at=START))


def test_an_outage_that_was_stored_without_a_word_is_known_to_the_table() -> None:
    outage = an_open_circuit()

    assert outage.ping_until is None
    assert outage.is_outdated_by(outage)
