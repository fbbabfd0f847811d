"""One run: the local stack comes up, is loaded step by step, and every message is accounted for."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Final

from benchmarks.load.account import Account, account_of, trouble
from benchmarks.load.empty_function import EmptyFunction, empty_function
from benchmarks.load.figures import Answer, Step, side
from benchmarks.load.senders import Route
from local.log_lines import LogLines
from local.processes import LocalStackError
from local.simulator.server import running_simulator
from local.simulator.settings import Settings
from local.stack import LocalStack, Provider, running_stack
from local.witnesses import accepted, dead_letters
from sms_gateway_client import SETTLED
from tools.progress import console, step

LONGEST: Final = 180.0
"""Seconds for everything: a step that would not be over in time is left out."""
END: Final = 20.0
"""Seconds of them that are kept for the account at the end."""
BESIDE: Final = 5.0
"""Seconds that a step takes beside the measuring: functions start, messages settle."""
GROWTH: Final = 1.5
"""How much longer than a step the next one takes."""
DRAINED_WITHIN: Final = 20.0
SETTLED_WITHIN: Final = 150.0
"""Seconds: without its report a message becomes `no_report` after a minute, when `watch` looks."""
BETWEEN_LOOKS: Final = 0.5
SECOND_THOUGHTS: Final = 2.0
"""Seconds in which a second SMS or a late log line would come."""
_MANY: Final = "1000000"
_THROTTLE: Final = "10000"
_PARAMETERS: Final = {
    "ReportDeadlineMinutes": "1",
    # The limits are counted as ever, and none is met: that of a number is not, since each gets one.
    "ClientDailyLimit": _MANY,
    "RouteRateLimit": _THROTTLE,
    "RouteBurstLimit": _THROTTLE,
}


def load(senders: Sequence[int], seconds: float) -> tuple[list[Step], Account]:
    """Measure each step for so many seconds per function.

    Only the simulator of Voipit is sent to, whatever the environment says.

    Raises:
        LocalStackError: the stack did not come up, or did not send a first message.
    """
    until = time.monotonic() + LONGEST - END
    with ExitStack() as running:
        account = Provider("")
        simulator = running_simulator(
            Settings(account_number=account.account_number, password=account.password)
        )
        provider = replace(account, url=running.enter_context(simulator))
        stack = running.enter_context(running_stack(provider, _PARAMETERS, stack_name="load"))
        run = Loading(stack, running.enter_context(empty_function(stack)))
        with step("sending a first message"):
            run.begin()
        counts = in_time(senders, 2 * seconds + BESIDE, until)
        steps = [run.step(count, seconds) for count in counts]
        with step("waiting until everything has settled, and drawing up the account"):
            found = run.account()
        with step("taking everything away"):
            running.close()
    return steps, found


def in_time(
    senders: Sequence[int],
    least: float,
    until: float,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[int]:
    """The steps that can be over at `until`, a reading of the clock `now`.

    The first takes at least so many seconds, and each later one longer than those before it: the
    more senders, the more functions start.
    """
    expected = least
    for place, count in enumerate(senders):
        began = now()
        if began + expected > until:
            left_out = ", ".join(map(str, senders[place:]))
            console.print(f"[yellow]No time is left for a step of {left_out} senders.[/yellow]")
            return
        yield count
        expected = max(expected, GROWTH * (now() - began))


@dataclass(slots=True)
class Loading:
    """A deployed stack, and every answer that its gateway has given so far."""

    stack: LocalStack
    empty: EmptyFunction
    answers: list[Answer] = field(default_factory=list)
    _route: Route = field(init=False)
    _lines: LogLines = field(init=False)

    def __post_init__(self) -> None:
        self._route = Route(f"{self.stack.api_url}/messages", self.stack.api_key)
        self._lines = LogLines(self.stack.aws("logs"))

    def begin(self) -> None:
        """Have one message sent: from then on Voipit is known to know the account.

        What the functions have logged until then is no part of the account.
        """
        self._widen_the_usage_plan()
        self.answers += self._route.at_once(1)
        if not self.answers[0].is_taken or not self._have_settled(DRAINED_WITHIN):
            raise LocalStackError(f"The first message was not sent: {self.answers[0]}")
        list(self._lines.new())

    def step(self, senders: int, seconds: float) -> Step:
        """Both functions in turn, each started as often as is needed before it is measured."""
        with step(f"{senders} at once, {seconds:g} s to the empty function and to the gateway"):
            with self.empty.in_place_of_send():
                self._route.at_once(senders)
                to_empty = self._timed(senders, seconds)
            self.answers += self._route.at_once(senders)
            self._have_settled(DRAINED_WITHIN)
            to_gateway = self._timed(senders, seconds)
            self.answers += to_gateway[0]
            self._have_settled(DRAINED_WITHIN)
        return Step(senders, empty=side(*to_empty), gateway=side(*to_gateway))

    def account(self) -> Account:
        """Wait until all has settled, and compare what the witnesses say."""
        self._have_settled(SETTLED_WITHIN)
        time.sleep(SECOND_THOUGHTS)
        sms = Counter(entry["messageId"] for entry in accepted(self.stack))
        account = account_of(self.answers, self._statuses(), sms)
        account.dead_letters = dead_letters(self.stack)
        account.error_lines = trouble(line.text for line in self._lines.new())
        return account

    def _widen_the_usage_plan(self) -> None:
        """A parameter cannot: on the local AWS the plan has the defaults of the template."""
        self.stack.aws("apigateway").update_usage_plan(
            usagePlanId=self.stack.stack_outputs["UsagePlanId"],
            patchOperations=[
                {"op": "replace", "path": f"/throttle/{name}", "value": _THROTTLE}
                for name in ("rateLimit", "burstLimit")
            ],
        )

    def _timed(self, senders: int, seconds: float) -> tuple[list[Answer], float]:
        """The answers, and the seconds until the last of them."""
        began = time.monotonic()
        answers = self._route.steadily(senders, seconds)
        return answers, time.monotonic() - began

    def _have_settled(self, within: float) -> bool:
        """Wait until what was answered 202 has settled, and whatever else is stored."""
        deadline = time.monotonic() + within
        taken = {answer.message_id for answer in self.answers if answer.is_taken}
        while True:
            statuses = self._statuses()
            if taken <= statuses.keys() and SETTLED.issuperset(statuses.values()):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(BETWEEN_LOOKS)

    def _statuses(self) -> dict[str, str]:
        """By the id of each message that the table holds."""
        pages = (
            self.stack.aws("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.stack.messages_table,
                ProjectionExpression="messageId, #status",
                ExpressionAttributeNames={"#status": "status"},
            )
        )
        rows = (row for page in pages for row in page["Items"])
        return {row["messageId"]["S"]: row["status"]["S"] for row in rows}
