"""The operator's policies allow what the operators' commands ask of AWS, and nothing else.

A new command is a row of `COMMANDS`, with command lines that make each of its calls.
"""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from typing import Any, Final

import pytest
from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

import tools.operators
from sms_gateway.domain.status import Reason, Status
from tests.fakes.builders import NUMBER, a_message
from tests.support.deployed import MESSAGES, ON, STACK, Asked, Deployed, recorded
from tests.tools.aws_answers import REGION
from tools.repository import ROOT

PAGE: Final = ROOT / "docs" / "operator-policy.yaml"
ACCOUNT: Final = "123456789012"
_NO_RIGHT_NEEDED: Final = {"sts:GetCallerIdentity"}
_IN_A_TRANSACTION: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}

Call = tuple[str, str]
"""An action and the ARN that it is about."""


@dataclass(frozen=True)
class Row:
    """A command: its policy beside `Reader`, and command lines that make all of its calls."""

    policy: str
    runs: tuple[tuple[str, ...], ...]
    prepare: Callable[[Deployed], None] = lambda _: None


COMMANDS: Final = {
    "find": Row("Reader", (("--id", "appointment-17"), ("--number", NUMBER.e164))),
    "problems": Row("Reader", (("--since", "1h"),)),
    "usage": Row("Reader", (("--client", "crm"), ())),
}


@cache
def statements(policy: str, plan: str) -> tuple[tuple[str, str], ...]:
    """The pairs of action and pattern of ARNs that a policy allows."""
    values = {
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "StackName": STACK,
        "UsagePlanId": plan,
    }
    document = yaml_parse(PAGE.read_text(encoding="utf-8"))["Resources"][policy]["Properties"]
    pairs = []
    for statement in document["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                pattern = resource["Fn::Sub"]
                for name, value in values.items():
                    pattern = pattern.replace(f"${{{name}}}", value)
                pairs.append((action, pattern))
    return tuple(pairs)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def calls_in(asked: Asked) -> set[Call]:
    """What AWS asks a right for, of each call."""
    made = {call for each in asked.calls for call in _calls(*each[:3])}
    return {call for call in made if call[0] not in _NO_RIGHT_NEEDED}


def _calls(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Call]:
    here = f"arn:aws:{service}:{REGION}:{ACCOUNT}"
    match service:
        case "dynamodb":
            for action, of in _of_tables(operation, parameters):
                yield f"dynamodb:{action}", f"{here}:table/{of}"
        case "cloudformation":
            yield f"cloudformation:{operation}", f"{here}:stack/{parameters['StackName']}/id"
        case "apigateway" if operation == "GetUsagePlanKeys":
            path = f"/usageplans/{parameters['usagePlanId']}/keys"
            yield "apigateway:GET", f"arn:aws:apigateway:{REGION}::{path}"
        case "sqs":
            queue = parameters["QueueUrl"].rpartition("/")[2]
            # AWS has no right for a batch: it asks for that of a single one.
            yield f"sqs:{operation.removesuffix('Batch')}", f"{here}:{queue}"
        case "sns":
            yield f"sns:{operation.removesuffix('Batch')}", parameters["TopicArn"]
        case "sts":
            yield f"sts:{operation}", "*"
        case _:
            pytest.fail(f"{service}:{operation} is not known here")


def _of_tables(operation: str, parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions on tables and indexes that one operation is to IAM."""
    if operation == "TransactWriteItems":
        for part in parameters["TransactItems"]:
            ((kind, of),) = part.items()
            yield _IN_A_TRANSACTION[kind], of["TableName"]
    elif "RequestItems" in parameters:
        yield from ((operation, table) for table in parameters["RequestItems"])
    else:
        index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
        yield operation, f"{parameters['TableName']}{index}"


def allowed(call: Call, pairs: tuple[tuple[str, str], ...]) -> bool:
    return any(call[0] == action and fnmatchcase(call[1], arn) for action, arn in pairs)


@pytest.fixture
def asked_by(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], set[Call]]:
    """The calls that a command makes in all of its runs."""

    def run(name: str) -> set[Call]:
        row = COMMANDS[name]
        row.prepare(deployed)
        with recorded(monkeypatch) as asked:
            for arguments in row.runs:
                import_module(f"tools.operators.{name}").main([*ON, *arguments])
        return calls_in(asked)

    deployed.has(a_message(Status.FAILED, reason=Reason.REFUSED, updated_at=datetime.now(UTC)))
    return run


def policies() -> list[str]:
    resources = yaml_parse(PAGE.read_text(encoding="utf-8"))["Resources"]
    return [name for name in resources if resources[name]["Type"] == "AWS::IAM::ManagedPolicy"]


def test_each_command_has_its_row_and_each_policy_its_commands() -> None:
    there_are = {
        module.name
        for module in pkgutil.iter_modules(tools.operators.__path__)
        if hasattr(import_module(f"tools.operators.{module.name}"), "COMMAND")
    }
    assert set(COMMANDS) == there_are
    assert {row.policy for row in COMMANDS.values()} == set(policies())


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_asks_for_is_allowed_by_its_policies(
    deployed: Deployed, asked_by: Callable[[str], set[Call]], name: str
) -> None:
    pairs = statements("Reader", deployed.plan) + statements(COMMANDS[name].policy, deployed.plan)
    made = asked_by(name)

    assert made
    assert sorted(call for call in made if not allowed(call, pairs)) == []


@pytest.mark.parametrize("policy", policies())
def test_what_a_policy_allows_is_asked_for_by_one_of_its_commands(
    deployed: Deployed, asked_by: Callable[[str], set[Call]], policy: str
) -> None:
    made = {
        call
        for name, row in COMMANDS.items()
        if policy in {"Reader", row.policy}
        for call in asked_by(name)
    }
    pairs = statements(policy, deployed.plan)

    assert pairs
    assert [pair for pair in pairs if not any(allowed(call, (pair,)) for call in made)] == []


def test_another_stack_and_an_action_more_are_not_allowed(deployed: Deployed) -> None:
    pairs = statements("Reader", deployed.plan)
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"

    assert allowed(("dynamodb:Query", f"{arn}/{MESSAGES}"), pairs)
    assert not allowed(("dynamodb:Query", f"{arn}/{STACK}-prod-Messages-1"), pairs)
    assert not allowed(("dynamodb:Scan", f"{arn}/{MESSAGES}"), pairs)


def test_cfn_lint_has_nothing_against_it() -> None:
    assert lint_file(PAGE, ManualArgs(regions=[REGION])) == []
