"""What is kept, and the way from a stored change to the world."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from sms_gateway.adapters.message_item import to_item
from sms_gateway.adapters.message_search import CLIENT_INDEX, DUE_INDEX
from sms_gateway.adapters.recipient_index import RECIPIENT_INDEX
from sms_gateway.domain.status import Status
from tests.fakes.builders import a_message
from tests.support.tables import GUARDS_SCHEMA, MESSAGES_SCHEMA
from tests.support.template import TEMPLATE, named, of_type, properties, settled

TABLES = of_type(TEMPLATE, "AWS::DynamoDB::Table")
MESSAGES: dict[str, Any] = TABLES["Messages"]["Properties"]
INDEXES = {index["IndexName"]: index for index in MESSAGES["GlobalSecondaryIndexes"]}
STREAM_KEEPS_HOURS: Final = 24


@pytest.fixture
def mapping(cloudformation: dict[str, Any]) -> dict[str, Any]:
    """What reads the stream for `publish`."""
    mappings = properties(cloudformation, "AWS::Lambda::EventSourceMapping").values()
    (found,) = [m for m in mappings if named(m["FunctionName"]) == "PublishFunction"]
    return found


@pytest.mark.parametrize("table", TABLES)
def test_a_table_outlives_the_stack_and_its_replacements(table: str) -> None:
    """What was sent to whom, and who must not be texted, is not ours to throw away."""
    assert TABLES[table]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert TABLES[table]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_protected_from_deletion_if_whoever_deploys_says_so(table: str) -> None:
    protected = {
        choice: of_type(settled(TEMPLATE, TableDeletionProtection=choice), "AWS::DynamoDB::Table")[
            table
        ]["Properties"]["DeletionProtectionEnabled"]
        for choice in ("on", "off")
    }
    assert protected == {"on": True, "off": False}


def test_a_first_deployment_that_fails_leaves_nothing_unless_that_is_asked_for() -> None:
    """A protected table cannot be rolled back; production has it nevertheless (samconfig.toml)."""
    assert TEMPLATE["Parameters"]["TableDeletionProtection"]["Default"] == "off"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_put_back_to_any_moment(table: str) -> None:
    kept = TABLES[table]["Properties"]
    assert kept["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_stream_shows_a_message_before_and_after_the_change() -> None:
    assert MESSAGES["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.mark.parametrize("table", TABLES)
def test_rows_expire_by_the_attribute_that_the_gateway_writes(table: str) -> None:
    assert TABLES[table]["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": "expiresAt",
        "Enabled": True,
    }


def test_a_message_is_found_by_its_id_and_its_client() -> None:
    assert MESSAGES["KeySchema"] == [
        {"AttributeName": "messageId", "KeyType": "HASH"},
        {"AttributeName": "client", "KeyType": "RANGE"},
    ]


def test_a_guard_is_found_by_its_name() -> None:
    guards = TABLES["Guards"]["Properties"]
    assert guards["KeySchema"] == [{"AttributeName": "guard", "KeyType": "HASH"}]


def test_what_is_due_is_found_by_its_shard_and_time_and_the_index_holds_no_more_than_keys() -> None:
    index = INDEXES[DUE_INDEX]
    assert index["KeySchema"] == [
        {"AttributeName": "dueShard", "KeyType": "HASH"},
        {"AttributeName": "dueAt", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_a_list_is_found_by_recipient_and_client_in_the_order_of_time() -> None:
    index = INDEXES[RECIPIENT_INDEX]
    assert index["KeySchema"] == [
        {"AttributeName": "phoneNumber", "KeyType": "HASH"},
        {"AttributeName": "clientCreatedAt", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_what_needs_attention_is_found_by_status_and_day_and_the_index_holds_keys_alone() -> None:
    index = INDEXES["attention"]
    assert index["KeySchema"] == [
        {"AttributeName": "attention", "KeyType": "HASH"},
        {"AttributeName": "updatedAt", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_what_a_client_has_sent_is_found_by_its_name_and_time_and_the_index_holds_keys_alone() -> (
    None
):
    index = INDEXES[CLIENT_INDEX]
    assert index["KeySchema"] == [
        {"AttributeName": "client", "KeyType": "HASH"},
        {"AttributeName": "createdAt", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


@pytest.mark.parametrize(
    ("table", "schema"), [("Messages", MESSAGES_SCHEMA), ("Guards", GUARDS_SCHEMA)]
)
def test_the_tables_of_the_other_tests_are_those_of_the_template(
    table: str, schema: Mapping[str, Any]
) -> None:
    template = TABLES[table]["Properties"]
    definitions = [tuple(each.values()) for each in template["AttributeDefinitions"]]
    assert {name: template[name] for name in schema} == {
        **schema,
        "AttributeDefinitions": template["AttributeDefinitions"],
    }
    others = [tuple(each.values()) for each in schema["AttributeDefinitions"]]
    assert sorted(others) == sorted(definitions)


def test_the_keys_of_the_index_are_what_the_gateway_writes_and_of_the_type_it_writes() -> None:
    failed = a_message(Status.FAILED, due_at=datetime(2026, 11, 22, tzinfo=UTC))
    written = to_item(failed)
    defined = {a["AttributeName"]: a["AttributeType"] for a in MESSAGES["AttributeDefinitions"]}
    assert set(defined) == {
        "messageId", "client", "dueShard", "dueAt", "phoneNumber", "clientCreatedAt", "attention",
        "updatedAt", "createdAt",
    }  # fmt: skip
    assert {name: set(written[name]) for name in defined} == {
        name: {kind} for name, kind in defined.items()
    }
    sent = to_item(a_message(Status.SENT))
    assert {"dueAt", "attention"}.isdisjoint(sent), "sparse: what is settled well is in neither"


def test_publish_reads_the_tables_stream_from_the_beginning(mapping: dict[str, Any]) -> None:
    assert named(mapping["EventSourceArn"]) == "Messages.StreamArn"
    assert named(mapping["FunctionName"]) == "PublishFunction"
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_sending_and_submitted_of_one_message_are_one_call_and_no_event_waits_longer_than_a_second(
    mapping: dict[str, Any],
) -> None:
    assert mapping["MaximumBatchingWindowInSeconds"] == 1


def test_one_bad_record_neither_repeats_nor_stops_the_others(mapping: dict[str, Any]) -> None:
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert named(mapping["DestinationConfig"]["OnFailure"]["Destination"]) == "PublishFailures.Arn"


def test_what_sns_does_not_take_is_tried_until_shortly_before_the_stream_forgets_it(
    mapping: dict[str, Any],
) -> None:
    """What Lambda discards is named in the failure queue; what expires in the stream is not."""
    assert mapping["MaximumRetryAttempts"] == -1
    hours_of_tries = mapping["MaximumRecordAgeInSeconds"] / 3600
    assert STREAM_KEEPS_HOURS - 1 <= hours_of_tries < STREAM_KEEPS_HOURS


def test_what_could_not_be_published_is_kept_longer_than_the_stream_keeps_it() -> None:
    queue = properties(TEMPLATE, "AWS::SQS::Queue")["PublishFailures"]
    assert queue["MessageRetentionPeriod"] > STREAM_KEEPS_HOURS * 3600


def test_removals_by_time_to_live_do_not_even_wake_publish(mapping: dict[str, Any]) -> None:
    (only,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(only["Pattern"]) == {"eventName": ["INSERT", "MODIFY"]}


def test_the_signing_key_is_made_by_aws_and_known_to_nobody() -> None:
    key = properties(TEMPLATE, "AWS::SecretsManager::Secret")["CallbackSigningKey"]
    assert key["GenerateSecretString"]["PasswordLength"] >= 32
    assert "SecretString" not in key


def test_no_deployment_ever_writes_the_account() -> None:
    """CloudFormation writes a secret when its text changes. These very two characters never do."""
    secret = properties(TEMPLATE, "AWS::SecretsManager::Secret")["VoipitAccount"]
    assert secret["SecretString"] == "{}"
    assert "GenerateSecretString" not in secret
