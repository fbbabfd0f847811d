"""A key of one's own: what is encrypted with it, and which use of it each function is allowed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped]
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from tests.support.template import (
    TEMPLATE,
    named,
    of_type,
    properties,
    settled,
    several,
)
from tools.repository import ROOT

REGION: Final = "eu-central-1"
KEY_TEMPLATE: Final = ROOT / "docs" / "encryption-key.yaml"
KEY: Final = f"arn:aws:kms:{REGION}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER: Final = f"arn:aws:kms:{REGION}:123456789012:key/mrk-4321dcba43214321"
SAID_BY: Final = {
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
}
"""By type, the property that names the key."""
NOTHING_TO_HIDE: Final = {
    "AWS::Lambda::Function": "its environment holds names and addresses, and its code is public",
    "AWS::Lambda::EventSourceMapping": "its filter is in the template",
}
"""Further types for which AWS knows a key."""
AS_EVER: Final[Mapping[str, Mapping[str, Any]]] = {
    "Messages": {"SSESpecification": {"SSEEnabled": True}},
    "Guards": {"SSESpecification": {"SSEEnabled": True}},
    "StatusEvents": {"KmsMasterKeyId": "alias/aws/sns"},
    "AlarmTopic": {},
}
"""What the template says of encryption without a key, where the type does not say it."""
QUEUE_AS_EVER: Final = {"SqsManagedSseEnabled": True}

Use = tuple[str, str]
"""An action of KMS, and the service that asks for it in the function's name."""

_READS_ROWS: Final[frozenset[Use]] = frozenset({("kms:Decrypt", "dynamodb")})
_NOTHING: Final[frozenset[Use]] = frozenset()
NEEDS: Final[Mapping[str, frozenset[Use]]] = {
    # Each read or write of a row decrypts the table's key in the caller's name; DynamoDB makes that
    # key by a grant of its own (its guide, encryption.usagenotes: what CloudTrail records).
    "dynamodb:BatchGetItem": _READS_ROWS,
    "dynamodb:ConditionCheckItem": _READS_ROWS,
    "dynamodb:DeleteItem": _READS_ROWS,
    "dynamodb:GetItem": _READS_ROWS,
    "dynamodb:PutItem": _READS_ROWS,
    "dynamodb:Query": _READS_ROWS,
    "dynamodb:UpdateItem": _READS_ROWS,
    # A stream is under the table's key (the same page).
    "dynamodb:GetRecords": _READS_ROWS,
    "dynamodb:DescribeStream": _NOTHING,
    "dynamodb:GetShardIterator": _NOTHING,
    "dynamodb:ListStreams": _NOTHING,
    # The value is decrypted in the caller's name (Secrets Manager's guide, security-encryption).
    "secretsmanager:GetSecretValue": frozenset({("kms:Decrypt", "secretsmanager")}),
    # A sender's new data key is made and then proved by decrypting it; a reader decrypts (SQS's
    # guide, sqs-key-management). Lambda reads and sends in the function's name.
    "sqs:SendMessage": frozenset({("kms:GenerateDataKey", "sqs"), ("kms:Decrypt", "sqs")}),
    "sqs:ReceiveMessage": frozenset({("kms:Decrypt", "sqs")}),
    "sqs:DeleteMessage": _NOTHING,
    "sqs:GetQueueAttributes": _NOTHING,
    # A publisher needs what a sender needs (SNS's guide, sns-key-management).
    "sns:Publish": frozenset({("kms:GenerateDataKey", "sns"), ("kms:Decrypt", "sns")}),
    # Metrics are under no key of a customer's.
    "cloudwatch:GetMetricData": _NOTHING,
    # CloudWatch Logs asks in its own name (its guide, encrypt-log-data-kms).
    "logs:CreateLogStream": _NOTHING,
    "logs:PutLogEvents": _NOTHING,
}
"""What an action asks of the key, each with the page that says so."""


def statements(template: dict[str, Any], role: str) -> Iterator[dict[str, Any]]:
    for policy in properties(template, "AWS::IAM::Role")[role]["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def key_statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [each for each in statements(template, role) if "kms:" in str(each["Action"])]


def uses(template: dict[str, Any], role: str) -> list[Use]:
    """What the role is allowed to have done with the key."""
    found = []
    for statement in key_statements(template, role):
        assert statement["Effect"] == "Allow"
        assert statement["Condition"].keys() == {"StringEquals"}
        ((condition, services),) = statement["Condition"]["StringEquals"].items()
        assert condition == "kms:ViaService"
        for service in several(services):
            name, _, rest = service["Fn::Sub"].partition(".")
            assert rest == "${AWS::Region}.amazonaws.com"
            found += [(action, name) for action in several(statement["Action"])]
    return found


def needed(template: dict[str, Any], role: str) -> set[Use]:
    """What the role's other rights ask of the key. `KeyError`: say in `NEEDS` what it asks."""
    actions = {
        action
        for statement in statements(template, role)
        for action in several(statement["Action"])
        if not action.startswith("kms:")
    }
    return {use for action in actions for use in NEEDS[action]}


def said_of_encryption(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in resource["Properties"].items()
        if "kms" in name.lower() or "sse" in name.lower()
    }


def key_of(resource: Mapping[str, Any]) -> Any:
    value: Any = resource["Properties"]
    for name in SAID_BY[resource["Type"]]:
        value = value.get(name, {})
    return value


ROLES: Final = list(properties(TEMPLATE, "AWS::IAM::Role"))


# --- what is encrypted -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", SAID_BY)
def test_with_a_key_everything_that_can_have_one_has_it(
    cloudformation: dict[str, Any], kind: str
) -> None:
    made = of_type(settled(cloudformation, EncryptionKeyArn=KEY), kind)
    assert made
    without = [n for n, each in made.items() if key_of(each) != {"Ref": "EncryptionKeyArn"}]
    assert without == []


def test_with_a_key_nothing_is_said_of_another_way_to_encrypt(
    cloudformation: dict[str, Any],
) -> None:
    """SQS refuses two ways at once."""
    template = settled(cloudformation, EncryptionKeyArn=KEY)
    for queue in of_type(template, "AWS::SQS::Queue").values():
        assert said_of_encryption(queue) == {"KmsMasterKeyId": {"Ref": "EncryptionKeyArn"}}
    for table in of_type(template, "AWS::DynamoDB::Table").values():
        assert table["Properties"]["SSESpecification"] == {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Ref": "EncryptionKeyArn"},
        }


@pytest.mark.parametrize("second", ["", OTHER])
def test_without_a_key_everything_is_encrypted_as_ever(
    cloudformation: dict[str, Any], second: str
) -> None:
    template = settled(cloudformation, SecondKeyArn=second)
    for kind in SAID_BY:
        for name, resource in of_type(template, kind).items():
            usual = QUEUE_AS_EVER if kind == "AWS::SQS::Queue" else {}
            assert said_of_encryption(resource) == AS_EVER.get(name, usual), name


def test_every_type_for_which_aws_knows_a_key_is_thought_of(cloudformation: dict[str, Any]) -> None:
    kinds = {resource["Type"] for resource in cloudformation["Resources"].values()}
    with_a_key = {
        kind
        for kind in kinds
        for schema in [_schema(kind)]
        if "kms" in str([schema["properties"], schema.get("definitions")]).lower()
    }
    assert with_a_key == SAID_BY.keys() | NOTHING_TO_HIDE.keys()


@pytest.mark.parametrize("kind", SAID_BY)
def test_another_key_replaces_no_resource(kind: str) -> None:
    schema = _schema(kind)
    replacing = {
        path.split("/")[2]
        for name in ("createOnlyProperties", "conditionalCreateOnlyProperties")
        for path in schema.get(name, [])
    }
    changed = {SAID_BY[kind][0], *(QUEUE_AS_EVER if kind == "AWS::SQS::Queue" else ())}
    assert changed <= schema["properties"].keys()
    assert replacing.isdisjoint(changed)
    assert replacing, "the schema says which properties replace"


def _schema(kind: str) -> dict[str, Any]:
    """What CloudFormation publishes about a type."""
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return schema


# --- which use of it a function is allowed ---------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_allowed_the_uses_of_the_key_that_its_work_needs_and_no_others(
    cloudformation: dict[str, Any], role: str
) -> None:
    template = settled(cloudformation, EncryptionKeyArn=KEY)
    allowed = uses(template, role)
    assert set(allowed) == needed(template, role)
    assert len(set(allowed)) == len(allowed)


def test_of_every_action_it_is_said_what_it_asks_of_the_key(cloudformation: dict[str, Any]) -> None:
    template = settled(cloudformation)
    actions = {
        action
        for role in ROLES
        for statement in statements(template, role)
        for action in several(statement["Action"])
    }
    assert actions == NEEDS.keys()


@pytest.mark.parametrize(
    ("given", "usable"),
    [
        ({}, []),
        ({"EncryptionKeyArn": KEY}, ["EncryptionKeyArn"]),
        ({"SecondKeyArn": OTHER}, ["SecondKeyArn"]),
        (
            {"EncryptionKeyArn": KEY, "SecondKeyArn": OTHER},
            ["EncryptionKeyArn", "SecondKeyArn"],
        ),
    ],
)
def test_the_keys_that_are_given_are_usable_and_no_others(
    cloudformation: dict[str, Any], given: dict[str, str], usable: list[str]
) -> None:
    """Before the tables are switched, and as long as a queue holds what the former key has made."""
    template = settled(cloudformation, **given)
    for role in ROLES:
        of_keys = [
            [named(each) for each in statement["Resource"]]
            for statement in key_statements(template, role)
        ]
        assert of_keys == [usable] * len(of_keys)
        assert bool(of_keys) == (bool(usable) and bool(needed(template, role)))


# --- the key of the guide --------------------------------------------------------------------


@pytest.fixture(scope="module")
def guide() -> dict[str, Any]:
    template: dict[str, Any] = yaml_parse(KEY_TEMPLATE.read_text(encoding="utf-8"))
    return template


@pytest.fixture(scope="module")
def key_policy(guide: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The statements by their names."""
    (key,) = properties(guide, "AWS::KMS::Key").values()
    return {each["Sid"]: each for each in key["KeyPolicy"]["Statement"]}


def test_the_key_of_the_guide_is_one_that_cloudformation_takes() -> None:
    matches = lint_file(KEY_TEMPLATE, ManualArgs(regions=[REGION]))
    assert [f"{match.rule.id} {match.message}" for match in matches] == []


def test_the_key_of_the_guide_rotates_and_outlives_its_stack(guide: dict[str, Any]) -> None:
    (key,) = of_type(guide, "AWS::KMS::Key").values()
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30
    assert guide["Outputs"]["EncryptionKeyArn"]["Value"] == {"Fn::GetAtt": ["Key", "Arn"]}


def test_iam_decides_about_the_key_for_the_roles_of_the_account(
    key_policy: dict[str, dict[str, Any]],
) -> None:
    """Without it the roles' own rights are worth nothing, and the key cannot be managed."""
    account = key_policy["AccountByIam"]
    assert account["Principal"]["AWS"]["Fn::Sub"].endswith(":iam::${AWS::AccountId}:root")
    assert account["Action"] == "kms:*"
    assert "Condition" not in account


def test_the_key_lets_cloudwatch_logs_in_for_every_log_group_of_the_gateway(
    key_policy: dict[str, dict[str, Any]],
) -> None:
    logs = key_policy["LogsOfTheGateway"]
    assert logs["Principal"] == {"Service": {"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}}
    assert set(logs["Action"]) == {
        "kms:Encrypt*",
        "kms:Decrypt*",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:Describe*",
    }
    ((operator, condition),) = logs["Condition"].items()
    ((context, pattern),) = condition.items()
    assert (operator, context) == ("ArnLike", "kms:EncryptionContext:aws:logs:arn")
    prefix = _of_gateway(pattern, ":log-group:")
    for group in properties(TEMPLATE, "AWS::Logs::LogGroup").values():
        assert group["LogGroupName"]["Fn::Sub"].startswith(prefix)


def test_the_key_lets_cloudwatch_in_for_every_alarm_of_the_gateway(
    key_policy: dict[str, dict[str, Any]],
) -> None:
    """Otherwise alarms ring and reach no person."""
    alarms = key_policy["AlarmsOfTheGateway"]
    topic_policy = properties(TEMPLATE, "AWS::SNS::TopicPolicy")["AlarmTopicPolicy"]
    publishers = [
        statement
        for statement in topic_policy["PolicyDocument"]["Statement"]
        if "Service" in statement["Principal"]
    ]
    assert [each["Principal"] for each in publishers] == [alarms["Principal"]]
    assert set(alarms["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert alarms["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    ((source, pattern),) = alarms["Condition"]["ArnLike"].items()
    assert source == "aws:SourceArn"
    prefix = _of_gateway(pattern, ":alarm:")
    for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        for alarm in properties(TEMPLATE, kind).values():
            assert alarm["AlarmName"]["Fn::Sub"].startswith(prefix)


def test_the_key_lets_no_other_service_and_no_other_account_in(
    key_policy: dict[str, dict[str, Any]],
) -> None:
    assert key_policy.keys() == {"AccountByIam", "LogsOfTheGateway", "AlarmsOfTheGateway"}


def _of_gateway(pattern: Mapping[str, str], kind: str) -> str:
    """The beginning of a name, in the words of the gateway's own template."""
    _, found, name = pattern["Fn::Sub"].partition(kind)
    assert found
    assert name.endswith("*")
    return name.removesuffix("*").replace("${GatewayStackName}", "${AWS::StackName}")
