"""The runbook has an entry for every alarm, in one form, and its commands are real ones."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from sms_gateway.adapters.message_item import to_item
from sms_gateway.domain.circuit import OpenReason
from sms_gateway.domain.status import Reason, Status
from sms_gateway.entrypoints.metrics import Metric
from tests.fakes.builders import a_message
from tests.support.aws_command import AwsCommand, CommandError
from tests.support.cloudwatch import alarms, composites
from tests.support.runbook import PAGE, REGION, STACK, commands, entries
from tests.support.tables import MESSAGES_SCHEMA
from tests.support.template import TEMPLATE, properties, transformed
from tools import account
from tools.deploy import read_overrides
from tools.operators.parts.frame import Exit
from tools.progress import console
from tools.repository import ROOT

PARTS: Final = [
    *("Means:", "Who feels it:", "Look:", "Cure:", "Cured when:", "Do not", "If not:"),
]
MOST_LINES: Final = 15
HINT: Final = '{"client": "crm", "messageId": "m-1"}'
NOT_HERE: Final = {
    "get-account-settings": "moto does not have it",
    "request-service-quota-increase": "moto does not have it",
}
"""Commands that are only held against AWS's models: right in name, options and types."""
_ERRORS: Final = {"AccessDeniedException", "SiteError", "StoreUnavailableError"}
"""Errors that a log line can name."""
_OTHER_WORDS: Final = {"x-amzn-requestid", "voipit-sms-gateway", "eu-central-1"}
_INPUTS: Final = {"UUID", "messageId", "client", "key", "stack", "region"}
"""What stands in angle brackets and is no output of the stack."""


def chapter(title: str) -> list[str]:
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return re.findall(r"^### (\S+)$", text, re.MULTILINE)


AWS: Final = commands("aws")
MAKE: Final = [each for each in commands("make") if "NOW=1" not in each]


# --- the form --------------------------------------------------------------------------------


def test_the_names_of_alarms_and_the_headings_are_the_same_set() -> None:
    template = transformed()
    single = alarms(template, AccountConcurrency="1000")
    assert sorted(re.findall(r"^### (.*)$", PAGE, re.MULTILINE)) == sorted(
        [*single, *composites(template)]
    )


def test_an_alarm_stands_under_the_title_of_the_one_that_tells_of_it() -> None:
    rules = composites(transformed(), AccountConcurrency="1000")
    told = {name: set(re.findall(r'ALARM\("([^"]+)"\)', rule)) for name, rule in rules.items()}

    assert set(chapter("People suffer now")) == told["wake"]
    assert set(chapter("The next working day")) == told["day"] - {"wake"}


@pytest.mark.parametrize("heading", entries())
def test_an_entry_has_seven_parts_in_one_order_and_is_short(heading: str) -> None:
    lines = [line for line in entries()[heading].splitlines() if line]

    assert re.findall(r"^- \*\*(.*?)\*\*", entries()[heading], re.MULTILINE) == PARTS
    assert len(lines) <= MOST_LINES
    gathered_by = "day" if heading in [*chapter("The next working day"), "day"] else "wake"
    (cured,) = [line for line in lines if line.startswith("- **Cured when:**")]
    assert f"`{gathered_by}` is OK" in cured


def test_every_name_on_the_page_is_one_that_there_is() -> None:
    asked = {name for each in commands("aws") + commands("curl") for name in _names(each)}
    assert asked - _INPUTS <= TEMPLATE["Outputs"].keys()

    saved = {
        query["Name"]["Fn::Sub"].partition("/")[2]
        for query in properties(TEMPLATE, "AWS::Logs::QueryDefinition").values()
    }
    named_here = set(re.findall(r"saved quer(?:y|ies) `([^`]+)`", PAGE))
    assert named_here <= saved
    assert all(f"`{name}`" in PAGE for name in saved)
    charts = json.loads(
        TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    )["widgets"]
    titles = {chart["properties"].get("title", "") for chart in charts}
    on_the_page = set(re.findall(r"dashboard, \*([^*]+)\*", PAGE))
    assert len(on_the_page) > 3
    assert on_the_page <= titles


def test_every_word_of_code_on_the_page_is_one_that_there_is() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("layers/sms_gateway/src", "functions")
        for path in (ROOT / folder).rglob("*.py")
    )
    widgets = TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    known = {*Metric, *TEMPLATE["Outputs"], *TEMPLATE["Parameters"], *TEMPLATE["Resources"]}
    words = re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", PAGE)
    reasons = re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE)
    lines = re.findall(r"(?:[Ll]ines|`trouble`\.) `([a-z' ]+)`", PAGE)

    assert len(words) > 20
    assert {word for word in words if word not in known and word not in widgets} <= _ERRORS
    of_code = {*Reason, *OpenReason, *entries(), *_OTHER_WORDS}
    assert set(reasons) <= of_code
    assert len(lines) > 3
    assert [line for line in lines if line not in source] == []


def _names(command: str) -> list[str]:
    return re.findall(r"<(\w+)>", command)


# --- the commands ----------------------------------------------------------------------------


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A stack, as far as the commands touch it, and what it tells of itself."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield _a_stack()


def _a_stack() -> dict[str, str]:
    session = boto3.session.Session(region_name=REGION)
    sqs = session.client("sqs")
    queues = {
        name: sqs.create_queue(QueueName=name)["QueueUrl"]
        for name in ("DispatchFailures", "ReportFailures", "PublishFailures", "Dispatch")
    }
    arn = sqs.get_queue_attributes(QueueUrl=queues["ReportFailures"], AttributeNames=["QueueArn"])[
        "Attributes"
    ]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
    fallback = sqs.create_queue(QueueName="fallback", Attributes={"RedrivePolicy": redrive})
    sqs.send_message(QueueUrl=queues["DispatchFailures"], MessageBody=HINT)
    events = session.client("events")
    events.put_rule(Name="every-minute", ScheduleExpression="rate(1 minute)", State="DISABLED")
    table = session.client("dynamodb")
    table.create_table(TableName="Messages", **MESSAGES_SCHEMA)
    message = a_message(Status.SENT, message_id="m-1", client="crm")
    table.put_item(TableName="Messages", Item=to_item(message))
    told = {f"{name}QueueUrl": url for name, url in queues.items()} | {
        "ReportFallbackQueueUrl": fallback["QueueUrl"],
        "ReportFailuresQueueArn": arn,
        "WatchRuleName": "every-minute",
        "MessagesTable": "Messages",
        "TopicArn": session.client("sns").create_topic(Name="events")["TopicArn"],
        "PublishFunctionName": _publish(session, fallback["QueueUrl"]),
    }
    session.client("cloudformation").create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(
            {
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {name: {"Value": value} for name, value in told.items()},
            }
        ),
    )
    return told | {"messageId": "m-1", "client": "crm", "UUID": _mapping(session)["UUID"]}


def _publish(session: boto3.session.Session, source: str) -> str:
    role = session.client("iam").create_role(RoleName="publish", AssumeRolePolicyDocument="{}")
    functions = session.client("lambda")
    functions.create_function(
        FunctionName="publish",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="publish.handler",
        Code={"ZipFile": b"code"},
    )
    attributes = session.client("sqs").get_queue_attributes(
        QueueUrl=source, AttributeNames=["QueueArn"]
    )
    functions.create_event_source_mapping(
        EventSourceArn=attributes["Attributes"]["QueueArn"], FunctionName="publish", Enabled=False
    )
    return "publish"


def _mapping(session: boto3.session.Session) -> dict[str, Any]:
    (mapping,) = session.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return dict(mapping)


def as_on_the_page(begin: str, outputs: dict[str, str]) -> Any:
    """Run the one command of the page that begins like this; what it answers."""
    (text,) = {each for each in AWS if each.startswith(begin)}
    return run(text, outputs)


def run(text: str, outputs: dict[str, str]) -> Any:
    return AwsCommand.read(filled(text, outputs)).run()


def filled(text: str, outputs: dict[str, str]) -> str:
    """The command with the stack's own names in place of those in angle brackets."""
    return re.sub(r"<(\w+)>", lambda found: outputs[found[1]], text)


@pytest.mark.parametrize("text", AWS)
def test_a_command_of_aws_is_one_that_its_command_line_takes(text: str) -> None:
    command = AwsCommand.read(text)
    assert command.options["region"] == REGION


@pytest.mark.parametrize("text", [each for each in AWS if each.split()[2] not in NOT_HERE])
def test_a_command_of_aws_is_answered(text: str, outputs: dict[str, str]) -> None:
    """Each by itself, word for word from the page, on a stack in memory."""
    run(text, outputs)


def test_what_is_read_is_what_the_page_says(outputs: dict[str, str]) -> None:
    told = as_on_the_page("aws cloudformation describe-stacks", outputs)
    assert {each["OutputKey"] for each in told} <= TEMPLATE["Outputs"].keys()
    assert as_on_the_page("aws dynamodb describe-table", outputs) == "ACTIVE"
    assert as_on_the_page("aws dynamodb get-item", outputs)["Item"]["status"] == {"S": "sent"}


def test_the_schedule_of_watch_is_switched_on(outputs: dict[str, str]) -> None:
    as_on_the_page("aws events enable-rule", outputs)

    rule = boto3.client("events", region_name=REGION).describe_rule(Name="every-minute")
    assert rule["State"] == "ENABLED"


def test_the_trigger_of_publish_is_found_and_switched_on(outputs: dict[str, str]) -> None:
    (mapping,) = as_on_the_page("aws lambda list-event-source-mappings", outputs)[
        "EventSourceMappings"
    ]
    assert mapping["UUID"] == outputs["UUID"]
    as_on_the_page("aws lambda update-event-source-mapping", outputs)

    assert _mapping(boto3.session.Session(region_name=REGION))["State"] == "Enabled"


def by_make(pattern: str, outputs: dict[str, str], *more: str) -> int:
    """Run the one command of the page that is like this, with more arguments; its exit status."""
    (text,) = {each for each in MAKE if re.fullmatch(pattern, each)}
    program, arguments = started_by(re.sub(r"<(\w+)>", lambda found: outputs[found[1]], text))
    status: int = import_module(program).main([*arguments, *more])
    return status


def test_dead_letters_are_shown_and_put_back(
    outputs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    assert by_make("make redrive .* DRY_RUN=1", outputs) == Exit.DONE
    assert "hint to try m-1 of crm" in capsys.readouterr().err
    assert "Messages" not in sqs.receive_message(QueueUrl=outputs["DispatchQueueUrl"])

    assert by_make(r"make redrive STACK=\S+ REGION=\S+", outputs, "--yes") == Exit.DONE

    (message,) = sqs.receive_message(QueueUrl=outputs["DispatchQueueUrl"])["Messages"]
    assert message["Body"] == HINT


@pytest.mark.parametrize(
    ("named_by", "status"), [("ID=", Exit.DONE), ("SINCE=", Exit.NOTHING_FOUND)]
)
def test_events_are_published_again(
    outputs: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named_by: str,
    status: Exit,
) -> None:
    monkeypatch.setattr("tools.operators.parts.republishing.LOCAL_FILES", tmp_path)
    assert by_make(f"make republish .* {named_by}.*", outputs, "--yes") == status


def test_there_is_no_command_of_another_program() -> None:
    with_options = re.findall(r"`([a-z]+)(?: [a-z-]+)* -[^`]*`", PAGE)
    assert set(with_options) == {"aws", "curl"}
    assert len(AWS) > 10
    assert len(MAKE) > 5


@pytest.mark.parametrize("text", MAKE)
def test_a_command_of_make_starts_a_program_that_takes_what_it_is_given(
    text: str, outputs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert outputs
    program, arguments = started_by(filled(text, outputs))
    if program.startswith("tools.operators."):
        module = import_module(program)
        if module.COMMAND.changes:
            asked = module.COMMAND.parser().parse_args(arguments)
            assert (asked.stack_name, asked.region) == (STACK, REGION)
        else:
            assert module.main(arguments) in {Exit.DONE, Exit.NOTHING_FOUND}
        return
    if program == "tools.account":
        with console.capture() as said:
            assert account.main(arguments) == 1
        assert "has no output VoipitSecretArn" in " ".join(said.get().split()), capsys.readouterr()
        return
    assert program == "tools.deploy"
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    assert given["--stack-name"] == STACK
    assert given["--region"] == REGION
    for name, value in read_overrides(
        given.get("--parameters", ""), TEMPLATE["Parameters"]
    ).items():
        parameter = TEMPLATE["Parameters"][name]
        assert parameter["MinValue"] <= int(value) <= parameter.get("MaxValue", int(value))


def started_by(text: str) -> tuple[str, list[str]]:
    """The module that `make` would start, and with which arguments."""
    words = shlex.split(text)
    would = subprocess.run(  # noqa: S603  make, told to do nothing
        [*words[:1], "-n", "-o", ".venv/ready", *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    started = shlex.split(would.replace("\\\n", " "))
    begin = started.index("-m") + 1
    program, *arguments = started[begin:]
    if program == "tools.by_make":
        program = f"tools.{arguments.pop(0)}"
    return program, arguments


@pytest.mark.parametrize(
    "text",
    [
        "aws sqz purge-queue",
        "aws sqs purge-queues --queue-url x",
        "aws sqs purge-queue --url x",
        "aws sqs purge-queue --region x",
        "aws sqs purge-queue x",
    ],
)
def test_a_command_that_there_is_not_is_noticed(text: str) -> None:
    with pytest.raises(CommandError):
        AwsCommand.read(text)
