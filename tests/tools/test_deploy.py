"""`make deploy`: what it deploys with, what it says before, and what it brings over.

tests/e2e/test_deploy.py runs it as a whole, with the real SAM CLI.
"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from samcli.cli.types import CfnTags  # type: ignore[import-untyped]

from sms_gateway.adapters.suppressions_table import SuppressionsTable
from sms_gateway.domain.clock import to_iso
from sms_gateway.domain.guards import Suppression
from sms_gateway.domain.phone_number import PhoneNumber
from tests.fakes.clock import START
from tests.support.tables import GUARDS_SCHEMA
from tests.tools.aws_answers import REGION
from tools import deploy
from tools.deploy import (
    check_keys,
    deploy_config,
    effective_overrides,
    effective_tags,
    main,
    read_overrides,
    read_tags,
)
from tools.progress import console
from tools.repository import SAM_CONFIG
from tools.stacks import DeployedStack, ToolError, look_up

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

STACK: Final = "texting"
OLD: Final = f"{STACK}-Guards-1ABC2DEF3GHI"
NUMBERS: Final = [PhoneNumber(f"+4072100{n:04}") for n in range(205)]
ACCOUNT: Final = '{"accountNumber": "400123", "password": "a-password-that-was-there"}'
Run = Callable[..., tuple[int, str]]


class Cloud:
    """An AWS account, and what `sam` does to it."""

    def __init__(self) -> None:
        self.dynamodb: DynamoDBClient = boto3.client("dynamodb")
        self.secrets: SecretsManagerClient = boto3.client("secretsmanager")
        self.stacks = boto3.client("cloudformation")
        self.calls: list[list[str]] = []
        self.given: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.fails_at = ""
        self.empties_the_secret = False
        self.arn = self.secrets.create_secret(Name="account", SecretString=ACCOUNT)["ARN"]

    def sam(self, arguments: list[str], **_: Any) -> int:
        """In the place of `run_sam`."""
        self.calls.append(arguments)
        command = arguments[0]
        _["log"].write_text("what sam says", encoding="utf-8")
        if command == self.fails_at:
            return 1
        if command == "deploy":
            self.given = {}
            if "--parameter-overrides" in arguments:
                path = arguments[arguments.index("--parameter-overrides") + 1]
                self.given = json.loads(Path(path.removeprefix("file://")).read_text("utf-8"))
            self.tags = _tags_as_sam_reads_them(arguments)
            self.deploy(arguments[arguments.index("--stack-name") + 1])
        return 0

    def deploy(self, stack: str, guards: str = f"{STACK}-Guards-NEW") -> None:
        outputs = {
            "MessagesTable": "m",
            "GuardsTable": guards,
            "VoipitSecretArn": self.arn,
            "ApiUrl": "https://api.example/v1",
            "ConsoleUrl": "https://api.example/v1/console/",
            "ApiKeyId": "k1",
        }
        template = {
            "Parameters": {
                "VoipitBaseUrl": {"Type": "String", "Default": "http://127.0.0.1:1"},
                **{
                    name: {"Type": "String", "Default": value} for name, value in self.given.items()
                },
            },
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        if guards not in self.dynamodb.list_tables()["TableNames"]:
            self.dynamodb.create_table(TableName=guards, **GUARDS_SCHEMA)
        known = {each["StackName"] for each in self.stacks.describe_stacks()["Stacks"]}
        if stack not in known:
            self.stacks.create_stack(StackName=stack, TemplateBody=json.dumps(template))
        if self.empties_the_secret:
            self.secrets.put_secret_value(SecretId=self.arn, SecretString="{}")

    def leave_behind(self, table: str = OLD, numbers: list[PhoneNumber] = NUMBERS) -> None:
        """A table of an earlier stack; of an earlier release, without the index `list`."""
        self.dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "guard", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "guard", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in numbers:
            item = {"guard": f"suppressed#{number.e164}", "since": to_iso(START), "client": "crm"}
            self._put(table, item)
        self._put(table, {"guard": "circuit", "proven": "v1"})

    def _put(self, table: str, item: dict[str, str]) -> None:
        values: Any = {name: {"S": value} for name, value in item.items()}
        self.dynamodb.put_item(TableName=table, Item=values)

    def suppressed(self) -> dict[PhoneNumber, Suppression | None]:
        table = SuppressionsTable(self.dynamodb, f"{STACK}-Guards-NEW")
        return {number: table.get(number) for number in NUMBERS}

    @property
    def account(self) -> str:
        return self.secrets.get_secret_value(SecretId=self.arn)["SecretString"]


def _tags_as_sam_reads_them(arguments: list[str]) -> dict[str, str]:
    begin = arguments.index("--tags") + 1
    values = tuple(iter(iter(arguments[begin:]).__next__, "--parameter-overrides"))
    tags: dict[str, str] = CfnTags().convert(values, None, None)
    return tags


@pytest.fixture
def cloud(aws: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cloud:
    assert aws is None
    monkeypatch.setattr(deploy, "LOCAL_FILES", tmp_path / "logs")
    monkeypatch.setattr(deploy, "_BUILT", tmp_path / "build")
    cloud = Cloud()
    monkeypatch.setattr(deploy, "run_sam", cloud.sam)
    return cloud


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Where the last build is, with the layer's folder."""
    (tmp_path / "build" / "SmsGatewayLayer").mkdir(parents=True)
    return tmp_path / "build"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run it with these answers, one a line; the exit code, and everything that was written."""

    def with_answers(*answers: str, arguments: list[str] | None = None) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in answers)))
        with console.capture() as capture:
            code = main(arguments or [])
        return code, " ".join(capture.get().split())

    return with_answers


# --- what it deploys with --------------------------------------------------------------------


def a_stack(**parameters: str) -> DeployedStack:
    return DeployedStack(STACK, REGION, "UPDATE_COMPLETE", {}, parameters)


PROD: Final = {"parameter_overrides": "MessageRetentionDays=365 LogRetentionDays=90"}


def test_a_new_stack_gets_what_its_environment_says() -> None:
    assert effective_overrides(PROD, None, {}) == {
        "MessageRetentionDays": "365",
        "LogRetentionDays": "90",
    }


def test_what_is_given_is_beside_what_the_environment_says_and_goes_before_it() -> None:
    given = {"LogLevel": "DEBUG", "LogRetentionDays": "1"}

    assert effective_overrides(PROD, None, given) == {
        "MessageRetentionDays": "365",
        "LogRetentionDays": "1",
        "LogLevel": "DEBUG",
    }


def test_what_a_stack_has_already_goes_before_what_its_environment_says() -> None:
    stack = a_stack(MessageRetentionDays="730", LogLevel="WARN")

    with console.capture() as capture:
        told = effective_overrides(PROD, stack, {})

    assert told == {"MessageRetentionDays": "730", "LogRetentionDays": "90"}
    assert "PARAMETERS='MessageRetentionDays=365'" in capture.get()
    assert "LogRetentionDays" not in capture.get()


def test_what_is_given_goes_before_what_a_stack_has() -> None:
    stack = a_stack(MessageRetentionDays="730")

    with console.capture() as capture:
        told = effective_overrides(PROD, stack, {"MessageRetentionDays": "10"})

    assert told["MessageRetentionDays"] == "10"
    assert capture.get() == ""


def test_values_are_read_as_a_shell_reads_them() -> None:
    known = dict.fromkeys("ABC")

    assert read_overrides("A=1,2 B='with space' C=", known) == {
        "A": "1,2",
        "B": "with space",
        "C": "",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("LogLevle=DEBUG", "The template has no parameter LogLevle"),
        ("VoipitPassword=x", "The template has no parameter VoipitPassword"),
        ("LogLevel", "Name=value"),
        ("LogLevel='DEBUG", "cannot be read"),
    ],
)
def test_a_mistake_in_the_parameters_is_said_before_anything_is_asked(
    cloud: Cloud, run: Run, text: str, said: str
) -> None:
    code, output = run(arguments=["--parameters", text])

    assert code == 1
    assert said in output
    assert cloud.calls == []


def test_an_environment_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(ToolError, match=r"samconfig.toml has no \[staging.*default, prod"):
        deploy_config(SAM_CONFIG, "staging")


# --- tags ------------------------------------------------------------------------------------


def test_a_new_stack_gets_the_tags_of_its_environment_and_those_that_are_given(
    cloud: Cloud, run: Run
) -> None:
    code, output = run(STACK, "", "", arguments=["--tags", "cost-center=4711 'Owner=CRM team'"])

    assert code == 0, output
    assert cloud.tags == {
        "application": "voipit-sms-gateway",
        "environment": "default",
        "cost-center": "4711",
        "Owner": "CRM team",
    }


def test_tags_that_a_stack_has_stay_unless_others_are_given() -> None:
    stack = DeployedStack(
        STACK, REGION, "UPDATE_COMPLETE", {}, {}, {"environment": "test", "owner": "crm"}
    )
    config = {"tags": "application=voipit-sms-gateway environment=default"}

    assert effective_tags(config, stack, {"owner": "shop"}) == {
        "application": "voipit-sms-gateway",
        "environment": "test",
        "owner": "shop",
    }


def test_the_tags_of_a_deployed_stack_are_looked_up(aws: None) -> None:
    assert aws is None
    boto3.client("cloudformation").create_stack(
        StackName=STACK,
        TemplateBody=json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}),
        Tags=[{"Key": "owner", "Value": "crm"}],
    )

    assert look_up(boto3.session.Session(), STACK).tags == {"owner": "crm"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("owner", "Name=value"),
        ("owner=", "AWS takes no tag"),
        ("=crm", "AWS takes no tag"),
        ("aws:owner=crm", "AWS takes no tag"),
        ("owner=a=b", "AWS takes no tag"),
        ("owner='crm", "cannot be read"),
    ],
)
def test_a_mistake_in_the_tags_is_said(text: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        read_tags(text)


def test_tags_are_read_as_a_shell_reads_them() -> None:
    assert read_tags("a=1 'B c=d e'") == {"a": "1", "B c": "d e"}


# --- a change of the key ---------------------------------------------------------------------

OLD_KEY: Final = "arn:aws:kms:eu-central-1:123456789012:key/old"
NEW_KEY: Final = "arn:aws:kms:eu-central-1:123456789012:key/new"


@pytest.mark.parametrize(
    ("has", "told"),
    [
        ({}, {}),
        ({}, {"SecondKeyArn": NEW_KEY}),
        ({"SecondKeyArn": NEW_KEY}, {"EncryptionKeyArn": NEW_KEY}),
        ({"SecondKeyArn": NEW_KEY}, {"EncryptionKeyArn": NEW_KEY, "SecondKeyArn": ""}),
        ({"EncryptionKeyArn": NEW_KEY}, {}),
        ({"EncryptionKeyArn": NEW_KEY, "SecondKeyArn": OLD_KEY}, {"SecondKeyArn": ""}),
        (
            {"EncryptionKeyArn": OLD_KEY, "SecondKeyArn": NEW_KEY},
            {"EncryptionKeyArn": NEW_KEY, "SecondKeyArn": OLD_KEY},
        ),
        (
            {"EncryptionKeyArn": OLD_KEY},
            {"EncryptionKeyArn": "", "SecondKeyArn": OLD_KEY},
        ),
    ],
)
def test_a_key_is_changed_in_steps_of_which_none_shuts_the_functions_out(
    has: dict[str, str], told: dict[str, str]
) -> None:
    check_keys(has, told)


@pytest.mark.parametrize(
    ("has", "told", "said"),
    [
        ({}, {"EncryptionKeyArn": NEW_KEY}, f"PARAMETERS='SecondKeyArn={NEW_KEY}'"),
        (
            {"EncryptionKeyArn": OLD_KEY},
            {"EncryptionKeyArn": NEW_KEY, "SecondKeyArn": OLD_KEY},
            f"PARAMETERS='SecondKeyArn={NEW_KEY}'",
        ),
        (
            {"EncryptionKeyArn": OLD_KEY, "SecondKeyArn": NEW_KEY},
            {"EncryptionKeyArn": NEW_KEY},
            f"add SecondKeyArn={OLD_KEY}",
        ),
        ({"EncryptionKeyArn": OLD_KEY}, {"EncryptionKeyArn": ""}, f"add SecondKeyArn={OLD_KEY}"),
    ],
)
def test_a_change_of_the_key_that_would_shut_the_functions_out_is_refused(
    has: dict[str, str], told: dict[str, str], said: str
) -> None:
    with pytest.raises(ToolError) as refused:
        check_keys(has, told)

    assert said in str(refused.value)


def test_a_key_that_the_functions_cannot_use_yet_is_refused_before_anything_is_built(
    cloud: Cloud, run: Run
) -> None:
    cloud.deploy(STACK)

    code, output = run(STACK, "", "", arguments=["--parameters", f"EncryptionKeyArn={NEW_KEY}"])

    assert (code, cloud.calls) == (1, [])
    assert "Deploy twice" in output


def test_a_new_stack_has_its_key_from_the_beginning(cloud: Cloud, run: Run) -> None:
    code, output = run(STACK, "", "", arguments=["--parameters", f"EncryptionKeyArn={NEW_KEY}"])

    assert code == 0, output
    assert cloud.given["EncryptionKeyArn"] == NEW_KEY


# --- a deployment ----------------------------------------------------------------------------


def test_three_questions_a_build_and_a_deployment(cloud: Cloud, run: Run) -> None:
    code, output = run(STACK, "", "")

    assert code == 0, output
    assert [call[0] for call in cloud.calls] == ["build", "deploy"]
    sam = " ".join(cloud.calls[1])
    assert f"--stack-name {STACK} --region {REGION} --resolve-s3" in sam
    assert "--no-confirm-changeset" in sam
    assert cloud.given == {"AlarmEmail": ""}
    assert f"get-api-key --region {REGION}" in output


def test_a_layer_without_byte_code_is_warned_of_before_it_is_deployed(
    cloud: Cloud, run: Run
) -> None:
    cloud.fails_at = "deploy"

    code, output = run(STACK, "", "")

    assert code == 1
    assert "WARNING: the layer has no byte code" in output
    assert "uv python install 3.13" in output


def test_a_build_with_byte_code_is_not_remarked_upon(cloud: Cloud, run: Run, built: Path) -> None:
    (built / "SmsGatewayLayer" / "x.cpython-313.pyc").touch()

    _, output = run(STACK, "", "")

    assert cloud.calls
    assert "byte code" not in output


@pytest.mark.parametrize("with_byte_code", [True, False])
def test_a_layer_without_byte_code_is_not_taken_from_sams_cache(
    cloud: Cloud, run: Run, built: Path, *, with_byte_code: bool
) -> None:
    """An interpreter might have been installed since; what is in order is built only once."""
    if with_byte_code:
        (built / "SmsGatewayLayer" / "x.cpython-313.pyc").touch()
    built.with_name("cache").mkdir()

    run(STACK, "", "")

    assert cloud.calls
    assert built.with_name("cache").exists() is with_byte_code


@pytest.mark.parametrize("answers", [[], [STACK], [STACK, ""]])
def test_without_answers_nothing_is_built(cloud: Cloud, run: Run, answers: list[str]) -> None:
    code, _ = run(*answers)

    assert code == 1
    assert cloud.calls == []


def test_what_cannot_be_a_name_or_a_region_is_asked_for_again(cloud: Cloud, run: Run) -> None:
    code, _ = run("my stack", STACK, "frankfurt", REGION, "")

    assert code == 0
    assert STACK in cloud.calls[1]


@pytest.mark.parametrize("command", ["build", "deploy"])
def test_a_sam_that_fails_is_quoted_and_nothing_comes_after_it(
    cloud: Cloud, run: Run, command: str
) -> None:
    cloud.fails_at = command

    code, output = run(STACK, "", "")

    assert code == 1
    assert f"`sam {command}` failed" in output
    assert "what sam says" in output
    assert cloud.calls[-1][0] == command


def test_without_sam_it_says_so(
    cloud: Cloud, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(deploy, "SAM", tmp_path / "sam")

    code, output = run(STACK, "", "")

    assert (code, cloud.calls) == (1, [])
    assert "The SAM CLI is missing" in output


def test_without_credentials_it_says_so_before_it_builds(
    cloud: Cloud, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    code, output = run(STACK, "", "")

    assert (code, cloud.calls) == (1, [])
    assert "aws configure" in output


def test_another_stack_of_this_name_is_left_alone(cloud: Cloud, run: Run) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloud.stacks.create_stack(StackName=STACK, TemplateBody=json.dumps(template))

    code, output = run(STACK, "", "")

    assert (code, cloud.calls) == (1, [])
    assert "is not this gateway" in output


@pytest.mark.parametrize(
    ("status", "said"),
    [("UPDATE_IN_PROGRESS", "still busy"), ("ROLLBACK_COMPLETE", f"--region {REGION}")],
)
def test_a_stack_that_cannot_be_deployed_now_is_explained(
    cloud: Cloud, run: Run, monkeypatch: pytest.MonkeyPatch, status: str, said: str
) -> None:
    stack = DeployedStack(STACK, REGION, status, {"MessagesTable": "m"}, {})
    monkeypatch.setattr(deploy, "find", lambda *_: stack)

    code, output = run(STACK, "", "")

    assert (code, cloud.calls) == (1, [])
    assert said in output


# --- where alarms go -------------------------------------------------------------------------


def test_alarms_go_to_the_address_that_is_the_third_answer(cloud: Cloud, run: Run) -> None:
    code, output = run(STACK, "", "not an address", "on-call@example.com")

    assert code == 0
    assert cloud.given == {"AlarmEmail": "on-call@example.com"}
    assert '"not an address" cannot be one.' in output
    assert "once the link in AWS's mail to it is clicked" in output


def test_without_an_address_it_says_that_alarms_go_to_none_and_how_to_get_them(
    cloud: Cloud, run: Run
) -> None:
    code, output = run(STACK, "", "")

    assert (code, cloud.given) == (0, {"AlarmEmail": ""})
    assert f"make deploy STACK={STACK} REGION={REGION} PARAMETERS='AlarmEmail=<address>'" in output


def test_an_address_that_is_given_is_not_asked_for(cloud: Cloud, run: Run) -> None:
    code, output = run(
        STACK, "", arguments=["--parameters", "AlarmEmail=on-call@example.com LogLevel=WARN"]
    )

    assert code == 0
    assert cloud.given == {"AlarmEmail": "on-call@example.com", "LogLevel": "WARN"}
    assert "E-mail address" not in output


@pytest.mark.parametrize("first", ["", "on-call@example.com"])
def test_whoever_has_answered_once_is_not_asked_again(cloud: Cloud, run: Run, first: str) -> None:
    run(STACK, "", first)

    code, output = run(STACK, "")

    assert (code, cloud.given) == (0, {}), "CloudFormation keeps what is not given"
    assert "E-mail address" not in output


# --- the account -----------------------------------------------------------------------------


def test_an_account_that_is_there_is_not_asked_for(cloud: Cloud, run: Run) -> None:
    code, output = run(STACK, "", "")

    assert code == 0
    assert "Account number" not in output
    assert cloud.account == ACCOUNT


def test_an_account_that_the_deployment_has_emptied_is_put_back(cloud: Cloud, run: Run) -> None:
    """As does the update from a release whose account was a parameter."""
    cloud.deploy(STACK)
    cloud.empties_the_secret = True

    code, output = run(STACK, "", "")

    assert code == 0
    assert "its content is back" in output
    assert json.loads(cloud.account) == json.loads(ACCOUNT)
    assert "a-password-that-was-there" not in output


def test_an_account_that_was_empty_before_is_asked_for_and_may_be_given_later(
    cloud: Cloud, run: Run
) -> None:
    cloud.secrets.put_secret_value(SecretId=cloud.arn, SecretString="{}")

    code, output = run(STACK, "", "")

    assert code == 0
    assert f"make account STACK={STACK} REGION={REGION}" in output
    assert cloud.account == "{}"


# --- tables of a deleted stack ---------------------------------------------------------------


def test_the_do_not_contact_list_of_a_deleted_stack_is_offered_and_copied(
    cloud: Cloud, run: Run
) -> None:
    cloud.leave_behind()

    code, output = run(STACK, "", "y", "")

    assert code == 0
    assert OLD in output
    assert f"{len(NUMBERS)} numbers" in output
    assert cloud.suppressed() == {n: Suppression(n, START, "crm") for n in NUMBERS}
    assert not [number for number in NUMBERS if number.e164 in output]


def test_an_entry_that_is_there_stays_as_it_is(cloud: Cloud, run: Run) -> None:
    cloud.deploy(STACK)
    own = Suppression(NUMBERS[0], START.replace(year=2030), "front")
    SuppressionsTable(cloud.dynamodb, f"{STACK}-Guards-NEW").put(own)
    cloud.leave_behind()

    code, output = run(STACK, "", "y", "")

    assert code == 0
    assert f"{len(NUMBERS) - 1} numbers" in output
    assert cloud.suppressed()[NUMBERS[0]] == own


def test_once_copied_it_is_not_offered_again(cloud: Cloud, run: Run) -> None:
    cloud.leave_behind()
    run(STACK, "", "y", "")

    code, output = run(STACK, "", "")

    assert code == 0
    assert "no number that is not on the stack's own" in output


def test_of_several_old_lists_the_earliest_entry_counts(cloud: Cloud, run: Run) -> None:
    cloud.leave_behind(numbers=NUMBERS[:2])
    later = Suppression(NUMBERS[1], START.replace(year=2030), "front")
    cloud.leave_behind(f"{STACK}-Guards-0ABC", [])
    SuppressionsTable(cloud.dynamodb, f"{STACK}-Guards-0ABC").put(later)

    run(STACK, "", "y", "")

    assert cloud.suppressed()[NUMBERS[1]] == Suppression(NUMBERS[1], START, "crm")


def test_a_no_copies_nothing(cloud: Cloud, run: Run) -> None:
    cloud.leave_behind()

    code, _ = run(STACK, "", "n", "")

    assert code == 0
    assert not any(cloud.suppressed().values())


def test_without_an_answer_about_the_list_nothing_is_deployed(cloud: Cloud, run: Run) -> None:
    cloud.leave_behind()

    code, _ = run(STACK, "")

    assert (code, cloud.calls) == (1, [])


@pytest.mark.parametrize(
    "table",
    [
        f"{STACK}-prod-Guards-1ABC2DEF3GHI",
        f"my-{STACK}-Guards-1ABC2DEF3GHI",
        f"{STACK}-Guards",
        f"{STACK}-Other-1ABC2DEF3GHI",
    ],
)
def test_tables_of_other_stacks_are_not_taken_for_ones_of_this(
    cloud: Cloud, run: Run, table: str
) -> None:
    cloud.leave_behind(table)

    code, output = run(STACK, "", "")

    assert code == 0
    assert "left tables behind" not in output
