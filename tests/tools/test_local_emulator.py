"""Batches of a stream on the local AWS, against what Lambda's developer guide says of them."""

from typing import Any

import pytest

from local.emulator import FailedItems

FUNCTION = {"FunctionName": "publish"}
FAILED = {"error": True, "body": {"errorMessage": "it broke off"}}


class Runs:
    """A function with these results, one after the other; what it was run with."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self._results = list(results)
        self.batches: list[str] = []

    def __call__(self, function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        assert function == FUNCTION
        self.batches.append(
            "".join(each["dynamodb"]["SequenceNumber"] for each in event["Records"])
        )
        return self._results.pop(0)


def batch(numbers: str) -> dict[str, Any]:
    return {"Records": [{"dynamodb": {"SequenceNumber": number}} for number in numbers]}


def failing(numbers: str) -> dict[str, Any]:
    return {"body": {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}}


def bring(runs: Runs, *batches: str) -> list[bool]:
    """Whether MiniStack takes each for an error, after which it brings it again."""
    items = FailedItems(runs)
    return ["error" in items.run(FUNCTION, batch(each)) for each in batches]


def test_a_batch_without_failed_records_is_done() -> None:
    runs = Runs(failing(""), {"body": None}, {"body": {}})

    assert bring(runs, "12", "3", "45") == [False, False, False]
    assert runs.batches == ["12", "3", "45"]


def test_a_batch_comes_again_from_its_first_failed_record() -> None:
    runs = Runs(failing("43"), failing("5"), failing(""))

    assert bring(runs, "1234", "12345", "12345") == [True, True, False]
    assert runs.batches == ["1234", "345", "5"]


def test_what_was_done_stays_done_when_the_function_breaks_off() -> None:
    runs = Runs(failing("2"), FAILED, failing(""))

    assert bring(runs, "12", "12", "12") == [True, True, False]
    assert runs.batches == ["12", "2", "2"]


def test_an_unknown_record_has_the_whole_batch_come_again() -> None:
    runs = Runs(failing("29"), failing(""))

    assert bring(runs, "12", "12") == [True, False]
    assert runs.batches == ["12", "12"]


@pytest.mark.parametrize(
    "answer", ["done", [1], {"batchItemFailures": [{}]}, {"batchItemFailures": 1}], ids=str
)
def test_an_answer_that_lambda_cannot_read_has_the_whole_batch_come_again(answer: Any) -> None:
    runs = Runs({"body": answer}, failing(""))

    assert bring(runs, "12", "12") == [True, False]


def test_what_was_done_stays_done_when_the_local_aws_itself_breaks_off() -> None:
    runs = Runs(failing("2"), failing(""))
    items = FailedItems(runs)
    items.run(FUNCTION, batch("12"))
    with pytest.raises(AssertionError):
        items.run({"FunctionName": "publish", "is": "unknown"}, batch("12"))

    items.run(FUNCTION, batch("12"))

    assert runs.batches == ["12", "2"]


def test_records_that_the_stream_has_dropped_meanwhile_are_not_waited_for() -> None:
    runs = Runs(failing("2"), failing(""), failing(""))

    assert bring(runs, "12", "3", "4") == [True, False, False]
    assert runs.batches == ["12", "3", "4"]
