"""The port `Batches`: one contract, held by the table and by the fake that stands in for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sms_gateway.adapters.batches_table import BatchesTable
from sms_gateway.domain.guards import BATCH_KNOWN_FOR
from sms_gateway.use_cases.ports import Batches
from tests.fakes.batches import FakeBatches
from tests.fakes.clock import START
from tests.support.tables import a_guards_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MILLISECOND = timedelta(milliseconds=1)


def in_dynamodb(client: "DynamoDBClient") -> BatchesTable:
    return BatchesTable(client, a_guards_table(client))


@pytest.fixture(params=["fake", "table"])
def batches(request: pytest.FixtureRequest, dynamodb: "DynamoDBClient") -> Batches:
    return FakeBatches() if request.param == "fake" else in_dynamodb(dynamodb)


def test_a_new_batch_gets_the_id_it_is_offered(batches: Batches) -> None:
    assert batches.remember("digest", "b-1", START) == "b-1"


def test_the_same_batch_keeps_its_id(batches: Batches) -> None:
    batches.remember("digest", "b-1", START)

    assert batches.remember("digest", "b-2", START + MILLISECOND) == "b-1"
    assert batches.remember("digest", "b-3", START + MILLISECOND) == "b-1"


def test_another_batch_has_an_id_of_its_own(batches: Batches) -> None:
    batches.remember("digest", "b-1", START)

    assert batches.remember("other", "b-2", START) == "b-2"


@pytest.mark.parametrize(
    ("later", "known_as"),
    [
        (BATCH_KNOWN_FOR - MILLISECOND, "b-1"),
        (BATCH_KNOWN_FOR, "b-2"),
        (9 * BATCH_KNOWN_FOR, "b-2"),
    ],
    ids=["a day less a moment", "a day", "long ago"],
)
def test_a_batch_is_known_for_a_day(batches: Batches, later: timedelta, known_as: str) -> None:
    batches.remember("digest", "b-1", START)

    assert batches.remember("digest", "b-2", START + later) == known_as
    assert batches.remember("digest", "b-3", START + later) == known_as


def test_being_asked_about_makes_a_batch_no_younger(batches: Batches) -> None:
    batches.remember("digest", "b-1", START)
    batches.remember("digest", "b-2", START + BATCH_KNOWN_FOR - MILLISECOND)

    assert batches.remember("digest", "b-3", START + BATCH_KNOWN_FOR) == "b-3"


def test_of_many_who_come_at_once_all_get_the_same_id(batches: Batches) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(lambda n: batches.remember("digest", f"b-{n}", START), range(16)))

    assert len(ids) == 1


def test_a_batch_is_one_item_that_disappears_by_itself_and_tells_nothing_of_what_is_in_it(
    dynamodb: "DynamoDBClient",
) -> None:
    table = in_dynamodb(dynamodb)

    table.remember("0a1b", "b-1", START)

    assert dynamodb.scan(TableName=table.table_name)["Items"] == [
        {
            "guard": {"S": "batch#0a1b"},
            "batchId": {"S": "b-1"},
            "knownUntil": {"S": "2026-11-23T14:35:00.123Z"},
            "expiresAt": {"N": "1795444501"},
        }
    ]
