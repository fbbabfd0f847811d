"""The operator's policies allow what the operators' commands and the runbook's ask of AWS, and
nothing else.

A new command is a row of `RUNS`, with the arguments that make each of its calls. Those of `aws` in
the runbook are read from it.
"""

import io
import json
import pkgutil
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from botocore.session import get_session
from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped]
from moto import mock_aws
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

import tools.operators
from sms_gateway.adapters import guard_items
from sms_gateway.adapters.attributes import attributes
from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.message_item import report_entry
from sms_gateway.domain.account import Account
from sms_gateway.domain.phone_number import PhoneNumber
from sms_gateway.domain.status import Reason, Status
from tests.fakes.builders import CLIENT, ID, NUMBER, a_message, a_report
from tests.support.aws_command import AwsCommand
from tests.support.deployed import (
    ACCOUNT,
    GUARDS,
    MESSAGES,
    ON,
    REGION,
    STACK,
    Asked,
    Deployed,
    QuickSession,
    a_stack,
    recorded,
)
from tests.support.runbook import commands
from tests.support.stream_positions import Stream, a_position
from tests.support.template import settled
from tools.client_keys import ClientKeys
from tools.repository import ROOT
from tools.rotate import KINDS

PAGE: Final = ROOT / "docs" / "operator-policy.yaml"
TEMPLATE: Final[dict[str, Any]] = yaml_parse(PAGE.read_text(encoding="utf-8"))
SECRETS: Final = ("VoipitSecretArn", *(kind.output for kind in KINDS.values()))
KEYS: Final = {
    "EncryptionKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/one",
    "SecondKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/two",
}
OPTIONS: Final = {
    **KEYS,
    **{name: f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}" for name in SECRETS},
}
"""Each parameter that makes the policies larger."""
DAY: Final = ("--since", "2026-11-22", "--until", "2026-11-23")
CASE: Final = ("--case", "DPO-2026-17")
ENTERED: Final = PhoneNumber("+40799000001")
_NO_RIGHT_NEEDED: Final = {"sts:GetCallerIdentity"}

_LAMBDA: Final = f"arn:aws:lambda:{REGION}:{ACCOUNT}"

Call = tuple[str, str]
"""An action and the ARN that it is about; of an action on the key, the service that asks for it; of
one on a trigger, its function."""


@dataclass(frozen=True)
class Run:
    """A command line, and the policy that its user needs beside `Reader`."""

    policy: str
    program: str
    arguments: tuple[str, ...] = ()
    prepare: Callable[[Deployed], None] = lambda _: None

    def __str__(self) -> str:
        return " ".join((self.policy, self.program, *self.arguments))


def _failures(deployed: Deployed) -> None:
    report = {"client": CLIENT, "messageId": ID, "report": report_entry(a_report())}
    deployed.put("DispatchFailures", json.dumps({"client": CLIENT, "messageId": ID}))
    deployed.put("ReportFailures", json.dumps(report))
    deployed.put("PublishFailures", a_position(startSequenceNumber="1", endSequenceNumber="2"))
    deployed.put("PublishFailures", Stream(deployed).position(0, 0))


def _secrets(deployed: Deployed) -> None:
    client = QuickSession().client("secretsmanager")
    arns = {name: client.create_secret(Name=name, SecretString="{}")["ARN"] for name in SECRETS}
    QuickSession().client("cloudformation").delete_stack(StackName=STACK)
    outputs = deployed.outputs | arns
    a_stack(outputs, VoipitBaseUrl="https://voipit.invalid", ReportDeadlineMinutes="60")


def _crm(_: Deployed) -> None:
    ClientKeys.of_stack(QuickSession(), STACK).add("crm", None)


RUNS: Final = (
    Run("Reader", "find", ("--id", ID)),
    Run("Reader", "find", ("--number", NUMBER.e164)),
    Run("Reader", "problems", ("--since", "1h")),
    Run("Reader", "usage"),
    Run("Reader", "suppressions"),
    Run("Reader", "suppressions", ("--import", "list.csv", "--dry-run")),
    Run("Reader", "suppressions", ("--repair", "--dry-run")),
    Run("Reader", "forget", ("--list",)),
    Run("Reader", "forget", (NUMBER.e164, *CASE, "--dry-run")),
    Run("Reader", "republish", ("--number", NUMBER.e164, "--dry-run")),
    Run("Reader", "republish", (*DAY, "--dry-run")),
    Run("Doer", "suppressions", ("--import", "list.csv", "--yes")),
    Run("Doer", "suppressions", ("--repair", "--yes")),
    Run("Doer", "forget", (NUMBER.e164, *CASE, "--also-suppression", "--yes")),
    Run("Doer", "republish", ("--id", ID, "--yes")),
    Run("Doer", "republish", (*DAY, "--yes")),
    Run("Doer", "redrive", ("--yes",), _failures),
    Run("KeyMaker", "add_client", ("--list",)),
    Run("KeyMaker", "add_client", ("--name", "crm")),
    Run("KeyMaker", "add_client", ("--remove", "crm", "--yes"), _crm),
    Run("Keeper", "account", (), _secrets),
    *(Run("Keeper", "rotate", ("--key", kind), _secrets) for kind in KINDS),
)

OTHER_TOOLS: Final = {"account", "add_client", "rotate"}

_CONDITIONS: Final = (
    ("StringEquals", "kms:ViaService", list(KEYS.values())),
    ("StringLike", "lambda:FunctionArn", [f"{_LAMBDA}:event-source-mapping:*"]),
)
"""Those that say more than the resources beside them do."""


@cache
def statements(policy: str) -> frozenset[tuple[str, str]]:
    """The pairs of action and pattern of ARNs that a policy allows at most."""
    values = {
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "StackName": STACK,
        "UsagePlanId": "plan",
        **OPTIONS,
    }
    resource = settled(TEMPLATE, UsagePlanId="plan", **OPTIONS)["Resources"][policy]
    pairs = set()
    for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        about = [_text(each, values) for each in as_list(statement["Resource"])]
        if "Condition" in statement:
            ((kind, condition),) = statement["Condition"].items()
            ((name, wanted),) = condition.items()
            assert (kind, name, about) in _CONDITIONS
            about = [_text(each, values) for each in as_list(wanted)]
        pairs |= {(action, arn) for action in as_list(statement["Action"]) for arn in about}
    return frozenset(pairs)


def _text(value: Any, values: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    ((function, text),) = value.items()
    if function == "Ref":
        return values[text]
    for name, filled in values.items():
        text = text.replace(f"${{{name}}}", filled)
    return str(text)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def calls_in(asked: Asked, plan: str) -> set[Call]:
    """What AWS asks a right for, of each call."""
    made: set[Call] = set()
    for service, operation, parameters, _ in asked.calls:
        if service == "apigateway":
            made |= set(_on_api_gateway(operation, parameters))
            continue
        action = operation.removesuffix("Batch")  # AWS asks for the right to a single one
        right = f"{service.removesuffix('streams')}:{action}"
        made |= {(right, arn) for arn in _ARNS[service](parameters)}
        made |= {(f"kms:{each}", _via(service)) for each in _of_the_key(service, action)}
    named = {(action, arn.replace(plan, "plan")) for action, arn in made}
    return {call for call in named if call[0] not in _NO_RIGHT_NEEDED}


_API_GATEWAY: Final = get_session().get_service_model("apigateway")


def _on_api_gateway(operation: str, parameters: Mapping[str, Any]) -> Iterator[Call]:
    """Its actions are the methods of HTTP, and what they are about is the path."""
    model = _API_GATEWAY.operation_model(operation)
    assert model.input_shape is not None
    in_path = {
        member.serialization.get("name", name): parameters.get(name)
        for name, member in model.input_shape.members.items()
    }
    path = model.http["requestUri"].partition("?")[0].format(**in_path)
    arn = f"arn:aws:apigateway:{REGION}::"
    yield f"apigateway:{model.http['method']}", f"{arn}{path}"
    if "tags" in parameters:
        yield "apigateway:PUT", f"{arn}/tags/{quote(f'{arn}{path}/*', safe='*')}"


def _arn(service: str, of: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{of}"


_ARNS: Final[dict[str, Callable[[Mapping[str, Any]], Iterable[str]]]] = {
    "dynamodb": lambda asked: [_arn("dynamodb", f"table/{of}") for of in _tables(asked)],
    "dynamodbstreams": lambda _: [_arn("dynamodb", f"table/{MESSAGES}/stream/1")],
    "cloudformation": lambda asked: [_arn("cloudformation", f"stack/{asked['StackName']}/id")],
    "sqs": lambda asked: [_arn("sqs", asked["QueueUrl"].rpartition("/")[2])],
    "sns": lambda asked: [asked["TopicArn"]],
    # moto's ARNs end with six random characters, as AWS's do.
    "secretsmanager": lambda asked: [asked["SecretId"].rpartition("-")[0]],
    "cloudwatch": lambda _: "*",
    "sts": lambda _: "*",
}
"""What a call is about."""


def _via(service: str) -> str:
    return f"{service.removesuffix('streams')}.{REGION}.amazonaws.com"


def _of_the_key(service: str, action: str) -> Iterable[str]:
    if service in {"dynamodb", "dynamodbstreams"} and action != "DescribeTable":
        return ["Decrypt"]
    return _OF_THE_KEY.get((service, action), ())


_ENCRYPTS: Final = ("Decrypt", "GenerateDataKey")
_OF_THE_KEY: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("sqs", "ReceiveMessage"): ("Decrypt",),
    ("sqs", "SendMessage"): _ENCRYPTS,
    ("sns", "Publish"): _ENCRYPTS,
    ("secretsmanager", "PutSecretValue"): _ENCRYPTS,
}
"""What these ask of a key of one's own (docs/encryption.md)."""


def _tables(parameters: Mapping[str, Any]) -> Iterator[str]:
    """The tables and indexes that an operation is about to IAM."""
    if "RequestItems" in parameters:
        yield from parameters["RequestItems"]
    else:
        index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
        yield f"{parameters['TableName']}{index}"


def allowed(call: Call, pairs: Collection[tuple[str, str]]) -> bool:
    return any(call[0] == action and fnmatchcase(call[1], arn) for action, arn in pairs)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[Run, set[Call]]:
    """The calls that each run makes."""
    return {run: _asked_by(run, tmp_path_factory.mktemp("run")) for run in RUNS}


def _asked_by(run: Run, folder: Path) -> set[Call]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        for module in ("account", "add_client", "rotate", "operators.parts.frame"):
            patch.setattr(f"tools.{module}.a_session", lambda *_: QuickSession())
        patch.setattr("tools.account._tried", lambda _: Account("400123", "a password", ""))
        patch.setattr("tools.operators.forget.pause", lambda _: None)
        patch.setattr("tools.operators.parts.republishing.LOCAL_FILES", folder)
        patch.setattr("sys.stdout", io.StringIO())
        patch.chdir(folder)
        (folder / "list.csv").write_text("number\n0799000002\n", encoding="utf-8")
        deployed = Deployed()
        _fill(deployed)
        for minutes in (0, 1):  # the run can go on into the next minute
            deployed.publish_is_behind(1, datetime.now(UTC) + timedelta(minutes=minutes))
        run.prepare(deployed)
        package = "tools" if run.program in OTHER_TOOLS else "tools.operators"
        main = import_module(f"{package}.{run.program}").main
        with recorded(patch) as calls:
            assert main([*ON, *run.arguments]) == 0
        return calls_in(calls, deployed.plan)


def _fill(deployed: Deployed) -> None:
    """Rows of each kind that a command comes across."""
    deployed.has(
        a_message(Status.FAILED, reason=Reason.REFUSED, updated_at=datetime.now(UTC)),
        a_message(Status.QUEUED, message_id="waiting", attempt=0),
    )
    last = guard_items.of_last_message(CLIENT, NUMBER)
    for row in (
        {"guard": last, "messageId": ID, "intent": "a digest"},
        {"guard": guard_items.of_recipient(NUMBER), "sent": [1], "writes": 1},
        _entry(NUMBER) | {"list": guard_items.SUPPRESSED},
        _entry(ENTERED),
        {"guard": guard_items.of_client_and_day(CLIENT, f"{datetime.now(UTC):%Y-%m-%d}", 0)}
        | {"messages": 1},
        {
            "guard": guard_items.of_forgotten("2026-11-22T14:35:00.123Z", "0a1b2c3d"),
            "at": "2026-11-22T14:35:00.123Z",
            "operator": "arn:aws:iam::123456789012:user/ana",
            "case": CASE[1],
            "state": "done",
            **dict.fromkeys(("cancelled", "messages", "guards", "suppressions", "left"), 0),
        },
    ):
        deployed.has_row(GUARDS, attributes(row))
    ClientsTable(deployed.db, GUARDS).know({CLIENT})


def _entry(number: PhoneNumber) -> dict[str, Any]:
    about = {"phoneNumber": number.e164, "since": "2026-11-22T14:35:00.123Z", "client": CLIENT}
    return {"guard": guard_items.of_suppression(number), **about}


def test_each_command_has_a_run_and_each_policy_too() -> None:
    modules = pkgutil.iter_modules(tools.operators.__path__)
    programs = {module.name for module in modules if not module.ispkg}
    resources = TEMPLATE["Resources"].items()
    policies = {name for name, each in resources if each["Type"] == "AWS::IAM::ManagedPolicy"}

    assert {run.program for run in RUNS} == programs | OTHER_TOOLS
    assert {run.policy for run in RUNS} | {"OnCall"} == policies == set(TEMPLATE["Resources"])


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_what_a_command_asks_for_is_allowed_by_its_policies(
    asked: dict[Run, set[Call]], run: Run
) -> None:
    pairs = statements("Reader") | statements(run.policy)

    assert asked[run]
    assert sorted(call for call in asked[run] if not allowed(call, pairs)) == []


@pytest.mark.parametrize("policy", ["Reader", "Doer", "KeyMaker", "Keeper"])
def test_what_a_policy_allows_is_asked_for_by_one_of_its_commands(
    asked: dict[Run, set[Call]], policy: str
) -> None:
    made = {call for run in RUNS if run.policy == policy for call in asked[run]}

    unused = [pair for pair in statements(policy) if not any(allowed(c, {pair}) for c in made)]
    assert sorted(unused) == []


@pytest.mark.parametrize("policy", ["Doer", "OnCall", "KeyMaker", "Keeper"])
def test_what_reader_allows_stands_in_no_other_policy(policy: str) -> None:
    assert statements(policy) & statements("Reader") == set()


IN_THE_RUNBOOK: Final = commands("aws")
NAMES: Final = {
    "MessagesTable": MESSAGES,
    "PublishFunctionName": f"{STACK}-PublishFunction-1A2B3C",
    "ReportFallbackQueueUrl": f"https://sqs.invalid/{ACCOUNT}/{STACK}-ReportFallbackQueue-1A2B3C",
    "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:{STACK}-StatusEvents-1A2B3C",
    "WatchRuleName": f"{STACK}-WatchFunctionEveryMinute-1A2B3C",
    "UUID": "a-trigger",
    "messageId": ID,
    "client": CLIENT,
}
"""What stands in the angle brackets of the runbook's commands."""
_BY_COMMAND: Final[dict[str, Callable[[Mapping[str, Any]], Iterable[str]]]] = {
    **_ARNS,
    "events": lambda asked: [_arn("events", f"rule/{asked['Name']}")],
    "lambda": lambda asked: (
        [f"{_LAMBDA}:function:{NAMES['PublishFunctionName']}"] if "UUID" in asked else "*"
    ),
    "service-quotas": lambda asked: [
        _arn("servicequotas", f"{asked['ServiceCode']}/{asked['QuotaCode']}")
    ],
}
WITHOUT_A_COMMAND: Final[set[Call]] = {
    # the dashboard and the saved queries, as the console shows them
    ("cloudwatch:GetDashboard", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{STACK}-{REGION}"),
    ("cloudwatch:GetMetricData", "*"),
    ("logs:DescribeLogGroups", "*"),
    ("logs:DescribeQueryDefinitions", "*"),
    ("logs:GetQueryResults", "*"),
    ("logs:StartQuery", _arn("logs", f"log-group:/aws/lambda/{STACK}/watch")),
    ("logs:StopQuery", "*"),
    # whether a queue is empty, before a rollback too (docs/upgrading.md)
    *(
        ("sqs:GetQueueAttributes", _arn("sqs", f"{STACK}-{queue}-1A2B3C"))
        for queue in ("DispatchFailures", "DispatchQueue", "PublishFailures", "ReportFailures")
    ),
}
"""What the runbook has people look at without saying how."""


def _asked_by_command(text: str) -> set[Call]:
    command = AwsCommand.read(re.sub(r"<(\w+)>", lambda found: NAMES[found[1]], text))
    service = command.service.replace("-", "")
    about = _BY_COMMAND[command.service](command.arguments)
    return {(f"{service}:{command.operation.name}", arn) for arn in about}


@pytest.mark.parametrize("text", IN_THE_RUNBOOK)
def test_what_a_command_of_the_runbook_asks_for_is_allowed_to_the_person_on_call(text: str) -> None:
    pairs = statements("Reader") | statements("OnCall")

    asked_for = _asked_by_command(text)
    assert asked_for
    assert sorted(call for call in asked_for if not allowed(call, pairs)) == []


def test_what_the_runbook_has_people_look_at_is_allowed_to_the_person_on_call() -> None:
    pairs = statements("Reader") | statements("OnCall")

    assert sorted(call for call in WITHOUT_A_COMMAND if not allowed(call, pairs)) == []


def test_what_the_person_on_call_is_allowed_is_asked_for_by_the_runbook() -> None:
    made = WITHOUT_A_COMMAND.union(*map(_asked_by_command, IN_THE_RUNBOOK))

    unused = [p for p in statements("OnCall") if not any(allowed(c, {p}) for c in made)]
    assert sorted(unused) == []


def test_another_stack_and_an_action_more_are_not_allowed() -> None:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
    pairs = statements("Reader")

    assert allowed(("dynamodb:Query", f"{arn}/{MESSAGES}"), pairs)
    assert not allowed(("dynamodb:Query", f"{arn}/{STACK}-prod-Messages-1"), pairs)
    assert not allowed(("dynamodb:Scan", f"{arn}/{MESSAGES}"), pairs)


def test_without_a_key_and_secrets_nothing_is_said_about_them() -> None:
    resources = settled(TEMPLATE, UsagePlanId="plan")["Resources"]

    assert set(resources) == {"Reader", "Doer", "OnCall", "KeyMaker"}
    assert "kms:" not in json.dumps(resources)


@pytest.mark.parametrize("given", KEYS)
def test_each_of_the_two_keys_can_be_given_alone(given: str) -> None:
    """The key that is to come has no other beside it, nor has the one that was left."""
    resources = settled(
        TEMPLATE, UsagePlanId="plan", **OPTIONS | dict.fromkeys(KEYS, "") | {given: KEYS[given]}
    )["Resources"]
    about = [
        statement["Resource"]
        for policy in resources.values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "kms:Decrypt" in as_list(statement["Action"])
    ]

    assert about == [[{"Ref": given}]] * 3  # Reader, Doer, Keeper


def test_cfn_lint_has_nothing_against_it() -> None:
    assert lint_file(PAGE, ManualArgs(regions=[REGION])) == []
