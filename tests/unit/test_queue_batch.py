import json
from collections.abc import Callable

import pytest

from sms_gateway.domain.errors import LeftToQueueError, StoreUnavailableError
from sms_gateway.entrypoints.queue_batch import each_message


def an_event(*bodies: str) -> dict[str, list[dict[str, str]]]:
    return {
        "Records": [{"messageId": f"sqs-{n}", "body": body} for n, body in enumerate(bodies, 1)]
    }


def failing(*bodies: str, error: Exception) -> tuple[Callable[[str], None], list[str]]:
    """Work that fails on these bodies, and all the bodies it was given."""
    given: list[str] = []

    def work(body: str) -> None:
        given.append(body)
        if body in bodies:
            raise error

    return work, given


def again(*names: str) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


def test_every_message_is_worked_on_in_its_order_and_nothing_comes_again() -> None:
    work, given = failing(error=ValueError())

    assert each_message(an_event("a", "b", "c"), work) == again()
    assert given == ["a", "b", "c"]


@pytest.mark.parametrize(
    "error",
    [StoreUnavailableError("away"), KeyError("messageId"), RuntimeError("surprise")],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    ("bad", "names"),
    [
        (("a",), ("sqs-1",)),
        (("b",), ("sqs-2",)),
        (("a", "c"), ("sqs-1", "sqs-3")),
        (("a", "b", "c"), ("sqs-1", "sqs-2", "sqs-3")),
    ],
    ids=["first", "middle", "two", "all"],
)
def test_only_what_went_wrong_comes_again_and_takes_nothing_along(
    bad: tuple[str, ...], names: tuple[str, ...], error: Exception
) -> None:
    work, given = failing(*bad, error=error)

    assert each_message(an_event("a", "b", "c"), work) == again(*names)
    assert given == ["a", "b", "c"]


def test_what_another_queue_message_stands_for_does_not_come_again() -> None:
    work, _ = failing("b", error=LeftToQueueError("away"))

    assert each_message(an_event("a", "b", "c"), work) == again()


def test_a_body_that_cannot_be_read_is_its_own_trouble() -> None:
    def work(body: str) -> None:
        json.loads(body)

    assert each_message(an_event("{}", "{", "[]"), work) == again("sqs-2")


def test_an_empty_batch_is_done() -> None:
    work, given = failing(error=ValueError())

    assert each_message(an_event(), work) == again()
    assert given == []


def test_the_end_of_the_process_is_not_taken_for_a_bad_message() -> None:
    def work(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each_message(an_event("a"), work)
