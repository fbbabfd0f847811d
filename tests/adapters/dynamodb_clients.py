"""Clients of DynamoDB for tests: some are in trouble, and any can be listened to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.stub import Stubber

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def a_client() -> "DynamoDBClient":
    """One that repeats nothing, so that a test sees what one answer comes to."""
    return boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )


def refusing(operation: str, code: str) -> "DynamoDBClient":
    """One whose requests have to be for this operation, and are answered with an error."""
    client = a_client()
    stub = Stubber(client)
    for _ in range(10):  # those that are made side by side
        stub.add_client_error(operation, service_error_code=code, http_status_code=400)
    stub.activate()
    return client


def silent(error: Exception) -> "DynamoDBClient":
    """One that never gets an answer; this is what it raises instead."""

    def fail(**_: Any) -> None:
        raise error

    client = a_client()
    client.meta.events.register("before-call.dynamodb", fail)
    return client


@contextmanager
def calls_of(client: "DynamoDBClient") -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The name and the parameters of every call the client makes meanwhile."""
    made: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.append((model.name, params))

    client.meta.events.register("provide-client-params.dynamodb", note)
    yield made
    client.meta.events.unregister("provide-client-params.dynamodb", note)
