"""`make deploy` from a clean clone, with nothing typed but the answers, onto a local AWS."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from local.ministack import REGION, aws_environment, client, running_ministack
from local.simulator.server import running_simulator
from local.simulator.settings import Settings
from sms_gateway_client import Gateway
from tests.support import raw
from tests.support.releases import lend_environment
from tools.repository import ROOT
from tools.sam import layer_has_byte_code

STACK: Final = "texting"
ACCOUNT: Final = "400123"
PASSWORD: Final = 'Only-Voipit+may%41see\\&"this"'
NUMBER: Final = "+40721000199"


@pytest.fixture(scope="session", autouse=True)
def message_ids() -> Mapping[str, str]:
    """Not those of the other tests here: they need a stack that these do without."""
    return {}


@dataclass(frozen=True, slots=True)
class Deployed:
    """What `make deploy` has said, twice, and where it has deployed to."""

    clone: Path
    endpoint_url: str
    voipit_url: str
    first: str
    second: str

    def aws(self, service: str) -> Any:
        return client(service, self.endpoint_url)

    def stack(self) -> dict[str, Any]:
        (stack,) = self.aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return dict(stack)

    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack()["Outputs"]}

    def parameters(self) -> dict[str, str]:
        return {e["ParameterKey"]: e["ParameterValue"] for e in self.stack()["Parameters"]}


def a_clone(folder: Path) -> Path:
    """The project as git would hand it out, with what is not committed yet."""
    clone = folder / "clone"
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard")
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            target = clone / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    git(clone, "init", "--quiet")
    git(clone, "add", "--all")
    git(
        clone, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "t"
    )
    lend_environment(Path(sys.prefix), clone / ".venv")
    (clone / ".git" / "info" / "exclude").write_text("/.venv\n")
    return clone


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603  git, with arguments of ours
        ["git", *arguments],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def make_deploy(clone: Path, endpoint_url: str, answers: list[str], **variables: str) -> str:
    environment = {**os.environ, **aws_environment(endpoint_url)}
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "MAKEFLAGS"):
        environment.pop(name, None)
    result = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
        ["make", "deploy", *(f"{n}={v}" for n, v in variables.items())],  # noqa: S607
        cwd=clone,
        env=environment,
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("deploy")
    clone = a_clone(folder)
    settings = Settings(account_number=ACCOUNT, password=PASSWORD)
    with (
        running_ministack(folder / "ministack.log") as endpoint,
        running_simulator(settings) as url,
    ):
        old = client("dynamodb", endpoint)
        old.create_table(
            TableName=f"{STACK}-Guards-1ABC2DEF3GHI",
            KeySchema=[{"AttributeName": "guard", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "guard", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        values = {
            "guard": f"suppressed#{NUMBER}",
            "since": "2025-01-02T03:04:05.000Z",
            "client": "crm",
        }
        old.put_item(
            TableName=f"{STACK}-Guards-1ABC2DEF3GHI",
            Item={name: {"S": value} for name, value in values.items()},
        )
        given = f"VoipitBaseUrl={url} FunctionUrlBase={endpoint}/_aws/lambda-url LogLevel=DEBUG"
        answers = [STACK, "", "y", "on-call@example.com", ACCOUNT, "wrong", ACCOUNT, PASSWORD]
        first = make_deploy(clone, endpoint, answers, PARAMETERS=given)
        second = make_deploy(
            clone, endpoint, [STACK, REGION], PARAMETERS="ReportDeadlineMinutes=7", ENV="prod"
        )
        yield Deployed(clone, endpoint, url, first, second)


def test_a_wrong_password_is_explained_and_the_right_one_is_stored(deployed: Deployed) -> None:
    assert "password is wrong" in deployed.first
    assert "Tries left: 2" in deployed.first
    secret = deployed.aws("secretsmanager").get_secret_value(
        SecretId=deployed.outputs()["VoipitSecretArn"]
    )
    assert json.loads(secret["SecretString"]) == {"accountNumber": ACCOUNT, "password": PASSWORD}


def test_the_layer_has_byte_code_or_the_operator_is_warned(deployed: Deployed) -> None:
    has_byte_code = layer_has_byte_code(deployed.clone / ".aws-sam" / "build")
    assert ("the layer has no byte code" in deployed.first) is not has_byte_code


def test_the_second_deployment_asks_for_no_account_and_no_address(deployed: Deployed) -> None:
    assert "Account number" not in deployed.second
    assert "E-mail address" not in deployed.second
    assert "is deployed" in deployed.second


def test_earlier_values_survive_and_those_of_the_environment_are_merged(deployed: Deployed) -> None:
    parameters = deployed.parameters()
    assert parameters["VoipitBaseUrl"] == deployed.voipit_url
    assert parameters["LogLevel"] == "DEBUG"
    assert parameters["AlarmEmail"] == "on-call@example.com"
    assert parameters["ReportDeadlineMinutes"] == "7"
    assert parameters["MessageRetentionDays"] == "90", "the stack had it; the operator was told"
    assert "PARAMETERS='MessageRetentionDays=365'" in deployed.second


def test_the_outputs_are_looked_up_by_name_as_terraform_and_cdk_do(deployed: Deployed) -> None:
    pages = deployed.aws("ssm").get_paginator("get_parameters_by_path").paginate(Path=f"/{STACK}")
    found = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
    assert found == {f"/{STACK}/{name}": value for name, value in deployed.outputs().items()}


def test_the_stacks_tags_are_on_its_resources_and_stay(deployed: Deployed) -> None:
    standard = {"application": "voipit-sms-gateway", "environment": "default"}
    assert {each["Key"]: each["Value"] for each in deployed.stack()["Tags"]} == standard
    topic = deployed.outputs()["TopicArn"]
    tags = deployed.aws("sns").list_tags_for_resource(ResourceArn=topic)["Tags"]
    assert standard.items() <= {each["Key"]: each["Value"] for each in tags}.items()


def test_the_old_do_not_contact_list_is_in_the_new_table(deployed: Deployed) -> None:
    (item,) = deployed.aws("dynamodb").query(
        TableName=deployed.outputs()["GuardsTable"],
        IndexName="list",
        KeyConditionExpression="#l = :l",
        ExpressionAttributeNames={"#l": "list"},
        ExpressionAttributeValues={":l": {"S": "suppressed"}},
    )["Items"]
    assert item["phoneNumber"]["S"] == NUMBER
    assert item["client"]["S"] == "crm"
    assert "no number that is not on the stack's own" in deployed.second
    assert NUMBER not in deployed.first + deployed.second


def test_the_commands_it_shows_name_the_region_and_the_first_message_is_sent(
    deployed: Deployed,
) -> None:
    outputs = deployed.outputs()
    assert (
        f"aws apigateway get-api-key --region {REGION} --include-value --query value"
        f" --output text --api-key {outputs['ApiKeyId']}"
    ) in deployed.first
    assert f"curl -s {outputs['ApiUrl']}/messages" in deployed.first
    assert f"make client NAME=crm STACK={STACK} REGION={REGION}" in deployed.first
    assert f"The console for operators: {outputs['ConsoleUrl']} It asks" in deployed.first

    key = deployed.aws("apigateway").get_api_key(apiKey=outputs["ApiKeyId"], includeValue=True)
    url = f"{deployed.endpoint_url}/restapis/{outputs['ApiId']}/v1/_user_request_"
    with Gateway(url, key=key["value"], timeout=(5.0, 60.0)) as api:
        answer = raw.post(api, {"phoneNumber": "0721 234 567", "message": "Hello from the gateway"})
    assert (answer.status_code, answer.json()["status"]) == (202, "submitted"), answer.text


def test_no_tracked_file_was_written_and_nothing_shows_the_password(deployed: Deployed) -> None:
    assert git(deployed.clone, "status", "--porcelain") == ""
    assert PASSWORD not in deployed.first + deployed.second
    written = [
        path
        for path in deployed.clone.rglob("*")
        if path.is_file() and ".venv" not in path.parts and PASSWORD.encode() in path.read_bytes()
    ]
    assert [path for path in written if path.name != "test_deploy.py"] == []
