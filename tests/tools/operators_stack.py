"""A deployed gateway in memory for the operators' commands, and what they ask of AWS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
import pytest
from botocore.client import BaseClient

from sms_gateway.domain.message import Message
from tests.support.tables import OpenMessages, a_guards_table, a_messages_table

STACK: Final = "voipit-sms-gateway"
ON: Final = ["--stack-name", STACK]


@dataclass(frozen=True, slots=True)
class Deployed:
    """The parts of the stack that commands touch."""

    messages: OpenMessages
    guards_table: str
    plan: str
    own_key: str

    @classmethod
    def deploy(cls) -> "Deployed":
        """In the AWS of this test."""
        dynamodb, api = boto3.client("dynamodb"), boto3.client("apigateway")
        made = cls(
            a_messages_table(dynamodb, STACK),
            a_guards_table(dynamodb, STACK),
            api.create_usage_plan(name=STACK)["id"],
            api.create_api_key(name=f"{STACK}-own", enabled=True)["id"],
        )
        api.create_usage_plan_key(usagePlanId=made.plan, keyId=made.own_key, keyType="API_KEY")
        outputs = {
            "MessagesTable": made.messages.table_name,
            "GuardsTable": made.guards_table,
            "UsagePlanId": made.plan,
            "ApiKeyId": made.own_key,
        }
        boto3.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(
                {
                    "Parameters": {"DefaultRegion": {"Type": "String", "Default": "RO"}},
                    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                    "Outputs": {name: {"Value": value} for name, value in outputs.items()},
                }
            ),
        )
        return made

    def has(self, *messages: Message) -> None:
        """Store messages as they are."""
        for message in messages:
            self.messages.create(message)


@dataclass(slots=True)
class Asked:
    """What was asked of AWS: service, operation, parameters and answer of each call."""

    calls: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def rows_read(self, *, of_index: bool) -> int:
        """Rows that the table, or one of its indexes, has given out."""
        number = 0
        for _, operation, parameters, answer in self.calls:
            if operation in {"Query", "Scan"} and ("IndexName" in parameters) == of_index:
                number += answer["ScannedCount"]
            elif operation == "BatchGetItem" and not of_index:
                number += sum(map(len, answer["Responses"].values()))
        return number


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """Every call of AWS meanwhile."""
    asked = Asked()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001  the one place that all pass

    def make(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = call(client, operation, parameters)
        asked.calls.append((client.meta.service_model.service_name, operation, parameters, answer))
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", make)
        yield asked
