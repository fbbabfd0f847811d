"""`make soak MESSAGES=300 SEED=7`: many messages while Voipit misbehaves, and then an account.

Every message goes to a number drawn by the seed: most behave, the others do what
`local/simulator/README.md` says. A quarter on, Voipit refuses the account, in an answer with an odd
body, until the secret is mended. Half-way it blocks our IP until all are sent. Then everybody
waits until every message is settled, with nothing but the stack's own clockwork running.
"""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import requests
from rich.progress import Progress
from rich.table import Table

from local.gateway import GatewayApi, Json, SubscribedQueue, patient_session
from local.processes import LocalStackError
from local.progress import console
from local.simulator.behaviours import BEHAVIOURS
from local.simulator.server import running_simulator
from local.simulator.settings import Settings
from local.stack import LocalStack, Provider, running_stack

SETTLED: Final = {"sent", "failed", "cancelled", "no_report"}
OPENS_THE_CIRCUIT: Final = {"401", "403.6", "404", "401-cut", "404-too-long", "403-page"}
"""Not drawn: one such number stops all the others, as it should."""
ODD_REFUSALS: Final = ("401-cut", "404-too-long", "403-page")
"""Of these the seed chooses the one that a quarter of the way is answered to some messages."""
REFUSED_IN_A_ROW: Final = 5
REFUSED_FOR: Final = 25.0
"""Seconds in which all of these are sent, on a busy machine too, and after which they are over."""
MOST_INVALID: Final = 2
"""Requests that Voipit counts as invalid, in the one outage that a soak has (guarantees.md, 6)."""
MENDED_WITHIN: Final = 150.0
"""Seconds: `watch` runs every minute, and a block is asked about after one."""
BEHAVE: Final = 0.5
"""Share of the messages that go to a number which behaves."""
AT_ONCE: Final = 6
A_SECOND: Final = 8
"""Messages sent per second: each new Lambda at work costs the local AWS a second of one core."""
SETTLED_WITHIN: Final = 600.0
SECOND_THOUGHTS: Final = 3.0
_PARAMETERS: Final = {
    "ReportDeadlineMinutes": "1",
    # Few numbers misbehave, and each gets many messages.
    "RecipientHourlyLimit": "0",
    "RecipientDailyLimit": "0",
}
_THROTTLED: Final = {"+40799000022", "+40799000031"}
_ORDINARY: Final = "+4072100{:04}"


@dataclass(slots=True)
class Findings:
    """What became of all messages, by comparing what four witnesses say."""

    statuses: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    acceptances: int = 0
    events: int = 0
    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    dead_letters: int = 0
    invalid: int = 0
    """Requests that count against our IP."""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled or left behind, and few requests were invalid."""
        left = self.losses or self.doubles or self.dead_letters
        return not left and 0 < self.invalid <= MOST_INVALID


def soak(messages: int, seed: int) -> Findings:
    """Run it.

    Raises `LocalStackError` if anything was lost, doubled or left behind, or if too many requests
    were invalid.
    """
    account = Provider("")
    settings = Settings(
        account_number=account.account_number,
        password=account.password,
        late_report_delay=15.0,
        slow_answer=11.0,
    )
    with ExitStack() as running:
        provider = replace(account, url=running.enter_context(running_simulator(settings)))
        stack = running.enter_context(running_stack(provider, _PARAMETERS))
        sent = _send_all(stack, numbers(messages, seed), odd_refusal(seed))
        found = _settled(stack, sent)
    _show(found, seed)
    if not found.is_good:
        raise LocalStackError(
            f"losses {found.losses}, doubles {found.doubles}, invalid requests {found.invalid}"
        )
    return found


def odd_refusal(seed: int) -> str:
    """The number that a seed has refused in an answer with an odd body."""
    name = ODD_REFUSALS[seed % len(ODD_REFUSALS)]
    return next(b.number for b in BEHAVIOURS if b.name == name and b.number is not None)


def invalid_requests(journal: Sequence[Json]) -> int:
    """How many requests of the simulator's journal count against our IP.

    Not those that are dropped while it blocks us: they never came as far as a number.
    """
    return sum(
        request["answer"] in (401, 404) or request["behaviour"] == "403-page" for request in journal
    )


def numbers(messages: int, seed: int) -> list[str]:
    """The destination numbers that a seed stands for."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    awkward = [
        f"+407990000{b.suffix:02}"
        for b in BEHAVIOURS
        if b.suffix is not None and b.name not in OPENS_THE_CIRCUIT
    ]
    return [
        _ORDINARY.format(i % 10_000) if chance.random() < BEHAVE else chance.choice(awkward)
        for i in range(messages)
    ]


def _send_all(stack: LocalStack, to: Sequence[str], refused: str) -> list[str]:
    """Send to each number, the second half while Voipit blocks us; returns the ids.

    A quarter on, some messages go to `refused`, one after the other, and the account is mended.
    """
    api = GatewayApi(stack.api_url, stack.api_key, patient_session())
    half = len(to) // 2
    with Progress(console=console) as progress, ThreadPoolExecutor(AT_ONCE) as pool:
        task = progress.add_task("sending", total=len(to))

        def post(number: str, index: int) -> str:
            time.sleep(AT_ONCE / A_SECOND)
            body: Json = {"phoneNumber": number, "message": f"Soak {index}"}
            if number in _THROTTLED:
                body["validUntil"] = _in_seconds(60)  # it would be tried for a day otherwise
            answer = api.post(body, **{"Idempotency-Key": f"soak-{index}"})
            if answer.status_code != requests.codes.accepted:
                raise LocalStackError(f"message {index}: {answer.status_code} {answer.text}")
            progress.advance(task)
            return str(answer.json()["messageId"])

        quarter = half // 2
        sent = list(pool.map(post, to[:quarter], range(quarter)))
        _refuse(stack, api, refused)
        sent += pool.map(post, to[quarter:half], range(quarter, half))
        _voipit_blocks_us(stack, blocked=True)
        try:
            sent += pool.map(post, to[half:], range(half, len(to)))
        finally:
            _voipit_blocks_us(stack, blocked=False)
    return sent


def _refuse(stack: LocalStack, api: GatewayApi, number: str) -> None:
    """Have some messages refused, and mend the account; they are not waited for."""
    over, valid_until = time.monotonic() + REFUSED_FOR, _in_seconds(REFUSED_FOR)
    for index in range(REFUSED_IN_A_ROW):
        body = {"phoneNumber": number, "message": "Refused", "validUntil": valid_until}
        answer = api.post(body, **{"Idempotency-Key": f"refused-{index}"})
        if answer.status_code != requests.codes.accepted:
            raise LocalStackError(f"refused {index}: {answer.status_code} {answer.text}")
    # None of them may be tried with the mended account: it would be refused once more.
    time.sleep(max(0.0, over - time.monotonic()))
    secrets = stack.aws("secretsmanager")
    secret_id = stack.stack_outputs["VoipitSecretArn"]
    same = secrets.get_secret_value(SecretId=secret_id)["SecretString"]
    secrets.put_secret_value(SecretId=secret_id, SecretString=same)
    deadline = time.monotonic() + MENDED_WITHIN
    while not _is_available(api):
        if time.monotonic() > deadline:
            raise LocalStackError("Nothing is sent although the account is mended.")
        time.sleep(1)


def _is_available(api: GatewayApi) -> bool:
    answer = api.session.get(
        f"{api.api_url}/provider", headers={"x-api-key": api.api_key}, timeout=60
    )
    return bool(answer.json()["available"])


def _settled(stack: LocalStack, message_ids: Sequence[str]) -> Findings:
    """Wait until everything is settled and told, then draw up the account."""
    api = GatewayApi(stack.api_url, stack.api_key, patient_session())
    queue = SubscribedQueue(stack, stack.events_queue_url)
    found: dict[str, Json] = {}
    deadline = time.monotonic() + SETTLED_WITHIN
    with Progress(console=console) as progress:
        task = progress.add_task("settling", total=len(message_ids))
        while len(found) < len(message_ids) and time.monotonic() < deadline:
            for message_id in message_ids:
                if message_id in found:
                    continue
                message = api.get(message_id).json()
                if message["status"] in SETTLED and _all_told(queue, message):
                    found[message_id] = message
                    progress.advance(task)
            time.sleep(2)
    time.sleep(SECOND_THOUGHTS)  # a second report or a second SMS would come about now
    accepted = _acceptances(stack)
    account = Findings(messages=len(message_ids), acceptances=sum(accepted.values()))
    for message_id in message_ids:
        message = api.get(message_id).json()
        account.statuses[message["status"]] += 1
        account.events += len({event["id"] for event in queue.events_of(message_id)})
        if accepted[message_id] > 1:
            account.doubles.append(message_id)
        if message_id not in found or found[message_id]["status"] != message["status"]:
            account.losses.append(f"{message_id} is {message['status']}")
    account.invalid = invalid_requests(_journal(stack))
    account.dead_letters = sum(
        _waiting(stack, stack.stack_outputs[name])
        for name in (
            "DispatchFailuresQueueUrl",
            "ReportFailuresQueueUrl",
            "PublishFailuresQueueUrl",
        )
    )
    return account


def _all_told(queue: SubscribedQueue, message: Json) -> bool:
    """Whether an event has arrived for every change in the message's history."""
    told = {
        (event["data"]["sequence"], event["data"]["status"])
        for event in queue.events_of(message["messageId"])
    }
    return told == {(change["sequence"], change["status"]) for change in message["history"]}


def _acceptances(stack: LocalStack) -> Counter[str]:
    return Counter(request["messageId"] for request in _journal(stack) if request["accepted"])


def _journal(stack: LocalStack) -> list[Json]:
    answer = requests.get(f"{stack.voipit_url}/_simulator/journal", timeout=30)
    requested: list[Json] = answer.json()["requests"]
    return requested


def _waiting(stack: LocalStack, queue_url: str) -> int:
    attributes: Mapping[str, Any] = stack.aws("sqs").get_queue_attributes(
        QueueUrl=queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def _voipit_blocks_us(stack: LocalStack, *, blocked: bool) -> None:
    requests.patch(
        f"{stack.voipit_url}/_simulator/settings", json={"blocked": blocked}, timeout=10
    ).raise_for_status()


def _in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def _show(account: Findings, seed: int) -> None:
    table = Table(title=f"Soak, seed {seed}")
    table.add_column("what")
    table.add_column("number", justify="right")
    rows = [
        ("messages", account.messages),
        ("acceptances at Voipit", account.acceptances),
        *((f"ended {status}", number) for status, number in sorted(account.statuses.items())),
        ("events", account.events),
        ("dead letters", account.dead_letters),
        ("losses", len(account.losses)),
        ("doubles", len(account.doubles)),
        ("invalid requests", account.invalid),
    ]
    for what, number in rows:
        table.add_row(what, str(number))
    console.print(table)
