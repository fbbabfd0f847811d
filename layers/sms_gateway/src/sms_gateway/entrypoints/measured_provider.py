"""Voipit, with a metric for every answer and for its time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sms_gateway.domain.account import Account
from sms_gateway.domain.circuit import OPENS
from sms_gateway.domain.message import Message
from sms_gateway.domain.outcome import Outcome
from sms_gateway.domain.status import Reason, Trigger
from sms_gateway.entrypoints.metrics import Metric, count, measure
from sms_gateway.use_cases.ports import Provider

_BY_TRIGGER: Final = {
    Trigger.ACCEPTED: Metric.PROVIDER_ACCEPTED,
    Trigger.REFUSED: Metric.PROVIDER_REFUSED,
    Trigger.UNCLEAR: Metric.PROVIDER_UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class MeasuredProvider:
    """Implements the port `Provider`, by another one."""

    provider: Provider
    seconds: Callable[[], float] = time.monotonic

    @property
    def seconds_needed(self) -> float:
        """The longest one call can take, in seconds."""
        return self.provider.seconds_needed

    def send(self, account: Account, message: Message, send_result_to: str) -> Outcome:
        """Hand the message over, once. Never raises."""
        began = self.seconds()
        outcome = self.provider.send(account, message, send_result_to)
        measure(Metric.PROVIDER_SECONDS, self.seconds() - began)
        count(answer_metric(outcome))
        return outcome

    def ping(self, account: Account) -> Outcome:
        """Ask whether Voipit knows the account. Not counted: the circuit has a metric."""
        return self.provider.ping(account)


def answer_metric(outcome: Outcome) -> Metric:
    """What is counted for an answer."""
    if outcome.trigger in _BY_TRIGGER:
        return _BY_TRIGGER[outcome.trigger]
    if outcome.reason in OPENS:
        return Metric.PROVIDER_REJECTED_US
    if outcome.reason is Reason.THROTTLED:
        return Metric.PROVIDER_BUSY
    return Metric.PROVIDER_NOT_REACHED
