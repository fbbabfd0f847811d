"""Break one thing at a time: the template's own alarms ring for it, and not before or after.

What is evaluated are the alarms as the SAM transform hands them to CloudFormation, over the metrics
that the handlers print (`monitored.py`). No alarm is evaluated here whose metric AWS alone makes
(docs/runbook.md lists them), nor those of `web`, whose files nothing here asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import pytest

from sms_gateway.entrypoints.metrics import metrics
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import TABLE, Cloud
from tests.handlers.lambdas import ColdStart
from tests.handlers.monitored import STACK_NAME, Monitored, Traffic
from tests.handlers.output import Output
from tests.handlers.voipit import WRONG_PASSWORD, FakeVoipit
from tests.support.cloudwatch import Alarm, alarms, composites, ringing
from tests.support.samples import image
from tests.support.template import transformed

FUNCTIONS: Final = ("send", "status", "callback", "dispatch", "watch", "publish")
WARM_UP: Final = 6
"""Minutes until `watch-missing`, which rings when it is made, is quiet."""
Trouble = Callable[[Monitored], object]


@dataclass(frozen=True, slots=True)
class Rules:
    """The template's alarms."""

    single: dict[str, Alarm]
    gathered: dict[str, str]


@pytest.fixture(scope="session")
def rules() -> Rules:
    template = transformed()
    return Rules(alarms(template), composites(template))


@pytest.fixture
def gateway(  # noqa: PLR0913, PLR0917  what pytest hands in, all by name
    cold_start: ColdStart,
    cloud: Cloud,
    voipit: FakeVoipit,
    clock: FakeClock,
    output: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> Monitored:
    # As POWERTOOLS_SERVICE_NAME does in a process of its own.
    monkeypatch.setattr(metrics.provider, "service", STACK_NAME)
    cloud.clients.dynamodb.update_table(
        TableName=TABLE,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    functions = {name: cold_start(name) for name in FUNCTIONS}
    return Monitored(functions, cloud, voipit, clock, output)


def rung(gateway: Monitored, rules: Rules, minutes: int, traffic: Traffic) -> list[set[str]]:
    """What rings at the end of each minute."""
    return [
        ringing(rules.single, rules.gathered, gateway.recorded, second)
        for second in gateway.minutes(minutes, traffic)
    ]


# --- what is broken --------------------------------------------------------------------------


def password_changes_at_voipit(gateway: Monitored) -> None:
    gateway.voipit.password = WRONG_PASSWORD


def password_is_stored(gateway: Monitored) -> None:
    gateway.cloud.change_password(WRONG_PASSWORD)


def is_set(**attributes: bool) -> Trouble:
    """A switch of the gateway."""

    def turn(gateway: Monitored) -> None:
        for name, value in attributes.items():
            setattr(gateway, name, value)

    return turn


def voipit_is(**attributes: bool) -> Trouble:
    """A switch of Voipit."""

    def turn(gateway: Monitored) -> None:
        for name, value in attributes.items():
            setattr(gateway.voipit, name, value)

    return turn


def does_not_answer(*calls: str) -> Trouble:
    """These calls of AWS have no answer."""

    def turn(gateway: Monitored) -> None:
        for call in calls:
            gateway.cloud.calls.does_not_answer(call)

    return turn


def well_again(gateway: Monitored) -> None:
    gateway.cloud.calls.trouble.clear()


def nothing(_: Monitored) -> None:
    """What goes away by itself."""


def a_report_comes_again(gateway: Monitored) -> None:
    path = urlsplit(gateway.voipit.taken[0]["sendResultTo"]).path
    gateway.call_back(path, "status=sent")


def strangers_call(gateway: Monitored) -> None:
    for number in range(100):
        assert gateway.call_back(f"/crm/m-{number}/1/00c27192.made-up") == 403


def a_queue_message_is_unreadable(gateway: Monitored) -> None:
    gateway.enqueue("not what dispatch is told")


def queue_is_emptied(gateway: Monitored) -> None:
    gateway.given_up = 0


BROKEN_ROW: Final = image(0) | {"messageId": {"S": "broken"}, "phoneNumber": {"S": "not one"}}


def a_row_is_broken(gateway: Monitored) -> None:
    gateway.cloud.store(BROKEN_ROW | {"dueAt": {"N": str(int(gateway.clock.time()))}})


def a_message_was_due_long_ago(gateway: Monitored) -> None:
    """As in a backlog that is longer than what a run of watch can do: its head is always late."""
    second = int(gateway.clock.time())
    late = {"messageId": {"S": f"late-{second}"}, "dueAt": {"N": str(second - 660)}}
    gateway.cloud.store(image(0) | late)


def stored_rows_are_removed(gateway: Monitored) -> None:
    """Those that no client has sent."""
    for row in gateway.cloud.rows():
        if row["messageId"] not in gateway.taken:
            key = {name: {"S": row[name]} for name in ("messageId", "client")}
            gateway.cloud.clients.dynamodb.delete_item(TableName=TABLE, Key=key)


USUAL: Final = Traffic(every=2)


@dataclass(frozen=True, slots=True)
class Case:
    """What is broken, for how many minutes, and what rings at their end."""

    broken: Trouble
    cured: Trouble
    rings: set[str]
    minutes: int = 8
    recovers_in: int = 8
    meanwhile: Traffic = USUAL


WRITES: Final = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:TransactWriteItems")
CASES: Final = {
    "wrong password": Case(
        password_changes_at_voipit, password_is_stored, {"circuit-open", "wake"}
    ),
    "Voipit unreachable": Case(
        voipit_is(reachable=False),
        voipit_is(reachable=True),
        {"voipit-unreachable", "wake"},
        minutes=14,
        recovers_in=16,
    ),
    "publish failing": Case(
        does_not_answer("sns"),
        well_again,
        {"events-stopped", "events-late", "wake"},
        minutes=34,
        recovers_in=16,
    ),
    "publish not called": Case(
        is_set(stream_is_read=False),
        is_set(stream_is_read=True),
        {"events-stopped", "wake"},
        minutes=34,
        recovers_in=16,
    ),
    "table refusing writes": Case(
        does_not_answer(*WRITES),
        well_again,
        {"store-failing", "api-failing", "wake"},
        minutes=11,
        recovers_in=16,
        meanwhile=Traffic(messages=5),
    ),
    "watch stopped": Case(
        is_set(watch_runs=False), is_set(watch_runs=True), {"watch-missing", "wake"}
    ),
    "Voipit breaking off": Case(
        voipit_is(cuts_off=True),
        voipit_is(cuts_off=False),
        {"unconfirmed", "wake"},
        minutes=14,
        recovers_in=16,
        meanwhile=Traffic(messages=10, every=5),
    ),
    "Voipit silent about what it took": Case(
        is_set(voipit_reports=False),
        is_set(voipit_reports=True),
        {"no-report", "wake"},
        minutes=34,
        recovers_in=16,
        meanwhile=Traffic(messages=21, every=15),
    ),
    "reports with nowhere to go": Case(
        does_not_answer("dynamodb:UpdateItem", "sqs:SendMessage"),
        well_again,
        {"callback-failing", "wake"},
        minutes=11,
        recovers_in=16,
        meanwhile=Traffic(messages=0, each_minute=a_report_comes_again),
    ),
    "table refusing a report": Case(
        does_not_answer("dynamodb:UpdateItem"),
        well_again,
        {"report-fallback", "day"},
        recovers_in=20,
        meanwhile=Traffic(messages=0, each_minute=a_report_comes_again),
    ),
    "forged callbacks": Case(
        strangers_call, nothing, {"forged-callbacks", "day"}, minutes=5, recovers_in=20
    ),
    "dead letter": Case(
        a_queue_message_is_unreadable,
        queue_is_emptied,
        {"dead-letters", "day"},
        minutes=24,
        recovers_in=12,
    ),
    "broken row": Case(a_row_is_broken, stored_rows_are_removed, {"unexpected-errors", "day"}),
    "backlog": Case(
        nothing,
        stored_rows_are_removed,
        {"due-late", "wake"},
        meanwhile=Traffic(every=2, each_minute=a_message_was_due_long_ago),
    ),
}
NOT_EVALUATED: Final = {"throttled", "concurrency", "web-calls", "web-failing"}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_is_broken_rings_its_own_alarm_and_what_is_well_rings_none(
    gateway: Monitored, rules: Rules, case: Case
) -> None:
    gateway.post()
    rung(gateway, rules, WARM_UP, Traffic(messages=0))
    before = rung(gateway, rules, 5, USUAL)
    case.broken(gateway)
    meanwhile = rung(gateway, rules, case.minutes, case.meanwhile)
    case.cured(gateway)
    after = rung(gateway, rules, case.recovers_in, USUAL)

    assert before == [set()] * 5
    assert meanwhile[-1] == case.rings
    assert after[-1] == set()
    statuses = {row["messageId"]: row["status"] for row in gateway.cloud.rows()}
    assert statuses == dict.fromkeys(gateway.taken, "sent"), "nothing was lost"


def test_every_alarm_of_the_template_was_heard_above_or_is_named_as_one_that_was_not(
    rules: Rules,
) -> None:
    heard = {heading for case in CASES.values() for heading in case.rings}
    assert heard | NOT_EVALUATED == {*rules.single, *rules.gathered, "concurrency"}
    assert heard & NOT_EVALUATED == set()
