"""What docs/upgrading.md and docs/keeping-tables.md say about deleting, done word for word."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from local.gateway import wait_for_status
from local.ministack import REGION, aws_environment
from sms_gateway_client import Gateway
from sms_gateway_client.models import Message
from tests.support import raw
from tests.support.aws_command import AwsCommand
from tests.support.pages import block_commands, filled_in, page
from tests.support.template import TEMPLATE, settled
from tests.upgrade.life import a_number, post
from tests.upgrade.local_cloud import ACCOUNT_NUMBER, PASSWORD, STACK, UPGRADE, Cloud

pytestmark = pytest.mark.timeout(600)  # the first test deploys, if it is run alone
BUCKET: Final = "aws-sam-cli-managed-default"
NOT_HERE: Final = {
    "continue-update-rollback": "no update fails here",
    "detect-stack-drift": "the local AWS refuses it after an import",
    "describe-stack-resource-drifts": "the local AWS refuses it after an import",
}
"""Commands that tests/docs alone looks at: right in name and options."""


@dataclass(slots=True)
class Pages:
    """The operator, with both pages open."""

    cloud: Cloud
    ran: set[str] = field(default_factory=set)

    def commands(self) -> list[str]:
        names = ("upgrading.md", "keeping-tables.md")
        texts = [page(name).read_text(encoding="utf-8") for name in names]
        return [c for text in texts for c in block_commands(text, "aws", "sam", "make")]

    def do(self, begin: str, *more: str, typed: str = "", **values: str) -> Any:
        """Run the one command that begins like this, with `more` at its end; what it answers."""
        all_of_them = set(self.commands())
        (command,) = all_of_them & {begin} or {
            each for each in all_of_them if each.startswith(f"{begin} ")
        }
        self.ran.add(command)
        text = filled_in(command, stack=STACK, region=REGION, **values)
        if text.startswith("aws "):
            return AwsCommand.read(text).run(self.cloud.checkout(None))
        return self.cloud.run(None, [*shlex.split(text), *more], typed)


@dataclass(frozen=True, slots=True)
class Gone:
    """What there was before the stack was deleted."""

    tables: dict[str, str]
    key_left: str
    suppressed: str
    message: Message


@pytest.fixture(scope="module")
def pages(cloud: Cloud) -> Iterator[Pages]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws_environment(cloud.endpoint_url).items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        yield Pages(cloud)


@pytest.fixture(scope="module")
def gone(cloud: Cloud, pages: Pages) -> Gone:
    """Steps 2 and 3 of the page; the key of one client was forgotten."""
    if cloud.deployed is None:
        cloud.deploy(None)
    assert cloud.deployed
    outputs = cloud.deployed.stack_outputs
    with cloud.gateway(cloud.add_client(None, "clinic")) as clinic, cloud.gateway() as api:
        message = wait_for_status(clinic, post(clinic, a_number())["messageId"], "sent")
        suppressed = a_number()
        assert api.raw("PUT", f"/suppressions/{suppressed}").ok
    cloud.add_client(None, "shop")
    cloud.add_client(None, "crm")
    cloud.add_client(None, "ana", "ROLE=operator")
    for client in ("shop", "crm", "ana"):  # with the keys that they have from other tests
        pages.do("make client REMOVE=<client> YES=1", client=client)
    (left,) = (each for each in keys(cloud) if each != outputs["ApiKeyId"])
    pages.do("sam delete", typed="y\ny\n")
    tables = {name: outputs[f"{name}Table"] for name in ("Messages", "Guards")}
    return Gone(tables, left, suppressed, message)


def keys(cloud: Cloud) -> set[str]:
    return {each["id"] for each in cloud.aws("apigateway").get_api_keys()["items"]}


def what_there_is(cloud: Cloud) -> dict[str, list[str]]:
    """Everything in the account of a kind that the template makes, or that is made beside it."""
    aws = cloud.aws
    buckets = [each["Name"] for each in aws("s3").list_buckets()["Buckets"]]
    files = [
        each["Key"]
        for bucket in buckets
        for each in aws("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    found: dict[str, list[str]] = {
        "tables": aws("dynamodb").list_tables()["TableNames"],
        "keys": sorted(keys(cloud)),
        "buckets": [bucket.rpartition("-")[0] for bucket in buckets],
        "files": files,
        "secrets": [each["Name"] for each in aws("secretsmanager").list_secrets()["SecretList"]],
        "topics": [each["TopicArn"] for each in aws("sns").list_topics()["Topics"]],
        "queues": [
            name
            for url in aws("sqs").list_queues().get("QueueUrls", [])
            if (name := url.rpartition("/")[2]) != "consumer"
        ],
        "logs": [each["logGroupName"] for each in aws("logs").describe_log_groups()["logGroups"]],
        "alarms": aws("cloudwatch").describe_alarms()["MetricAlarms"],
        "dashboards": aws("cloudwatch").list_dashboards()["DashboardEntries"],
        "functions": aws("lambda").list_functions()["Functions"],
        "layers": aws("lambda").list_layers()["Layers"],
        "roles": [each["RoleName"] for each in aws("iam").list_roles()["Roles"]],
        "rules": aws("events").list_rules()["Rules"],
        "apis": aws("apigateway").get_rest_apis()["items"],
        "plans": aws("apigateway").get_usage_plans()["items"],
    }
    return {kind: several for kind, several in found.items() if several}


def test_after_the_deletion_there_is_what_the_page_names_and_nothing_else(
    cloud: Cloud, gone: Gone
) -> None:
    assert what_there_is(cloud) == {
        "tables": sorted(gone.tables.values()),
        "keys": [gone.key_left],
        "buckets": [f"{BUCKET}-samclisourcebucket"],
    }


def test_keys_that_were_left_are_found_and_deleted(cloud: Cloud, pages: Pages, gone: Gone) -> None:
    assert pages.do("aws apigateway get-api-keys") == [[gone.key_left, "clinic"]]
    pages.do("aws apigateway delete-api-key", key=gone.key_left)
    assert keys(cloud) == set()


def test_the_tables_are_given_to_a_new_stack_with_everything_in_them(
    cloud: Cloud, pages: Pages, gone: Gone
) -> None:
    assert pages.do("aws dynamodb list-tables") == sorted(gone.tables.values())
    (cloud.checkout(None) / "import.yaml").write_text(json.dumps(plain_template()))
    tables = {f"{name.lower()}_table": table for name, table in gone.tables.items()}
    pages.do("aws cloudformation create-change-set", **tables)
    pages.do("aws cloudformation wait change-set-create-complete")
    seen = pages.do("aws cloudformation describe-change-set")
    assert {c["ResourceChange"]["Action"] for c in seen["Changes"]} == {"Import"}
    pages.do("aws cloudformation execute-change-set")
    pages.do("aws cloudformation wait stack-import-complete")

    pages.do("sam build")
    settings = ["--parameter-overrides", *cloud.local_settings]
    pages.do("sam deploy --stack-name <stack> --region <region>", *settings)
    pages.do("make account", typed=f"{ACCOUNT_NUMBER}\n{PASSWORD}\n")
    said = pages.do("make client NAME=<client>", client="clinic")

    stack = cloud.look()
    assert {name: stack.stack_outputs[f"{name}Table"] for name in gone.tables} == gone.tables
    with cloud.gateway(said.split("x-api-key")[1].split()[0]) as clinic:
        assert raw.get(clinic, gone.message["messageId"]).json()["status"] == "sent"
        refuses(clinic, gone.suppressed)
        wait_for_status(clinic, post(clinic, a_number())["messageId"], "sent")


def plain_template() -> dict[str, Any]:
    """`import.yaml`, made as step 2 says."""
    resources = settled(TEMPLATE)["Resources"]
    tables = {
        name: resources[name] | {"DeletionPolicy": "Retain"} for name in ("Messages", "Guards")
    }
    return {"Resources": tables}


def refuses(api: Gateway, number: str) -> None:
    answer = raw.post(api, {"phoneNumber": number, "message": "Hello"})
    assert answer.json()["type"].endswith(":suppressed"), answer.text


def test_a_change_set_that_is_only_looked_at_changes_nothing(cloud: Cloud, pages: Pages) -> None:
    before = cloud.look().stack_outputs
    said = pages.do("sam deploy --stack-name <stack> --region <region> --no-execute-changeset")
    assert "Replacement" in said
    assert cloud.look().stack_outputs == before


def test_the_last_tables_are_deleted_when_that_is_asked_for(pages: Pages, gone: Gone) -> None:
    pages.do("aws cloudformation delete-stack")
    pages.do("aws cloudformation wait stack-delete-complete")
    for table in gone.tables.values():
        pages.do("aws dynamodb update-table", table=table)
        pages.do("aws dynamodb delete-table", table=table)
    assert pages.do("aws dynamodb list-tables") == []


def test_every_command_of_the_two_pages_was_run(pages: Pages) -> None:
    left = set(pages.commands()) - pages.ran
    not_here = {each for each in left if each.split()[2:3] and each.split()[2] in NOT_HERE}
    assert len(not_here) == len(NOT_HERE)
    assert left - not_here == {UPGRADE}, "test_in_place.py runs it, three times"
