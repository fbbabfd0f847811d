"""What IAM asks of each call of AWS, and a record of it.

The handlers' tests listen to botocore in their own process (`asked`). The deployed functions load
this file as a plugin of botocore's, which is why it imports the standard library only and has a
folder of its own: that folder is all they get of the tests.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

RECORD_FILE: Final = "SMS_GATEWAY_RECORD_FILE"
"""The variable that names the file in which the deployed functions write down their calls."""

_Asked = Iterable[tuple[str, str]]

_PARTS: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
"""IAM asks for the parts of a transaction, not for the transaction ("Using IAM with DynamoDB
transactions" in the developer guide)."""


def asked(service: str, operation: str, params: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The (action, resource) that IAM asks for. The resource is named as the caller names it.

    An operation that this file does not know is asked for on `?`, which no policy allows, so a new
    operation needs its line in this file.
    """
    find = _ASKED.get((service, operation))
    return set(find(params)) if find else {(f"{service}:{operation}", "?")}


def _item(operation: str) -> Callable[[Mapping[str, Any]], _Asked]:
    return lambda params: [(f"dynamodb:{operation}", params["TableName"])]


def _query(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """IAM asks for the index alone, if there is one, and not for its table."""
    index = params.get("IndexName")
    table = params["TableName"]
    yield "dynamodb:Query", f"{table}/index/{index}" if index else table


def _batch(operation: str) -> Callable[[Mapping[str, Any]], _Asked]:
    return lambda params: [(f"dynamodb:{operation}", table) for table in params["RequestItems"]]


def _transaction(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for item in params["TransactItems"]:
        for part, given in item.items():
            yield f"dynamodb:{_PARTS[part]}", given["TableName"]


def _on(action: str, parameter: str) -> Callable[[Mapping[str, Any]], _Asked]:
    return lambda params: [(action, params[parameter])]


_ASKED: Final[dict[tuple[str, str], Callable[[Mapping[str, Any]], _Asked]]] = {
    **{
        ("dynamodb", operation): _item(operation)
        for operation in ("DeleteItem", "GetItem", "PutItem", "UpdateItem")
    },
    ("dynamodb", "Query"): _query,
    ("dynamodb", "BatchGetItem"): _batch("BatchGetItem"),
    ("dynamodb", "TransactWriteItems"): _transaction,
    # The batches of SNS and SQS ask for the same as the single call.
    ("sns", "PublishBatch"): _on("sns:Publish", "TopicArn"),
    ("sqs", "GetQueueAttributes"): _on("sqs:GetQueueAttributes", "QueueUrl"),
    ("sqs", "SendMessage"): _on("sqs:SendMessage", "QueueUrl"),
    ("sqs", "SendMessageBatch"): _on("sqs:SendMessage", "QueueUrl"),
    ("cloudwatch", "GetMetricData"): lambda _: [("cloudwatch:GetMetricData", "*")],
    ("secretsmanager", "GetSecretValue"): _on("secretsmanager:GetSecretValue", "SecretId"),
}


def initialize_client_plugin(client: Any) -> None:
    """Have the calls of this client written down, each kind once a process. botocore calls this.

    Nothing but names goes into the file: no key, no number, no text.
    """
    function, path = os.environ.get("AWS_LAMBDA_FUNCTION_NAME"), os.environ.get(RECORD_FILE)
    if not function or not path:
        return  # the local AWS itself

    written: set[tuple[str, str]] = set()

    def write_down(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        for each in asked(model.service_model.service_name, model.name, params) - written:
            written.add(each)
            with open(path, "a", encoding="utf-8") as record:  # noqa: PTH123  as little as can be
                record.write(json.dumps([function, *each]) + "\n")

    client.meta.events.register("before-parameter-build", write_down)
