"""A further client of a deployed stack: its key is made, listed and taken away."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from local.progress import console
from tools.add_client import STACK_TAG, main

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

STACK = "voipit-sms-gateway"
OTHER_STACK = "voipit-sms-gateway-prod"
REGION = "eu-central-1"


class Account:
    """An AWS account with some stacks in it, and what happens to its API keys."""

    def __init__(self) -> None:
        self.api: APIGatewayClient = boto3.client("apigateway")
        self._stacks = boto3.client("cloudformation")
        self.plans: dict[str, str] = {}

    def deploy(self, stack: str) -> None:
        plan = self.api.create_usage_plan(name=stack)["id"]
        own = self.api.create_api_key(name=f"{stack}-Api-1x2y3z", enabled=True)["id"]
        self.api.create_usage_plan_key(usagePlanId=plan, keyId=own, keyType="API_KEY")
        self.deploy_with_outputs(stack, UsagePlanId=plan, ApiKeyId=own)
        self.plans[stack] = plan

    def deploy_with_outputs(self, stack: str, **outputs: str) -> None:
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        self._stacks.create_stack(StackName=stack, TemplateBody=json.dumps(template))

    def keys_by_name(self) -> dict[str, Any]:
        """All API keys there are, by name."""
        keys = self.api.get_api_keys(includeValues=True)["items"]
        return {key["name"]: key for key in keys}

    def clients_of(self, stack: str) -> set[str]:
        """The names of the keys that can call the stack's API."""
        items = self.api.get_usage_plan_keys(usagePlanId=self.plans[stack])["items"]
        return {key["name"] for key in items} & {
            name for name, key in self.keys_by_name().items() if key["enabled"]
        }


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        account = Account()
        account.deploy(STACK)
        account.deploy(OTHER_STACK)
        yield account


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the person at the keyboard answers."""

    def answer(text: str) -> None:
        monkeypatch.setattr("builtins.input", lambda *_: text)

    return answer


def run(*arguments: str, stack: str = STACK) -> tuple[int, str]:
    """The exit code, and everything that was written."""
    with console.capture() as capture:
        code = main(["--stack-name", stack, *arguments])
    return code, capture.get()


def answering(
    monkeypatch: pytest.MonkeyPatch, operation: str, answer: Callable[[Any], Any]
) -> None:
    """From now on this is what AWS answers to the operation's parameters."""
    call = boto3.client("apigateway")._make_api_call.__func__  # type: ignore[attr-defined]  # noqa: SLF001

    def make(client: Any, name: str, parameters: Any) -> Any:
        return answer(parameters) if name == operation else call(client, name, parameters)

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", make)


def refusing(monkeypatch: pytest.MonkeyPatch, operation: str, error: Exception) -> None:
    """From now on AWS answers the operation with the error."""

    def refuse(_: Any) -> None:
        raise error

    answering(monkeypatch, operation, refuse)


def test_a_new_client_has_a_key_that_its_stack_lets_in(account: Account) -> None:
    code, text = run("--name", "crm")

    key = account.keys_by_name()["crm"]
    assert (code, key["enabled"], key["tags"]) == (0, True, {STACK_TAG: STACK})
    assert key["id"] in text
    assert key["value"] in text.split()
    assert "crm" in account.clients_of(STACK)
    assert "crm" not in account.clients_of(OTHER_STACK)


@pytest.mark.parametrize("name", ["crm", "CRM", f"{STACK}-api-1X2Y3Z"])
def test_a_name_is_given_once_per_stack(account: Account, name: str) -> None:
    run("--name", "crm")
    before = account.keys_by_name()

    code, text = run("--name", name)

    assert (code, account.keys_by_name()) == (1, before)
    assert "already" in text


def test_another_stack_has_names_of_its_own(account: Account) -> None:
    run("--name", "crm")

    assert run("--name", "crm", stack=OTHER_STACK)[0] == 0
    assert "crm" in account.clients_of(STACK) & account.clients_of(OTHER_STACK)


@pytest.mark.parametrize("name", ["", " ", "-", "a" * 65, "a\nb", "ș", "[bold]"])
def test_a_name_that_is_none_is_refused(account: Account, name: str) -> None:
    before = account.keys_by_name()

    code, text = run("--name", name)

    assert (code, account.keys_by_name()) == (1, before)
    assert "1 to 64" in text


def test_the_list_shows_ids_and_names_and_never_a_key(account: Account) -> None:
    for name in ("web shop", "crm"):
        run("--name", name)

    code, text = run("--list")

    keys = account.keys_by_name()
    own = f"{STACK}-Api-1x2y3z"
    assert code == 0
    assert text.splitlines() == [
        f"{keys['crm']['id']}  crm",
        f"{keys[own]['id']}  {own} (of the template)",
        f"{keys['web shop']['id']}  web shop",
    ]
    assert [key for key in keys.values() if key["value"] in text] == []


@pytest.mark.usefixtures("account")
def test_the_list_is_whole_however_many_pages_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {None: ("1", "crm", "more"), "more": ("2", "shop", "last"), "last": ("3", "web", None)}

    def page(parameters: Any) -> Any:
        key_id, name, following = pages[parameters.get("position")]
        return {"items": [{"id": key_id, "name": name}], "position": following}

    answering(monkeypatch, "GetUsagePlanKeys", page)

    assert run("--list") == (0, "1  crm\n2  shop\n3  web\n")


def test_a_client_is_removed_once_its_name_was_typed(
    account: Account, say: Callable[[str], None]
) -> None:
    run("--name", "crm")
    say("crm")

    code, _ = run("--remove", "crm")

    assert (code, "crm" in account.clients_of(STACK)) == (0, False)
    assert "crm" not in account.keys_by_name()
    assert "crm" not in run("--list")[1]


@pytest.mark.parametrize("answer", ["", "y", "yes", "CRM"])
def test_any_other_answer_changes_nothing(
    account: Account, say: Callable[[str], None], answer: str
) -> None:
    run("--name", "crm")
    say(answer)

    code, text = run("--remove", "crm")

    assert (code, "crm" in account.clients_of(STACK)) == (1, True)
    assert "Nothing was changed" in text


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_nor_does_no_answer(
    account: Account, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    def leave(*_: object) -> str:
        raise end

    run("--name", "crm")
    monkeypatch.setattr("builtins.input", leave)

    assert run("--remove", "crm")[0] == 1
    assert "crm" in account.clients_of(STACK)


def test_the_key_of_the_template_is_not_removed(account: Account) -> None:
    own = f"{STACK}-Api-1x2y3z"

    code, text = run("--remove", own)

    assert (code, own in account.clients_of(STACK)) == (1, True)
    assert "template" in text


def test_nor_is_a_client_nobody_knows_or_one_of_two(account: Account) -> None:
    for _ in range(2):
        key = account.api.create_api_key(name="twins", enabled=True)["id"]
        account.api.create_usage_plan_key(
            usagePlanId=account.plans[STACK], keyId=key, keyType="API_KEY"
        )

    assert run("--remove", "nobody") == (1, 'It did not work. There is no client "nobody".\n')
    assert "Several keys" in run("--remove", "twins")[1]


@pytest.mark.usefixtures("account")
def test_a_stack_that_is_not_there_is_named_with_its_region() -> None:
    code, text = run("--list", stack="nowhere")

    assert (code, text) == (1, f"It did not work. There is no stack nowhere in {REGION}.\n")


def test_a_stack_without_a_usage_plan_is_not_this_gateway(account: Account) -> None:
    account.deploy_with_outputs("another", BucketName="photos")

    code, text = run("--list", stack="another")

    assert code == 1
    assert "no output UsagePlanId" in text


def no_rights(operation: str) -> ClientError:
    sentence = f"User: arn:aws:iam::123456789012:user/ana is not authorized: {operation}"
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": sentence}}, operation)


@pytest.mark.parametrize(
    "operation", ["DescribeStacks", "GetUsagePlanKeys", "CreateApiKey", "CreateUsagePlanKey"]
)
def test_who_may_not_is_told_what_and_leaves_nothing_behind(
    account: Account, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    before = account.keys_by_name()
    refusing(monkeypatch, operation, no_rights(operation))

    code, text = run("--name", "crm")

    assert (code, account.keys_by_name()) == (1, before)
    assert "AccessDeniedException): User: arn:aws:iam::123456789012:user/ana is not auth" in text
    assert operation in text


def test_a_key_that_could_not_be_taken_back_is_named(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, "CreateUsagePlanKey", no_rights("CreateUsagePlanKey"))
    refusing(monkeypatch, "DeleteApiKey", no_rights("DeleteApiKey"))

    code, text = run("--name", "crm")

    left = account.keys_by_name()["crm"]
    assert code == 1
    assert left["id"] in text
    assert left["value"] not in text


@pytest.mark.usefixtures("account")
def test_an_aws_that_cannot_be_reached_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = EndpointConnectionError(endpoint_url="https://cloudformation.test")
    refusing(monkeypatch, "DescribeStacks", away)

    code, text = run("--list")

    assert code == 1
    assert text.startswith("It did not work. AWS cannot be asked: Could not connect")


def test_without_a_region_nothing_is_guessed(
    account: Account,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    assert run("--list") == (
        1,
        "It did not work. AWS cannot be asked: You must specify a region.\n",
    )
    assert run("--list", "--region", REGION)[0] == 0


@pytest.mark.parametrize("arguments", [[], ["--name", "a", "--list"], ["--name"]])
def test_one_thing_is_done_at_a_time(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--stack-name", STACK, *arguments])

    assert left.value.code == 2
