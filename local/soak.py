"""`make soak MESSAGES=300 SEED=7`: many messages while Voipit misbehaves, and then an account.

Every message goes to a number drawn by the seed: most behave, the others do what
`local/simulator/README.md` says. A quarter on, Voipit refuses the account, in an answer with an odd
body, until the secret is corrected. Half-way it blocks our IP until all are sent. Two clients send
in turn, under the same ids. Every third message is sent again if no report comes, every fourth is
scheduled, and one number is meant to get more than its hour allows. Then the soak waits until every
message is settled, with nothing but the stack's own clockwork running.
"""

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, unquote

import requests
from rich.progress import Progress
from rich.table import Table

from local.gateway import Json, SubscribedQueue
from local.processes import LocalStackError
from local.simulator.behaviours import BEHAVIOURS
from local.simulator.server import running_simulator
from local.simulator.settings import Settings
from local.stack import LocalStack, Provider, running_stack
from local.witnesses import accepted, dead_letters, journal
from sms_gateway_client import SETTLED, Gateway, GatewayError
from sms_gateway_client.models import Message
from tools.progress import console

OPENS_THE_CIRCUIT: Final = {"401", "403.6", "404", "401-cut", "404-too-long", "403-page"}
"""Not drawn: one such number stops all the others, as it should."""
ODD_REFUSALS: Final = ("401-cut", "404-too-long", "403-page")
"""Of these the seed chooses the one that a quarter of the way is answered to some messages."""
REFUSED_IN_A_ROW: Final = 5
REFUSED_FOR: Final = 25.0
"""Seconds in which all of these are sent, on a busy machine too, and after which they are over."""
MOST_INVALID: Final = 2
"""Requests that Voipit counts as invalid, in the one outage that a soak has (guarantees.md, 6)."""
CORRECTED_WITHIN: Final = 150.0
"""Seconds: `watch` runs every minute, and a block is asked about after one."""
BEHAVE: Final = 0.5
"""Share of the messages that go to a number which behaves."""
AT_ONCE: Final = 6
A_SECOND: Final = 8
"""Messages sent per second: each new Lambda at work costs the local AWS a second of one core."""
SETTLED_WITHIN: Final = 600.0
SECOND_THOUGHTS: Final = 3.0
_PARAMETERS: Final = {"ReportDeadlineMinutes": "1", "RecipientDailyLimit": "0"}
POPULAR: Final = "+40721999999"
"""The number that is meant to get `TOO_MANY` messages more than an hour allows."""
TOO_MANY: Final = 4
CLIENTS: Final = 2
PATIENCE: Final = 120.0
"""Seconds for which a request is repeated that the local AWS could not take just now."""
_THROTTLED: Final = {"+40799000022", "+40799000031"}
_ORDINARY: Final = "+4072100{:04}"


@dataclass(slots=True)
class Findings:
    """The outcome of all messages, by comparing four witnesses."""

    statuses: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    acceptances: int = 0
    events: int = 0
    losses: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    """Messages that are said not to be sent, and might have been."""
    to_popular: int = 0
    """What was accepted for `POPULAR`."""
    hourly_limit: int = 0
    dead_letters: int = 0
    invalid: int = 0
    """Requests that count against our IP."""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled, misstated or left behind, and the bounds were kept."""
        wrong = self.losses or self.doubles or self.lies or self.dead_letters
        within = self.to_popular <= self.hourly_limit and 0 < self.invalid <= MOST_INVALID
        return within and not wrong


@dataclass(frozen=True, slots=True)
class Sender:
    """One of the clients, by the name that the gateway has for it."""

    api: Gateway
    name: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was taken: two of different senders can have one id."""

    sender: Sender
    message_id: str
    may_be_sent_twice: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What Voipit's callback URL and the events say of it."""
        return self.sender.name, self.message_id


def hourly_limit(messages: int) -> int:
    """The hourly limit of one number: more than any number gets that misbehaves."""
    return 10 + messages // 20


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
        limit = {"RecipientHourlyLimit": str(hourly_limit(messages))}
        stack = running.enter_context(running_stack(provider, _PARAMETERS | limit))
        senders = _senders(stack)
        for sender in senders:
            running.enter_context(sender.api)
        sent = _send_all(stack, senders, numbers(messages, seed), odd_refusal(seed))
        found = _settled(stack, sent)
    found.hourly_limit = hourly_limit(messages)
    _show(found, seed)
    if not found.is_good:
        raise LocalStackError(
            f"losses {found.losses}, doubles {found.doubles}, lies {found.lies}, invalid requests"
            f" {found.invalid}, {found.to_popular} of {found.hourly_limit} messages to one number"
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
    """The destination numbers that a seed stands for, the popular one at regular intervals."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    awkward = [
        f"+407990000{b.suffix:02}"
        for b in BEHAVIOURS
        if b.suffix is not None and b.name not in OPENS_THE_CIRCUIT
    ]
    to = [
        _ORDINARY.format(i % 10_000) if chance.random() < BEHAVE else chance.choice(awkward)
        for i in range(messages)
    ]
    popular = hourly_limit(messages) + TOO_MANY
    for place in range(min(popular, messages)):
        to[place * messages // popular] = POPULAR
    return to


def a_body(number: str, index: int) -> Json:
    """What is asked for, as the number and its place among all want it."""
    body: Json = {"phoneNumber": number, "message": f"Soak {index}"}
    if index % 3 == 0:
        body["onUnconfirmed"] = "resend"
    if index % 4 == 1 or number == POPULAR:
        body["sendAt"] = _in_seconds(5)
    if number in _THROTTLED:
        body["validUntil"] = _in_seconds(60)  # it would be tried for a day
    if number == POPULAR:
        body["validUntil"] = _in_seconds(200)  # longer than the outages, and not a day
    return body


def _senders(stack: LocalStack) -> list[Sender]:
    """Clients with a key each; an event of each one's first message tells its name."""
    api_keys = stack.aws("apigateway")
    keys = [stack.api_key]
    for number in range(1, CLIENTS):
        key = api_keys.create_api_key(name=f"soak-{number}", enabled=True)
        plan = stack.stack_outputs["UsagePlanId"]
        api_keys.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        keys.append(key["value"])
    queue = SubscribedQueue(stack, stack.events_queue_url)
    senders = []
    for number, key in enumerate(keys):
        api = stack.gateway(key, patience=PATIENCE, on_pause=pausing)
        message_id = f"first-of-{number}"
        to = _ORDINARY.format(number)
        _post(api, {"messageId": message_id, "phoneNumber": to, "message": "Hello"})
        event = queue.wait_for_event(message_id, "sending")
        senders.append(Sender(api, unquote(event["source"].rpartition("/")[2])))
    return senders


def _send_all(
    stack: LocalStack, senders: Sequence[Sender], to: Sequence[str], refused: str
) -> list[Sent]:
    """Send to each number, the second half while Voipit blocks us.

    A quarter on, some messages go to `refused`, one after the other, and the account is corrected.
    """
    half = len(to) // 2
    with Progress(console=console) as progress, ThreadPoolExecutor(AT_ONCE) as pool:
        task = progress.add_task("sending", total=len(to))

        def post(number: str, index: int) -> Sent:
            time.sleep(AT_ONCE / A_SECOND)
            sender = senders[index % len(senders)]
            body = a_body(number, index)
            key = f"soak-{index // len(senders)}"
            _post(sender.api, body | {"messageId": key})
            progress.advance(task)
            return Sent(sender, key, may_be_sent_twice="onUnconfirmed" in body)

        quarter = half // 2
        sent = list(pool.map(post, to[:quarter], range(quarter)))
        _refuse(stack, senders[0].api, refused)
        sent += pool.map(post, to[quarter:half], range(quarter, half))
        _voipit_blocks_us(stack, blocked=True)
        try:
            sent += pool.map(post, to[half:], range(half, len(to)))
        finally:
            _voipit_blocks_us(stack, blocked=False)
    return sent


def _refuse(stack: LocalStack, api: Gateway, number: str) -> None:
    """Have some messages refused, and correct the account; they are not waited for."""
    over, valid_until = time.monotonic() + REFUSED_FOR, _in_seconds(REFUSED_FOR)
    for index in range(REFUSED_IN_A_ROW):
        body = {"phoneNumber": number, "message": "Refused", "validUntil": valid_until}
        _post(api, body | {"messageId": f"refused-{index}"})
    # None of them may be tried with the corrected account: it would be refused once more.
    time.sleep(max(0.0, over - time.monotonic()))
    secrets = stack.aws("secretsmanager")
    secret_id = stack.stack_outputs["VoipitSecretArn"]
    same = secrets.get_secret_value(SecretId=secret_id)["SecretString"]
    secrets.put_secret_value(SecretId=secret_id, SecretString=same)
    deadline = time.monotonic() + CORRECTED_WITHIN
    while not _is_available(api):
        if time.monotonic() > deadline:
            raise LocalStackError("Nothing is sent although the account is corrected.")
        time.sleep(1)


def _is_available(api: Gateway) -> bool:
    return api.provider()["available"]


def _post(api: Gateway, message: Json) -> None:
    """Have the gateway take the message. Raises `LocalStackError` if it does not."""
    try:
        api.send(
            message["phoneNumber"],
            message["message"],
            message_id=message["messageId"],
            send_at=message.get("sendAt"),
            valid_until=message.get("validUntil"),
            on_unconfirmed=message.get("onUnconfirmed"),
        )
    except GatewayError as error:
        raise LocalStackError(f"{message['messageId']}: {error}") from error


def _message(each: Sent) -> Message:
    """The message as it stands. Raises `LocalStackError` if the gateway does not tell."""
    try:
        return each.sender.api.message(each.message_id)
    except GatewayError as error:
        raise LocalStackError(f"{each.message_id}: {error}") from error


def pausing(why: str, _seconds: float) -> None:
    """A 500 is a fault of the gateway's own: the soak must not repeat the request over it."""
    if why.startswith(str(HTTPStatus.INTERNAL_SERVER_ERROR.value)):
        raise LocalStackError(f"The gateway has answered {why}")


def _settled(stack: LocalStack, sent: Sequence[Sent]) -> Findings:
    """Wait until everything is settled and told, then draw up the account."""
    queue = SubscribedQueue(stack, stack.events_queue_url)
    found: dict[Sent, Message] = {}
    deadline = time.monotonic() + SETTLED_WITHIN
    with Progress(console=console) as progress:
        task = progress.add_task("settling", total=len(sent))
        while len(found) < len(sent) and time.monotonic() < deadline:
            for each in sent:
                if each in found:
                    continue
                message = _message(each)
                if message["status"] in SETTLED and _all_told(queue, each, message):
                    found[each] = message
                    progress.advance(task)
            time.sleep(2)
    time.sleep(SECOND_THOUGHTS)  # a second report or a second SMS would come about now
    taken = _taken(stack)
    times = Counter(key for key, _ in taken)
    account = Findings(messages=len(sent), acceptances=len(taken))
    account.to_popular = sum(number == POPULAR for _, number in taken)
    for each in sent:
        message = _message(each)
        account.statuses[message["status"]] += 1
        account.events += len({event["id"] for event in _events(queue, each)})
        if times[each.key] > (2 if each.may_be_sent_twice else 1):
            account.doubles.append(f"{each.key} went out {times[each.key]} times")
        if each not in found or found[each]["status"] != message["status"]:
            account.losses.append(f"{each.key} is {message['status']}")
        is_said = message["status"] in {"failed", "cancelled"}
        if is_said and times[each.key] and message["reason"] != "transmission-error":
            account.lies.append(f"{each.key} is {message['status']}, {message['reason']}")
    account.invalid = invalid_requests(journal(stack))
    account.dead_letters = dead_letters(stack)
    return account


def _events(queue: SubscribedQueue, of: Sent) -> list[Json]:
    """The events of one message: those under its id whose source ends with its sender."""
    source = f"/{quote(of.sender.name, safe='')}"
    return [e for e in queue.events_of(of.message_id) if e["source"].endswith(source)]


def _all_told(queue: SubscribedQueue, of: Sent, message: Message) -> bool:
    """Whether an event has arrived for every change in the message's history."""
    told = {(e["data"]["sequence"], e["data"]["status"]) for e in _events(queue, of)}
    return told == {(change["sequence"], change["status"]) for change in message["history"]}


def _taken(stack: LocalStack) -> list[tuple[tuple[str, str], str]]:
    """(client, messageId) and number of everything that Voipit has taken."""
    return [
        ((unquote(entry["sendResultTo"].split("/")[-4]), entry["messageId"]), entry["phoneNumber"])
        for entry in accepted(stack)
    ]


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
        ("lies", len(account.lies)),
        (f"to the popular number (limit {account.hourly_limit})", account.to_popular),
        ("invalid requests", account.invalid),
    ]
    for what, number in rows:
        table.add_row(what, str(number))
    console.print(table)
