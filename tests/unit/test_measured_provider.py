"""Every answer of Voipit is counted by its kind, and its time is measured."""

from typing import Any

import pytest

from sms_gateway.domain.circuit import OPENS
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason
from sms_gateway.entrypoints import measured_provider, metrics
from sms_gateway.entrypoints.measured_provider import MeasuredProvider, answer_metric
from tests.fakes.accounts import an_account
from tests.fakes.builders import a_message
from tests.fakes.provider import FakeProvider


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (ACCEPTED, "ProviderAccepted"),
        (refused("no"), "ProviderRefused"),
        (unclear(Reason.NO_ANSWER_IN_TIME), "ProviderUnclear"),
        (not_taken(Reason.NO_CONNECTION), "ProviderNotReached"),
        (not_taken(Reason.THROTTLED), "ProviderBusy"),
        *((not_taken(reason), "ProviderRejectedUs") for reason in OPENS),
    ],
)
def test_an_answer_is_counted_by_its_kind(outcome: Outcome, name: str) -> None:
    assert answer_metric(outcome) == name


def test_a_call_is_handed_on_counted_and_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, float]] = []

    def note(metric: Any, value: float) -> None:
        noted.append((str(metric), value))

    monkeypatch.setattr(metrics, "measure", note)
    monkeypatch.setattr(measured_provider, "measure", note)
    provider = FakeProvider()
    times = iter([100.0, 100.25])
    measured = MeasuredProvider(provider, lambda: next(times))

    assert measured.send(an_account(), a_message(), "https://callback.test/x") == ACCEPTED
    assert len(provider.handed) == 1
    assert noted == [("ProviderSeconds", 0.25), ("ProviderAccepted", 1)]
    assert measured.seconds_needed == provider.seconds_needed


def test_a_ping_is_handed_on_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[object] = []
    monkeypatch.setattr(metrics, "measure", lambda *values: noted.append(values))
    provider = FakeProvider()
    provider.will_answer_pings(refused("no"))
    assert MeasuredProvider(provider).ping(an_account()) == refused("no")
    assert (provider.pings, noted) == ([an_account()], [])
