"""A flood of 10,000 forged callbacks, with Voipit's own reports in the middle of it."""

import base64
import gc
import logging
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOBase
from itertools import cycle
from typing import Any, Final

import pytest

from sms_gateway.adapters.message_item import key_attributes
from sms_gateway.adapters.secrets import LOOK_UPS_AT_ONCE
from sms_gateway.domain.callback_url import CallbackKey, mint_callback_url
from sms_gateway.domain.message_id import MessageKey
from sms_gateway.domain.signing import SIGNATURE_DIGITS
from sms_gateway.entrypoints.logs import logger
from tests.handlers.cloud import Calls, Cloud
from tests.handlers.lambdas import Function
from tests.handlers.output import Output
from tests.support.samples import API_KEY_ID, KEY, OTHER_CLIENT, SIGNING_KEY, image, sample

FORGED: Final = 10_000
EVERY: Final = 500
"""After so many forged requests comes a report of Voipit's."""
MOST_BYTES: Final = 64 * 1024
"""More than this, a process must not hold after all the rest: some seven bytes a request."""
LARGEST_PATH: Final = 8_000
LARGEST_BODY: Final = 60_000
BODIES: Final = [
    base64.b64encode(bytes(range(256)) * (size // 256 + 1)).decode()
    for size in (0, 300, LARGEST_BODY)
]
OURS: Final = CallbackKey(SIGNING_KEY)


def signed(client: str, message_id: str) -> str:
    return mint_callback_url("", MessageKey(client, message_id), 1, OURS)


def forged(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Requests of strangers without end, no two alike."""

    def letters(number: int) -> str:
        return f"{chance.getrandbits(4 * number):0{number}x}"

    def made_up(key_id: str) -> str:
        return f"/{API_KEY_ID}/m-{letters(8)}/1/{key_id}.{letters(SIGNATURE_DIGITS)}"

    def another_message() -> str:
        return signed(API_KEY_ID, KEY.message_id).replace(KEY.message_id, f"m-{letters(8)}")

    def another_client() -> str:
        return signed(OTHER_CLIENT, letters(8)).replace(OTHER_CLIENT, API_KEY_ID)

    paths: dict[str, Callable[[], str]] = {
        "a wrong signature": lambda: made_up(OURS.key_id),
        "an unknown key": lambda: made_up(f"{chance.getrandbits(32):08x}"),
        "a guessed key": lambda: mint_callback_url("", KEY, 1, CallbackKey(letters(20))),
        "the signature of another message": another_message,
        "the signature of another client": another_client,
        "a malformed path": lambda: "/".join(letters(chance.randrange(12)) for _ in range(5)),
        "a huge path": lambda: made_up(OURS.key_id) + letters(LARGEST_PATH),
        "thousands of parts": lambda: "/" + "%2F/" * (LARGEST_PATH // 4) + letters(9),
    }
    event = sample("callback-form")
    kinds = zip(cycle(paths.values()), cycle(BODIES), cycle(("POST", "GET")), strict=False)
    for path, body, method in kinds:
        http = event["requestContext"]["http"] | {"method": method}
        yield event | {
            "rawPath": path(),
            "rawQueryString": f"status=sent&id={letters(9)}",
            "body": body,
            "requestContext": event["requestContext"] | {"http": http},
        }


class Lines(TextIOBase):
    """A log that is counted and not kept, so that it takes no memory."""

    def __init__(self) -> None:
        self.by_level: Counter[str] = Counter()

    def write(self, text: str, /) -> int:
        for level in ("INFO", "WARNING", "ERROR"):
            self.by_level[level] += f'"level":"{level}"' in text
        return len(text)


class Memory:
    """How many bytes are held more than before, in all the time that is not looked away.

    It looks away while a report is recorded: the table stands in this process, and grows. What is
    held until the first time is not counted, since a process loads some things once.
    """

    def __init__(self) -> None:
        self.grown = 0
        self._before: int | None = None

    @contextmanager
    def traced(self) -> Iterator[None]:
        gc.collect()
        gc.freeze()  # what there is already is not looked through again and again
        tracemalloc.start()
        try:
            yield
            self._look()
        finally:
            tracemalloc.stop()
            gc.unfreeze()

    @contextmanager
    def looking_away(self) -> Iterator[None]:
        self._look()
        yield
        gc.collect()
        self._before, _ = tracemalloc.get_traced_memory()

    def _look(self) -> None:
        gc.collect()
        if self._before is not None:
            self.grown += tracemalloc.get_traced_memory()[0] - self._before


@contextmanager
def counted_log() -> Iterator[Lines]:
    """Takes the place of the log that the test's output and pytest keep."""
    ours = logging.getLogger(logger.service)
    handler = logger.logger_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(lines := Lines())
    ours.propagate = False
    try:
        yield lines
    finally:
        ours.propagate = True
        handler.setStream(before)


@pytest.fixture
def ours(cloud: Cloud) -> list[MessageKey]:
    """Messages that Voipit has taken and reports about."""
    keys = [MessageKey(API_KEY_ID, f"ours-{number}") for number in range(FORGED // EVERY)]
    for key in keys:
        cloud.store(image(1) | key_attributes(key))
    return keys


def test_ten_thousand_forged_callbacks_are_refused_and_every_report_among_them_is_recorded(
    callback: Function,
    cloud: Cloud,
    calls: Calls,
    output: Output,
    ours: list[MessageKey],
) -> None:
    """No call of a table, a bounded number of look-ups of keys, and no memory that grows."""
    answers: Counter[int] = Counter()
    asked_for_strangers: Counter[str] = Counter()
    waiting = iter(ours)
    memory = Memory()
    with counted_log() as log, memory.traced():
        for number, event in zip(range(1, FORGED + 1), forged(random.Random(11)), strict=False):  # noqa: S311  no secret
            calls.made.clear()
            answers[callback.invoke(event)["statusCode"]] += 1
            asked_for_strangers.update(calls.made)
            if number % EVERY == 0:
                path = signed(API_KEY_ID, next(waiting).message_id)
                with memory.looking_away():
                    report = callback.invoke(sample("callback-form") | {"rawPath": path})
                assert report["statusCode"] == 200

    assert answers == {403: FORGED}
    # Both stages, at first, then as often as the bucket allows; this test lasts less than a minute.
    assert asked_for_strangers.keys() == {"secretsmanager:GetSecretValue"}
    assert asked_for_strangers.total() <= 2 * (1 + LOOK_UPS_AT_ONCE + 4)
    assert memory.grown < MOST_BYTES
    assert {row["status"] for row in cloud.rows()} == {"sent"}
    assert len(cloud.rows()) == len(ours)
    counted = output.counted()
    assert counted.pop("ReportIdDiffers") == len(ours)
    assert counted == {"CallbackRefused": FORGED, "ReportRecorded": len(ours)}
    assert log.by_level["ERROR"] == 0
    assert log.by_level["WARNING"] == FORGED + len(ours)
