"""The signing keys of a deployed stack: rotated, not too early, or both ended at once."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from sms_gateway.adapters.secrets import REMEMBERED_FOR
from tests.support.template import TEMPLATE
from tests.tools.aws_answers import REGION, answering, no_rights, refusing
from tools import rotate
from tools.progress import console
from tools.rotate import EXCLUDED, KINDS, LENGTH, REMEMBERED_MINUTES, main

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

STACK = "voipit-sms-gateway"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Account:
    """An AWS account with a stack in it, and a clock that the program reads."""

    def __init__(self) -> None:
        self.secrets: SecretsManagerClient = boto3.client("secretsmanager")
        self.stacks = boto3.client("cloudformation")
        self.now = datetime.now(UTC)
        self.arns: dict[tuple[str, str], str] = {}

    def deploy(self, stack: str, **parameters: str) -> None:
        for kind in KINDS:
            secret = self.secrets.create_secret(
                Name=f"{stack}-{kind}", SecretString=f"first {kind}"
            )
            self.arns[stack, kind] = secret["ARN"]
        template = {
            "Parameters": {name: {"Type": "Number"} for name in parameters},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {
                kind.output: {"Value": self.arns[stack, name]} for name, kind in KINDS.items()
            },
        }
        self.stacks.create_stack(
            StackName=stack,
            TemplateBody=json.dumps(template),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
        )

    def key(self, kind: str, stage: str = "AWSCURRENT", stack: str = STACK) -> str | None:
        """The key in this stage, if there is one."""
        try:
            answer = self.secrets.get_secret_value(
                SecretId=self.arns[stack, kind], VersionStage=stage
            )
        except self.secrets.exceptions.ResourceNotFoundException:
            return None
        return answer["SecretString"]

    def all_keys(self) -> list[str | None]:
        return [self.key(kind, stage) for kind in KINDS for stage in ("AWSCURRENT", "AWSPREVIOUS")]

    def wait(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def account(aws: None, monkeypatch: pytest.MonkeyPatch) -> Account:
    assert aws is None
    account = Account()
    account.deploy(STACK, ReportDeadlineMinutes="90")
    monkeypatch.setattr(rotate, "utc_now", lambda: account.now)
    return account


def run(*arguments: str, stack: str = STACK) -> tuple[int, str]:
    """The exit code, and everything that was written."""
    with console.capture() as capture:
        code = main(["--stack-name", stack, *arguments])
    return code, capture.get()


@pytest.mark.parametrize("kind", KINDS)
def test_a_rotation_makes_a_new_key_and_keeps_the_one_before(account: Account, kind: str) -> None:
    first = account.key(kind)

    code, text = run("--key", kind)

    current = account.key(kind)
    assert code == 0
    assert current is not None
    assert first not in {None, current}
    assert account.key(kind, "AWSPREVIOUS") == first
    assert len(current) == LENGTH
    assert not set(current) & set(EXCLUDED)
    assert current not in text


def test_the_other_key_and_the_other_stacks_keys_stay_what_they_are(account: Account) -> None:
    account.deploy("voipit-sms-gateway-prod")
    others = [account.key("cursor"), account.key("callback", stack="voipit-sms-gateway-prod")]

    run("--key", "callback")

    after = [account.key("cursor"), account.key("callback", stack="voipit-sms-gateway-prod")]
    assert after == others


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("callback", DAY + timedelta(minutes=90)),
        ("cursor", DAY),
        ("tokens", timedelta(minutes=65)),
    ],
)
def test_a_second_rotation_waits_until_the_key_before_is_needed_no_longer(
    account: Account, kind: str, needed: timedelta
) -> None:
    run("--key", kind)
    keys = account.all_keys()
    account.wait(needed - MINUTE)

    code, text = run("--key", kind)

    assert (code, account.all_keys()) == (1, keys)
    told = re.search(r"again from (\S+ \S+) UTC on", text)
    assert told is not None
    account.now = datetime.fromisoformat(f"{told[1]}+00:00")
    assert run("--key", kind)[0] == 0
    assert account.all_keys() != keys


def test_the_last_rotation_is_found_however_many_pages_there_are(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = account.all_keys()
    versions = [
        {"VersionId": "2", "VersionStages": ["AWSCURRENT"], "CreatedDate": account.now - MINUTE},
        {"VersionId": "1", "VersionStages": ["AWSPREVIOUS"], "CreatedDate": account.now - 9 * DAY},
    ]
    pages = {None: {"Versions": versions[:1], "NextToken": "2"}, "2": {"Versions": versions[1:]}}
    with monkeypatch.context() as patch:
        answering(patch, "ListSecretVersionIds", lambda asked: pages[asked.get("NextToken")])
        code, _ = run("--key", "callback")

    assert (code, account.all_keys()) == (1, keys)


def test_a_refusal_gives_its_reason_and_the_way_out(account: Account) -> None:
    run("--key", "callback")
    account.wait(MINUTE)

    _, text = run("--key", "callback")

    assert "delivery reports that are under way" in text
    assert "Nothing was changed" in text
    assert "NOW=1" in text


def test_a_stack_that_does_not_tell_its_report_deadline_has_the_longest(account: Account) -> None:
    account.deploy("older")
    run("--key", "callback", stack="older")
    account.wait(2 * DAY - MINUTE)

    assert run("--key", "callback", stack="older")[0] == 1
    account.wait(2 * MINUTE)
    assert run("--key", "callback", stack="older")[0] == 0


@pytest.mark.parametrize("rotated_before", [False, True])
def test_a_leaked_key_is_ended_at_once_with_the_one_before(
    account: Account, say: Callable[[str], None], *, rotated_before: bool
) -> None:
    if rotated_before:
        run("--key", "callback")
    leaked = {account.key("callback"), account.key("callback", "AWSPREVIOUS")} - {None}
    say(STACK)

    code, text = run("--key", "callback", "--now")

    assert code == 0
    assert not leaked & {account.key("callback"), account.key("callback", "AWSPREVIOUS")}
    assert "reports about messages that were sent until now are refused" in text


def test_with_yes_the_operator_is_not_asked(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("asked"))
    leaked = account.key("cursor")

    assert run("--key", "cursor", "--now", "--yes")[0] == 0
    assert leaked not in account.all_keys()


@pytest.mark.parametrize("answer", ["", "y", "yes", "VOIPIT-SMS-GATEWAY"])
def test_any_other_answer_changes_nothing(
    account: Account, say: Callable[[str], None], answer: str
) -> None:
    keys = account.all_keys()
    say(answer)

    code, text = run("--key", "callback", "--now")

    assert (code, account.all_keys()) == (1, keys)
    assert "Nothing was changed" in text


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_no_answer_changes_nothing_either(
    account: Account, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    def leave(*_: object) -> str:
        raise end

    keys = account.all_keys()
    monkeypatch.setattr("builtins.input", leave)

    assert run("--key", "callback", "--now")[0] == 1
    assert account.all_keys() == keys


def test_a_leaked_key_that_could_be_rotated_once_only_is_said_to_be_good_still(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaked = account.key("callback")
    refusing(monkeypatch, "PutSecretValue", no_rights("PutSecretValue"), after=1)

    code, text = run("--key", "callback", "--now", "--yes")

    assert (code, account.key("callback", "AWSPREVIOUS")) == (1, leaked)
    assert "once and not twice" in text


@pytest.mark.parametrize(
    "operation",
    ["DescribeStacks", "ListSecretVersionIds", "PutSecretValue"],
)
def test_an_operator_without_the_right_is_told_its_name_and_changes_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    keys = account.all_keys()
    with monkeypatch.context() as patch:
        refusing(patch, operation, no_rights(operation))
        code, text = run("--key", "callback")

    assert (code, account.all_keys()) == (1, keys)
    assert "AccessDeniedException): User: arn:aws:iam::123456789012:user/ana is not auth" in text
    assert operation in text


@pytest.mark.usefixtures("account")
def test_an_aws_that_cannot_be_reached_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = EndpointConnectionError(endpoint_url="https://secretsmanager.test")
    refusing(monkeypatch, "ListSecretVersionIds", away)

    code, text = run("--key", "callback")

    assert code == 1
    assert text.startswith("The command failed. AWS cannot be asked: Could not connect")


@pytest.mark.usefixtures("account")
def test_a_stack_that_is_not_there_is_named_with_its_region() -> None:
    assert run("--key", "cursor", stack="nowhere") == (
        1,
        f"The command failed. There is no stack nowhere in {REGION}.\n",
    )


def test_a_stack_without_such_a_key_is_not_this_gateway(account: Account) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    account.stacks.create_stack(StackName="another", TemplateBody=json.dumps(template))

    code, text = run("--key", "cursor", stack="another")

    assert code == 1
    assert "has no output CursorKeySecretArn" in text


def test_without_a_region_nothing_is_guessed(
    account: Account,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    assert run("--key", "cursor") == (
        1,
        "The command failed. AWS cannot be asked: You must specify a region.\n",
    )
    assert run("--key", "cursor", "--region", REGION)[0] == 0


@pytest.mark.parametrize("arguments", [[], ["--key", "voipit"], ["--key", "cursor", "--yes"]])
def test_a_command_that_is_not_clear_is_not_done(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--stack-name", STACK, *arguments])

    assert left.value.code == 2


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_key_is_made_as_the_template_makes_it(kind: rotate.Kind) -> None:
    secret = TEMPLATE["Resources"][TEMPLATE["Outputs"][kind.output]["Value"]["Ref"]]

    assert secret["Type"] == "AWS::SecretsManager::Secret"
    assert secret["Properties"]["GenerateSecretString"] == {
        "PasswordLength": LENGTH,
        "ExcludeCharacters": EXCLUDED,
    }


def test_the_longest_report_deadline_is_the_templates() -> None:
    deadline = TEMPLATE["Parameters"]["ReportDeadlineMinutes"]

    assert deadline["MaxValue"] == rotate.LONGEST_DEADLINE


def test_a_key_is_remembered_for_as_long_as_the_functions_do() -> None:
    assert REMEMBERED_MINUTES * 60 == REMEMBERED_FOR
