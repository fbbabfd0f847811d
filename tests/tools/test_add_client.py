"""A further client of a deployed stack: its key is made, listed and taken away."""

import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.loaders import create_loader
from moto.apigateway.exceptions import UsagePlanNotFoundException
from moto.apigateway.models import APIGatewayBackend

from sms_gateway.adapters.clients_table import ClientsTable
from sms_gateway.adapters.guard_items import KNOWN_CLIENTS
from sms_gateway.domain.client import Client, Role, digest_identity
from tests.support.tables import a_guards_table
from tests.tools.aws_answers import REGION, answering, no_rights, refusing
from tools.add_client import main
from tools.client_keys import STACK_TAG
from tools.progress import console
from tools.repository import ROOT

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import PatchOperationTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient

STACK = "voipit-sms-gateway"
OTHER_STACK = "voipit-sms-gateway-prod"


class Account:
    """An AWS account with some stacks in it, and what happens to its API keys."""

    def __init__(self) -> None:
        self.api: APIGatewayClient = boto3.client("apigateway")
        self._dynamodb: DynamoDBClient = boto3.client("dynamodb")
        self._stacks = boto3.client("cloudformation")
        self._tables: dict[str, str] = {}
        self.plans: dict[str, str] = {}
        self.own: dict[str, str] = {}
        """The ids of the templates' own keys."""

    def deploy(self, stack: str) -> None:
        plan = self.plans[stack] = self.api.create_usage_plan(name=stack)["id"]
        own = self.own[stack] = self.an_old_key(f"{stack}-Api-1x2y3z", stack)
        table = self._tables[stack] = a_guards_table(self._dynamodb)
        self.deploy_with_outputs(stack, UsagePlanId=plan, ApiKeyId=own, GuardsTable=table)

    def an_old_key(self, name: str, stack: str = STACK) -> str:
        """A key that is on the stack's plan and was never entered; its id."""
        key_id = self.api.create_api_key(name=name, enabled=True)["id"]
        self.api.create_usage_plan_key(
            usagePlanId=self.plans[stack], keyId=key_id, keyType="API_KEY"
        )
        return key_id

    def disable(self, key_id: str) -> None:
        switch: PatchOperationTypeDef = {"op": "replace", "path": "/enabled", "value": "false"}
        self.api.update_api_key(apiKey=key_id, patchOperations=[switch])

    def deploy_with_outputs(self, stack: str, **outputs: str) -> None:
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        self._stacks.create_stack(StackName=stack, TemplateBody=json.dumps(template))

    def api_keys(self) -> list[Any]:
        """All API keys there are."""
        return list(self.api.get_api_keys(includeValues=True)["items"])

    def keys_named(self, name: str) -> list[Any]:
        return [key for key in self.api_keys() if key["name"] == name]

    def let_in(self, stack: str) -> dict[str, str]:
        """The keys that can call the stack's API, by id, and the names of their clients."""
        items = self.api.get_usage_plan_keys(usagePlanId=self.plans[stack])["items"]
        enabled = {key["id"] for key in self.api_keys() if key["enabled"]}
        rows = self.rows(stack)
        return {
            key["id"]: rows.get(key["id"], Client(key["id"])).name
            for key in items
            if key["id"] in enabled
        }

    def items(self, stack: str) -> list[dict[str, Any]]:
        """The items of its keys."""
        items = self._dynamodb.scan(TableName=self._tables[stack])["Items"]
        return [item for item in items if item["guard"]["S"] != KNOWN_CLIENTS]

    def known(self, stack: str) -> frozenset[str]:
        """The clients that the stack remembers for good."""
        return ClientsTable(self._dynamodb, self._tables[stack]).directory().names

    def listed(self, stack: str) -> dict[str, Client] | None:
        """The keys in the stack's directory, and their clients."""
        keys = ClientsTable(self._dynamodb, self._tables[stack]).directory().keys
        return None if keys is None else {key.key_id: key.client for key in keys}

    def rows(self, stack: str) -> dict[str, Client]:
        """What the stack's functions read of each key."""
        table = ClientsTable(self._dynamodb, self._tables[stack])
        ids = [item["guard"]["S"].removeprefix("key#") for item in self.items(stack)]
        return {key_id: client for key_id in ids if (client := table.get(key_id))}

    def everything(self) -> tuple[Any, ...]:
        """All that these programs could change."""
        stacks = (STACK, OTHER_STACK)
        plans = [self.api.get_usage_plan_keys(usagePlanId=self.plans[s])["items"] for s in stacks]
        return self.api_keys(), plans, [self.items(stack) for stack in stacks]


_read_models_once = cache(create_loader)


def _delete_usage_plan_key(backend: APIGatewayBackend, usage_plan_id: str, key_id: str) -> None:
    """As AWS does it; moto stumbles over a key that is not on the plan."""
    if backend.usage_plan_keys.get(usage_plan_id, {}).pop(key_id, None) is None:
        raise UsagePlanNotFoundException


@pytest.fixture
def account(aws: None, monkeypatch: pytest.MonkeyPatch) -> Account:
    assert aws is None
    # Every run of the program is a session of its own, which would read AWS's models anew.
    monkeypatch.setattr("botocore.loaders.create_loader", _read_models_once)
    monkeypatch.setattr(APIGatewayBackend, "delete_usage_plan_key", _delete_usage_plan_key)
    account = Account()
    account.deploy(STACK)
    account.deploy(OTHER_STACK)
    return account


def run(*arguments: str, stack: str = STACK) -> tuple[int, str]:
    """The exit code, and everything that was written."""
    with console.capture() as capture:
        code = main(["--stack-name", stack, *arguments])
    return code, capture.get()


def a_key(name: str, *arguments: str) -> str:
    """A new key for the client of this name; its id, as it is printed."""
    code, text = run("--name", name, *arguments)
    assert code == 0, text
    (key_id,) = re.findall(r"^  id +(\S+)$", text, re.MULTILINE)
    return str(key_id)


def listening(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that AWS is asked for from now on."""
    made: list[str] = []
    call = boto3.client("apigateway")._make_api_call.__func__  # type: ignore[attr-defined]  # noqa: SLF001

    def make(client: Any, name: str, parameters: Any) -> Any:
        made.append(name)
        return call(client, name, parameters)

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", make)
    return made


@pytest.fixture
def locally(monkeypatch: pytest.MonkeyPatch) -> None:
    """The AWS is one on this machine, as far as its clients can tell."""
    monkeypatch.setattr("botocore.client.ClientMeta.endpoint_url", "http://127.0.0.1:4566")


def test_a_new_client_has_a_key_that_its_stack_lets_in(account: Account) -> None:
    code, text = run("--name", "crm")

    (key,) = account.keys_named("crm")
    assert (code, key["enabled"], key["tags"]) == (0, True, {STACK_TAG: STACK})
    assert key["id"] in text
    assert key["value"] in text.split()
    assert account.let_in(STACK)[key["id"]] == "crm"
    assert key["id"] not in account.let_in(OTHER_STACK)
    assert account.rows(STACK) == {key["id"]: Client("crm")}


def test_the_same_name_again_is_a_second_key_of_the_same_client(account: Account) -> None:
    first = a_key("crm")

    code, text = run("--name", "crm")

    ids = {key["id"] for key in account.keys_named("crm")}
    (second,) = ids - {first}
    assert code == 0
    assert account.rows(STACK) == {first: Client("crm"), second: Client("crm")}
    assert {first, second} <= account.let_in(STACK).keys()
    assert f"make client REMOVE={first} STACK={STACK}" in text


def test_an_operator_is_entered_as_one_and_its_second_key_too(account: Account) -> None:
    run("--name", "ana", "--role", "operator")
    run("--name", "ana")

    assert list(account.rows(STACK).values()) == [Client("ana", Role.OPERATOR)] * 2


@pytest.mark.parametrize(("before", "after"), [("client", "operator"), ("operator", "client")])
def test_a_name_has_one_role(account: Account, before: str, after: str) -> None:
    run("--name", "crm", "--role", before)
    there_was = account.everything()

    code, text = run("--name", "crm", "--role", after)

    assert (code, account.everything()) == (1, there_was)
    assert f"crm has the role {before}" in text


def test_names_that_differ_by_case_only_are_refused(account: Account) -> None:
    run("--name", "crm")
    before = account.everything()

    code, text = run("--name", "CRM")

    assert (code, account.everything()) == (1, before)
    assert 'There is a client "crm" already' in text


def test_the_id_of_a_key_is_no_name_whoever_it_belongs_to(account: Account) -> None:
    crm = a_key("crm")
    before = account.everything()

    for key_id in (crm, account.own[STACK], account.own[STACK].upper()):
        code, text = run("--name", key_id)
        assert (code, account.everything()) == (1, before)
        assert "is the id of a key" in text


def test_what_a_key_without_a_client_is_called_is_no_name_for_another(account: Account) -> None:
    """Releases that knew no names made such keys: its owner would take the new client for it."""
    old = account.an_old_key("crm")
    before = account.everything()

    code, text = run("--name", "crm")

    assert (code, account.everything()) == (1, before)
    assert f"NAME=crm KEY={old}" in text


def test_another_stack_has_names_of_its_own(account: Account) -> None:
    run("--name", "crm")

    assert run("--name", "CRM", stack=OTHER_STACK)[0] == 0
    assert "crm" in account.let_in(STACK).values()
    assert "CRM" in account.let_in(OTHER_STACK).values()


@pytest.mark.parametrize(
    "name", ["", " ", "-", "a" * 65, "a\nb", "ș", "[bold]", "web shop", "a#b", "a/b", ".a"]
)
def test_a_name_that_is_none_is_refused(account: Account, name: str) -> None:
    before = account.everything()

    code, text = run("--name", name)

    assert (code, account.everything()) == (1, before)
    assert "1 to 64" in text


def test_a_key_is_let_in_after_its_row_is_there_and_its_row_goes_after_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
    account: Account,  # noqa: ARG001  where it happens
) -> None:
    made = listening(monkeypatch)
    key_id = a_key("crm")
    run("--remove", key_id, "--yes")

    assert [call for call in made if not call.startswith(("Get", "Describe"))] == [
        "CreateApiKey",
        "PutItem",
        "UpdateItem",  # its client is remembered for good
        "CreateUsagePlanKey",
        "DeleteUsagePlanKey",
        "DeleteApiKey",
        "UpdateItem",  # its row expires
        "UpdateItem",  # its client is remembered, if an earlier release has made the key
        "UpdateItem",  # and the key is in the directory no more
    ]


def test_the_row_of_a_removed_key_stays_for_a_day(account: Account) -> None:
    """API Gateway may let the key in for a moment; without its row it would be another client."""
    crm = a_key("crm")
    run("--remove", crm, "--yes")

    (row,) = account.items(STACK)
    kept_for = int(row["expiresAt"]["N"]) - time.time()
    assert (row["guard"], row["client"]) == ({"S": f"key#{crm}"}, {"S": "crm"})
    assert abs(kept_for - 24 * 3600) < 60


# --- keys that were there before ----------------------------------------------------------------


def test_a_key_without_a_client_is_given_one_once_its_id_was_typed(
    account: Account, say: Callable[[str], None]
) -> None:
    own = account.own[STACK]
    say(own)

    code, text = run("--name", "front", "--key", own)

    assert (code, account.rows(STACK)) == (0, {own: Client("front")})
    assert "will not read, list or cancel the messages it has sent until now" in text


def test_nothing_is_given_unless_the_id_is_typed(
    account: Account, say: Callable[[str], None]
) -> None:
    say("yes")

    code, text = run("--name", "front", "--key", account.own[STACK])

    assert (code, account.rows(STACK)) == (1, {})
    assert "Nothing was changed" in text


def test_a_key_without_a_client_may_join_one_that_there_is(account: Account) -> None:
    crm, own = a_key("crm"), account.own[STACK]

    run("--name", "crm", "--key", own, "--yes")

    assert account.rows(STACK) == {crm: Client("crm"), own: Client("crm")}


def test_a_key_under_its_own_id_loses_nothing_and_gets_a_second_one(account: Account) -> None:
    own = account.own[STACK]

    assert run("--name", own, "--key", own)[0] == 0
    second = a_key(own)

    assert account.rows(STACK) == {own: Client(own), second: Client(own)}


def test_a_key_stays_with_its_client(account: Account) -> None:
    crm = a_key("crm")
    before = account.everything()

    for key_id in (crm, "absent"):
        assert run("--name", "shop", "--key", key_id, "--yes")[0] == 1
    assert account.everything() == before


# --- the list -----------------------------------------------------------------------------------


def test_the_list_shows_names_roles_ids_and_dates_and_never_a_key(account: Account) -> None:
    shop, crm, ana = a_key("web-shop"), a_key("crm"), a_key("ana", "--role", "operator")
    second = a_key("crm")
    own = account.own[STACK]
    account.disable(shop)

    code, text = run("--list")

    made = f"made {datetime.now(UTC):%Y-%m-%d}"
    blocks = {
        "ana (operator)": [f"  {ana}  {made}"],
        "crm (client)": sorted(f"  {key}  {made}" for key in (crm, second)),
        "web-shop (client)": [f"  {shop}  {made}, disabled"],
        f"{own} (client)": [
            f'  {own}  {made}, of the template, called "{STACK}-Api-1x2y3z", never entered'
        ],
    }
    assert code == 0
    in_order = sorted(blocks, key=lambda title: title.partition(" ")[0])
    assert text.splitlines() == [line for title in in_order for line in (title, *blocks[title])]
    assert [key for key in account.api_keys() if key["value"] in text] == []


def test_a_date_that_api_gateway_does_not_tell_is_left_out(
    monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    crm = a_key("crm")
    answering(monkeypatch, "GetApiKeys", lambda _: {"items": [{"id": crm, "name": "crm"}]})

    assert f"  {crm}\n" in run("--list")[1]
    assert account.own[STACK] in run("--list")[1]


@pytest.mark.usefixtures("account")
def test_the_list_is_whole_however_many_pages_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {None: ("1", "crm", "more"), "more": ("2", "shop", "last"), "last": ("3", "web", None)}

    def page(parameters: Any) -> Any:
        key_id, name, following = pages[parameters.get("position")]
        return {"items": [{"id": key_id, "name": name}], "position": following}

    answering(monkeypatch, "GetUsagePlanKeys", page)

    shown = run("--list")[1].splitlines()
    assert shown[:-1:2] == ["1 (client)", "2 (client)", "3 (client)"]
    assert "put in order" in shown[-1]


# --- removing -----------------------------------------------------------------------------------


def test_one_key_is_removed_once_its_id_was_typed_and_the_client_keeps_the_other(
    account: Account, say: Callable[[str], None]
) -> None:
    first, second = a_key("crm"), a_key("crm")
    say(first)

    code, text = run("--remove", first)

    assert code == 0
    assert f"It keeps {second}." in text
    assert "shuts" not in text
    assert first not in account.let_in(STACK)
    assert [key["id"] for key in account.keys_named("crm")] == [second]
    assert account.let_in(STACK)[second] == "crm"


def test_removing_the_last_key_says_that_it_shuts_the_client_out(
    account: Account, say: Callable[[str], None]
) -> None:
    crm = a_key("crm")
    say(crm)

    text = run("--remove", crm)[1]

    assert "this shuts the client out" in text
    assert "A new key of crm would read them again" in text
    assert crm not in account.let_in(STACK)


@pytest.mark.usefixtures("account")
def test_nor_is_an_operator_let_in_without_a_key() -> None:
    ana = a_key("ana", "--role", "operator")

    assert "this shuts the operator out" in run("--remove", ana, "--yes")[1]


def test_the_last_key_of_a_client_that_is_named_after_it_says_how_to_keep_the_messages(
    account: Account,
) -> None:
    old = account.an_old_key("crm")

    code, text = run("--remove", old, "--yes")

    assert (code, account.keys_named("crm"), account.items(STACK)) == (0, [], [])
    assert f"(NAME={old} KEY={old})" in text


def test_a_client_is_removed_with_all_its_keys_once_its_name_was_typed(
    account: Account, say: Callable[[str], None]
) -> None:
    keys = {a_key("crm"), a_key("crm")}
    other = a_key("shop")
    say("crm")

    code, text = run("--remove", "CRM")

    assert (code, account.keys_named("crm")) == (0, [])
    assert all(key in text for key in keys)
    assert account.let_in(STACK).keys() == {account.own[STACK], other}
    assert "crm" not in run("--list")[1]


@pytest.mark.parametrize("answer", ["", "y", "yes", "CRM"])
def test_any_other_answer_changes_nothing(
    account: Account, say: Callable[[str], None], answer: str
) -> None:
    a_key("crm")
    before = account.everything()
    say(answer)

    code, text = run("--remove", "crm")

    assert (code, account.everything()) == (1, before)
    assert "Nothing was changed" in text


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_nor_does_no_answer(
    account: Account, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    def leave(*_: object) -> str:
        raise end

    a_key("crm")
    before = account.everything()
    monkeypatch.setattr("builtins.input", leave)

    assert run("--remove", "crm")[0] == 1
    assert account.everything() == before


def test_whoever_says_yes_is_not_asked(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("asked"))
    a_key("crm")

    assert run("--remove", "crm", "--yes")[0] == 0
    assert account.keys_named("crm") == []


def test_the_key_of_the_template_is_not_removed_and_it_is_said_how_to_shut_it_out(
    account: Account,
) -> None:
    own = account.own[STACK]
    before = account.everything()

    code, text = run("--remove", own, "--yes")

    assert (code, account.everything()) == (1, before)
    assert f"aws apigateway update-api-key --api-key {own}" in text


def test_nor_with_the_client_that_it_belongs_to(account: Account) -> None:
    a_key("crm")
    run("--name", "crm", "--key", account.own[STACK], "--yes")
    before = account.everything()

    assert run("--remove", "crm", "--yes")[0] == 1
    assert account.everything() == before


@pytest.mark.usefixtures("account")
def test_a_name_that_no_client_has_is_not_removed() -> None:
    assert run("--remove", "absent") == (
        1,
        'The command failed. There is no client and no key "absent".\n',
    )


def test_a_client_that_was_removed_comes_back_under_its_name(account: Account) -> None:
    run("--remove", a_key("crm"), "--yes")

    again = a_key("crm")

    assert account.let_in(STACK)[again] == "crm"


def test_a_client_is_remembered_for_good_and_so_is_the_id_of_a_key_that_was_given_a_name(
    account: Account,
) -> None:
    run("--remove", a_key("crm"), "--yes")
    assert account.known(STACK) == {"crm"}
    run("--name", "front", "--key", account.own[STACK], "--yes")

    assert account.known(STACK) == {"crm", "front", account.own[STACK]}
    assert account.known(OTHER_STACK) == frozenset()


# --- the directory that operators see ------------------------------------------------------------


def test_the_directory_has_every_key_with_its_client_and_role(account: Account) -> None:
    crm, ana = a_key("crm"), a_key("ana", "--role", "operator")
    gone = a_key("shop")
    run("--remove", gone, "--yes")

    assert account.listed(STACK) == {
        account.own[STACK]: Client(account.own[STACK]),
        crm: Client("crm"),
        ana: Client("ana", Role.OPERATOR),
    }
    assert account.listed(OTHER_STACK) is None
    assert "put in order" not in run("--list")[1]


def test_a_key_that_is_given_a_name_changes_its_place_in_the_directory(account: Account) -> None:
    own = account.own[STACK]
    run("--list")
    assert account.listed(STACK) == {own: Client(own)}

    run("--name", "front", "--key", own, "--yes")

    assert account.listed(STACK) == {own: Client("front")}


def test_the_list_puts_a_directory_in_order_that_other_programs_have_left_behind(
    account: Account,
) -> None:
    crm = a_key("crm")
    account.api.delete_usage_plan_key(usagePlanId=account.plans[STACK], keyId=crm)
    old = account.an_old_key("of another program")

    assert "put in order" in run("--list")[1]

    own = account.own[STACK]
    assert account.listed(STACK) == {own: Client(own), old: Client(old)}
    assert "crm" in account.known(STACK)
    assert "put in order" not in run("--list")[1]


def test_a_key_that_could_not_be_made_is_not_in_the_directory(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        refusing(meanwhile, "CreateUsagePlanKey", no_rights("CreateUsagePlanKey"))
        assert run("--name", "crm")[0] == 1

    assert account.listed(STACK) == {account.own[STACK]: Client(account.own[STACK])}


# --- an AWS that tells no function the id of a key --------------------------------------------


def test_where_functions_are_not_told_the_id_the_digest_is_entered_before_the_key_is_let_in(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    locally: None,  # noqa: ARG001
) -> None:
    with monkeypatch.context() as meanwhile:
        made = listening(meanwhile)
        crm = a_key("crm")
    (key,) = account.keys_named("crm")
    digest = digest_identity(key["value"])

    assert account.rows(STACK) == {crm: Client("crm"), digest: Client("crm")}
    assert made[-4:] == ["PutItem", "PutItem", "UpdateItem", "CreateUsagePlanKey"]


def test_there_the_row_of_the_digest_expires_with_the_other(
    account: Account,
    locally: None,  # noqa: ARG001
) -> None:
    run("--remove", a_key("crm"), "--yes")

    assert ["expiresAt" in row for row in account.items(STACK)] == [True, True]


def test_there_a_key_that_was_there_before_is_entered_under_both(
    account: Account,
    locally: None,  # noqa: ARG001
) -> None:
    run("--name", "front", "--key", account.own[STACK], "--yes")

    assert list(account.rows(STACK).values()) == [Client("front")] * 2


# --- when it does not work ----------------------------------------------------------------------


@pytest.mark.usefixtures("account")
def test_a_stack_that_is_not_there_is_named_with_its_region() -> None:
    code, text = run("--list", stack="nowhere")

    assert (code, text) == (1, f"The command failed. There is no stack nowhere in {REGION}.\n")


@pytest.mark.parametrize(
    ("outputs", "missing"),
    [({"BucketName": "photos"}, "UsagePlanId"), ({"UsagePlanId": "a1"}, "GuardsTable")],
)
def test_a_stack_without_a_usage_plan_or_a_table_is_not_this_gateway(
    account: Account, outputs: dict[str, str], missing: str
) -> None:
    account.deploy_with_outputs("another", **outputs)

    code, text = run("--list", stack="another")

    assert code == 1
    assert f"no output {missing}" in text


@pytest.mark.parametrize(
    "operation",
    ["DescribeStacks", "GetUsagePlanKeys", "GetItem", "CreateApiKey", "PutItem"],
)
def test_who_may_not_is_told_what_and_leaves_nothing_behind(
    account: Account, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    before = account.everything()
    with monkeypatch.context() as meanwhile:
        refusing(meanwhile, operation, no_rights(operation))
        code, text = run("--name", "crm")

    assert (code, account.everything()) == (1, before)
    assert "AccessDeniedException): User: arn:aws:iam::123456789012:user/ana is not auth" in text
    assert operation in text


def test_a_key_that_does_not_get_onto_the_plan_is_deleted_and_its_row_expires(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as meanwhile:
        refusing(meanwhile, "CreateUsagePlanKey", no_rights("CreateUsagePlanKey"))
        code, text = run("--name", "crm")

    assert (code, account.keys_named("crm")) == (1, [])
    assert ["expiresAt" in row for row in account.items(STACK)] == [True]
    assert "CreateUsagePlanKey" in text


def test_a_key_that_got_onto_the_plan_without_aws_saying_so_is_taken_off_it_again(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = account.let_in(STACK)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(
            "botocore.client.BaseClient._make_api_call",
            done_without_an_answer("CreateUsagePlanKey"),
        )
        code, _ = run("--name", "crm")

    assert (code, account.let_in(STACK), account.keys_named("crm")) == (1, before, [])


def done_without_an_answer(operation: str) -> Callable[[Any, str, Any], Any]:
    """AWS does it, and its answer gets lost."""
    call = boto3.client("apigateway")._make_api_call.__func__  # type: ignore[attr-defined]  # noqa: SLF001

    def make(client: Any, name: str, parameters: Any) -> Any:
        answer = call(client, name, parameters)
        if name == operation:
            raise ReadTimeoutError(endpoint_url="https://apigateway.test")
        return answer

    return make


def test_a_key_that_could_not_be_taken_back_is_named_and_its_row_stays(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing(monkeypatch, "CreateUsagePlanKey", no_rights("CreateUsagePlanKey"))
    refusing(monkeypatch, "DeleteApiKey", no_rights("DeleteApiKey"))

    code, text = run("--name", "crm")

    (left,) = account.keys_named("crm")
    assert code == 1
    assert left["id"] in text
    assert left["value"] not in text
    assert ["expiresAt" in row for row in account.items(STACK)] == [False]


@pytest.mark.parametrize(
    ("operation", "lets_in", "expires"),
    [
        ("DeleteUsagePlanKey", True, False),
        ("DeleteApiKey", False, False),
        ("UpdateItem", False, False),
    ],
)
def test_a_key_that_could_not_be_removed_altogether_is_the_clients_for_as_long_as_it_is_let_in(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    *,
    lets_in: bool,
    expires: bool,
) -> None:
    crm = a_key("crm")
    with monkeypatch.context() as meanwhile:
        refusing(meanwhile, operation, no_rights(operation))
        code, text = run("--remove", crm, "--yes")

    assert code == 1
    assert operation in text
    assert (crm in account.let_in(STACK)) is lets_in
    assert account.rows(STACK) == {crm: Client("crm")}
    assert ["expiresAt" in row for row in account.items(STACK)] == [expires]


def test_of_a_client_that_could_only_be_removed_in_part_it_is_said_which_keys_are_gone(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted((a_key("crm"), a_key("crm")))
    call = boto3.client("apigateway")._make_api_call.__func__  # type: ignore[attr-defined]  # noqa: SLF001

    def make(client: Any, name: str, parameters: Any) -> Any:
        if name == "DeleteUsagePlanKey" and parameters["keyId"] == second:
            raise no_rights(name)
        return call(client, name, parameters)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("botocore.client.BaseClient._make_api_call", make)
        code, text = run("--remove", "crm", "--yes")

    assert code == 1
    assert f"Removed so far: {first}. Run it again" in text
    assert run("--remove", "crm", "--yes")[0] == 0
    assert account.let_in(STACK).keys() == {account.own[STACK]}


@pytest.mark.usefixtures("account")
def test_an_aws_that_cannot_be_reached_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = EndpointConnectionError(endpoint_url="https://cloudformation.test")
    refusing(monkeypatch, "DescribeStacks", away)

    code, text = run("--list")

    assert code == 1
    assert text.startswith("The command failed. AWS cannot be asked: Could not connect")


def test_without_a_region_nothing_is_guessed(
    account: Account,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    assert run("--list") == (
        1,
        "The command failed. AWS cannot be asked: You must specify a region.\n",
    )
    assert run("--list", "--region", REGION)[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--name", "a", "--list"],
        ["--name"],
        ["--name", "a", "--role", "admin"],
        ["--list", "--role", "client"],
        ["--remove", "a", "--key", "b"],
    ],
)
def test_one_thing_is_done_at_a_time(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--stack-name", STACK, *arguments])

    assert left.value.code == 2


MAKE_CLIENT = ["make", "--dry-run", "--old-file=.venv/ready", "client"]
"""Says what would be run, and runs nothing."""


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        (["NAME=crm"], ["--name", "crm"]),
        (["NAME=ana", "ROLE=operator"], ["--name", "ana", "--role", "operator"]),
        (["NAME=a b", "KEY=k1"], ["--name", "a b", "--key", "k1"]),
        (["LIST=1"], ["--list"]),
        (["REMOVE=k1", "YES=1"], ["--remove", "k1", "--yes"]),
    ],
)
def test_make_client_runs_this_program(variables: list[str], arguments: list[str]) -> None:
    printed = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
        [*MAKE_CLIENT, "STACK=s", *variables],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    path, _, *words = shlex.split(printed.replace("\\\n", " "))

    assert (ROOT / path.removeprefix("PYTHONPATH=") / "sms_gateway").is_dir()
    assert words == ["-m", "tools.by_make", "add_client", "--stack-name", "s", *arguments]


def test_make_client_without_a_job_says_what_there_is() -> None:
    ran = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
        MAKE_CLIENT,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 2
    assert "Which client? make client NAME=crm" in ran.stderr
