"""An update in place from 0.2.0 replaces nothing that holds state or has an address.

The other half is in tests/upgrade, where the update is made: the local AWS replaces less than AWS.
"""

import copy
from collections.abc import Callable
from typing import Any, Final

import pytest

from tests.support.releases import RELEASE_0_2_0, MissingReleaseError, template_of
from tests.support.template import TEMPLATE, transformed
from tests.support.updates import losses
from tools.repository import ROOT

CHOICES: Final[list[dict[str, str]]] = [
    {},
    {"MessageRetentionDays": "365", "TableDeletionProtection": "on"},
    {"SubnetIds": "subnet-0a1b2c3d", "SecurityGroupIds": "sg-0a1b2c3d"},
    {"AllowedOrigins": "https://a.example,https://b.example", "CallbackReservedConcurrency": "5"},
]
"""Settings of a stack of 0.2.0 that change which resources and properties it has."""

HOLDS_SOMETHING: Final = {
    "AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::SNS::Topic", "AWS::SQS::Queue"
}  # fmt: skip


SAID_OTHERWISE: Final = {"BasePath"}
"""Parameters that take less than before, on purpose: under `/page` the routes for pages, which ask
for no key, would be taken for those that do. docs/upgrading.md says what to do."""


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """The template of 0.2.0."""
    return template_of(RELEASE_0_2_0)


@pytest.fixture(scope="module")
def before(written: dict[str, Any]) -> dict[str, Any]:
    """The template of 0.2.0 as CloudFormation got it."""
    return transformed(written)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: ",".join(choice) or "defaults")
def test_an_update_from_0_2_0_replaces_nothing_and_loses_nothing(
    before: dict[str, Any], cloudformation: dict[str, Any], choice: dict[str, str]
) -> None:
    assert losses(before, cloudformation, **choice) == []


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: ",".join(choice) or "defaults")
def test_the_way_back_to_0_2_0_replaces_nothing_that_0_2_0_had(
    before: dict[str, Any], cloudformation: dict[str, Any], choice: dict[str, str]
) -> None:
    """What a later release has added goes with a rollback: see the next test."""
    names = before["Resources"].keys()
    shared = {n: each for n, each in cloudformation["Resources"].items() if n in names}
    assert losses(cloudformation | {"Resources": shared}, before, **choice) == []


def test_what_holds_something_and_goes_with_a_rollback_is_named_on_the_page(
    before: dict[str, Any], cloudformation: dict[str, Any]
) -> None:
    page = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
    added = cloudformation["Resources"].keys() - before["Resources"].keys()
    unnamed = {
        name
        for name in added
        if cloudformation["Resources"][name]["Type"] in HOLDS_SOMETHING and f"`{name}`" not in page
    }
    assert unnamed == set()


def test_what_0_2_0_was_told_can_be_told_again(written: dict[str, Any]) -> None:
    """`make deploy` hands over the values that the stack has."""
    narrower = [
        name
        for name, old in written["Parameters"].items()
        if (new := TEMPLATE["Parameters"].get(name)) is None
        or new["Type"] != old["Type"]
        or new.get("AllowedPattern") != old.get("AllowedPattern")
        or not set(old.get("AllowedValues", ())) <= set(new.get("AllowedValues", ()))
        or float(new.get("MinValue", "-inf")) > float(old.get("MinValue", "-inf"))
        or float(new.get("MaxValue", "inf")) < float(old.get("MaxValue", "inf"))
    ]
    assert set(narrower) == SAID_OTHERWISE
    page = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in narrower)


def test_what_0_2_0_told_is_still_told(written: dict[str, Any]) -> None:
    assert written["Outputs"].keys() - TEMPLATE["Outputs"].keys() == set()


def test_a_clone_without_the_commit_is_told_how_to_get_it() -> None:
    with pytest.raises(MissingReleaseError, match="git fetch --unshallow"):
        template_of("0" * 40)


# --- each loss is noticed --------------------------------------------------------------------


def _set(resource: str, *path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(resources: dict[str, Any]) -> None:
        node = resources[resource]
        for name in path[:-1]:
            node = node.setdefault(name, {})
        node[path[-1]] = value

    return change


def _rename(resource: str) -> Callable[[dict[str, Any]], None]:
    def change(resources: dict[str, Any]) -> None:
        resources["Renamed"] = resources.pop(resource)

    return change


def _drop(resource: str, name: str) -> Callable[[dict[str, Any]], None]:
    return lambda resources: resources[resource].pop(name)


def _index(name: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": "client", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


def _add_indexes(*names: str) -> Callable[[dict[str, Any]], None]:
    def change(resources: dict[str, Any]) -> None:
        resources["Messages"]["Properties"]["GlobalSecondaryIndexes"] += map(_index, names)

    return change


def _change_index(resources: dict[str, Any]) -> None:
    index = resources["Guards"]["Properties"]["GlobalSecondaryIndexes"][0]
    index["Projection"] = {"ProjectionType": "KEYS_ONLY"}


def _drop_definition(resources: dict[str, Any]) -> None:
    resources["Messages"]["Properties"]["AttributeDefinitions"].pop()


def _change_type(resources: dict[str, Any]) -> None:
    resources["Messages"]["Properties"]["AttributeDefinitions"][0]["AttributeType"] = "B"


P: Final = "Properties"
LOSSES: Final[dict[str, tuple[Callable[[dict[str, Any]], None], str]]] = {
    "a table by another logical id": (_rename("Guards"), "Guards would be deleted"),
    "a function by another logical id": (
        _rename("CallbackFunction"),
        "CallbackFunction would be deleted",
    ),
    "a table of another key": (
        _set("Messages", P, "KeySchema", value=[{"AttributeName": "client", "KeyType": "HASH"}]),
        "Messages: a change of KeySchema would replace it",
    ),
    "a table with a name": (
        _set("Messages", P, "TableName", value="messages"),
        "Messages: a change of TableName would replace it",
    ),
    "a key's attribute of another type": (
        _change_type,
        "Messages: attributes of its keys have gone, or have another type",
    ),
    "a key without its attribute": (
        _drop_definition,
        "Messages: attributes of its keys have gone, or have another type",
    ),
    "another stream": (
        _set("Messages", P, "StreamSpecification", value={"StreamViewType": "NEW_IMAGE"}),
        "Messages: a change of StreamSpecification would lose what it holds",
    ),
    "two indexes at once": (
        _add_indexes("one", "other"),
        (
            "Messages: the indexes one, other would be made or deleted in one update; AWS takes one"
            " per table and update"
        ),
    ),
    "an index that differs": (
        _change_index,
        "Guards: the index list differs: AWS changes no index, make one of another name",
    ),
    "a table that is deleted with its stack": (
        _drop("Messages", "DeletionPolicy"),
        "Messages: it would lose its DeletionPolicy",
    ),
    "a table that is deleted when it is replaced": (
        _set("Guards", "UpdateReplacePolicy", value="Delete"),
        "Guards: it would lose its UpdateReplacePolicy",
    ),
    "a secret with another text": (
        _set("VoipitAccount", P, "SecretString", value='{"accountNumber": ""}'),
        "VoipitAccount: a change of SecretString would lose what it holds",
    ),
    "a signing key that is made anew": (
        _set("CallbackSigningKey", P, "GenerateSecretString", "PasswordLength", value=65),
        "CallbackSigningKey: a change of GenerateSecretString would lose what it holds",
    ),
    "a topic with a name": (
        _set("StatusEvents", P, "TopicName", value="events"),
        "StatusEvents: a change of TopicName would replace it",
    ),
    "a queue with a name": (
        _set("DispatchQueue", P, "QueueName", value="dispatch"),
        "DispatchQueue: a change of QueueName would replace it",
    ),
    "an alias in the way of the callback's URL": (
        _set("CallbackFunctionUrl", P, "Qualifier", value="live"),
        "CallbackFunctionUrl: a change of Qualifier would replace it",
    ),
    "a callback with another name": (
        _set("CallbackFunction", P, "FunctionName", value="callback"),
        "CallbackFunction: a change of FunctionName would replace it",
    ),
    "a role with a name": (
        _set("SendRole", P, "RoleName", value="send"),
        "SendRole: a change of RoleName would replace it",
    ),
    "another stage": (
        _set("Apiv1Stage", P, "StageName", value="v2"),
        "Apiv1Stage: a change of StageName would replace it",
    ),
    "a resource that not every stack has": (
        _set("Messages", "Condition", value="FixedAddress"),
        "Messages would be deleted",
    ),
    "a resource of another type": (
        _set("DispatchQueue", "Type", value="AWS::SNS::Topic"),
        "DispatchQueue would be deleted: it is of another type",
    ),
}


@pytest.mark.parametrize("case", LOSSES)
def test_a_change_that_would_lose_something_is_noticed(before: dict[str, Any], case: str) -> None:
    change, told = LOSSES[case]
    after = copy.deepcopy(before)
    change(after["Resources"])
    assert losses(before, after) == [told]


def test_one_more_index_is_no_loss(before: dict[str, Any]) -> None:
    after = copy.deepcopy(before)
    _add_indexes("one")(after["Resources"])
    assert losses(before, after) == []


def test_an_index_that_goes_with_its_own_attribute_is_no_loss(before: dict[str, Any]) -> None:
    """So goes a rollback from a release that has added one."""
    later = copy.deepcopy(before)
    table = later["Resources"]["Messages"]["Properties"]
    table["AttributeDefinitions"].append({"AttributeName": "shade", "AttributeType": "S"})
    table["GlobalSecondaryIndexes"].append(
        _index("one") | {"KeySchema": [{"AttributeName": "shade", "KeyType": "HASH"}]}
    )
    assert losses(later, before) == []
