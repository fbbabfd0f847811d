"""The sample events are what they say they are."""

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sms_gateway.adapters.message_item import from_item, to_item
from sms_gateway.domain.callback_url import CallbackKey, read_callback_path
from tests.handlers.cloud import Cloud
from tests.handlers.output import leaks
from tests.handlers.voipit import PASSWORD
from tests.support.samples import API_KEY, EVENTS, SIGNING_KEY, sample

NAMES = sorted(path.stem for path in EVENTS.glob("*.json"))
QUEUES = ["callback-kept-reports", "dispatch-queue-batch"]
CALLBACKS = [name for name in NAMES if name.startswith("callback-") and name not in QUEUES]
REST = [name for name in NAMES if name.startswith(("send-", "status-"))]


def body_of(event: dict[str, Any]) -> bytes:
    text = event["body"]
    return base64.b64decode(text, validate=True) if event["isBase64Encoded"] else text.encode()


def test_the_readme_lists_every_event_and_no_other() -> None:
    readme = (EVENTS / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z-]+)\.json` \|", readme, re.MULTILINE)
    assert sorted(listed) == NAMES
    assert len(NAMES) > 25


def test_the_readme_names_the_key_the_callback_urls_are_signed_with() -> None:
    assert f"`{SIGNING_KEY}`" in (EVENTS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_url_is_signed_with_the_documented_key_unless_it_is_the_wrong_one(
    name: str,
) -> None:
    reference = read_callback_path(sample(name)["rawPath"])
    assert reference
    key = CallbackKey(SIGNING_KEY)
    assert reference.key_id == key.key_id
    assert reference.is_signed_by(key) is (name != "callback-wrong-signature")


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_event_agrees_with_itself(name: str) -> None:
    event = sample(name)
    http = event["requestContext"]["http"]
    assert (event["version"], event["rawPath"]) == ("2.0", http["path"])
    assert event["headers"]["host"] == event["requestContext"]["domainName"]
    assert event.get("queryStringParameters", {}) == dict(parse_qsl(event["rawQueryString"]))
    length = event["headers"].get("content-length")
    assert length == (str(len(body_of(event))) if "body" in event else None)
    assert (http["method"] == "GET") == (length is None)


@pytest.mark.parametrize("name", REST)
def test_a_rest_event_agrees_with_itself(name: str) -> None:
    event = sample(name)
    context = event["requestContext"]
    assert event["httpMethod"] == context["httpMethod"]
    assert event["resource"] == context["resourcePath"]
    assert context["path"] == f"/{context['stage']}{event['path']}"
    assert event["path"] == event["resource"].format(**event["pathParameters"] or {})
    several = {header: [value] for header, value in event["headers"].items()}
    assert event["multiValueHeaders"] == several


@pytest.mark.parametrize("name", QUEUES)
def test_an_sqs_event_agrees_with_itself(name: str) -> None:
    records = sample(name)["Records"]
    assert len({record["messageId"] for record in records}) == len(records) > 1
    assert len({record["eventSourceARN"] for record in records}) == 1
    for record in records:
        assert (record["eventSource"], record["awsRegion"]) == ("aws:sqs", "eu-central-1")
        digest = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
        assert record["md5OfBody"] == digest
        sent = int(record["attributes"]["SentTimestamp"])
        assert sent <= int(record["attributes"]["ApproximateFirstReceiveTimestamp"])


@pytest.mark.parametrize("name", QUEUES)
def test_an_sqs_record_has_what_sqs_itself_hands_over(name: str, cloud: Cloud) -> None:
    cloud.clients.sqs.send_message(QueueUrl=cloud.dispatch_queue, MessageBody="anything")
    (handed_over,) = cloud.waiting(cloud.dispatch_queue)
    for record in sample(name)["Records"]:
        assert set(record) == set(handed_over)
        assert set(record["attributes"]) == set(handed_over["attributes"])


def test_the_scheduled_event_is_of_the_rule_that_the_template_makes() -> None:
    event = sample("watch-scheduled")
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    (rule,) = event["resources"]
    assert rule.startswith(f"arn:aws:events:{event['region']}:{event['account']}:rule/")
    assert "WatchFunctionEveryMinute" in rule


def test_a_row_in_the_stream_is_what_the_gateway_writes() -> None:
    images = [
        record["dynamodb"][which]
        for record in sample("publish-stream-batch")["Records"]
        for which in ("OldImage", "NewImage")
        if which in record["dynamodb"]
    ]
    assert images
    for image in images:
        image.pop("contradictions", None)  # counted by the table itself
        assert to_item(from_item(image)) == image


def test_the_records_of_the_stream_come_in_order_and_are_all_different() -> None:
    records = sample("publish-stream-batch")["Records"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert sorted(set(numbers)) == numbers
    assert len({record["eventID"] for record in records}) == len(records)
    for record in records:
        images = record["dynamodb"]
        has = {"INSERT": ("NewImage",), "REMOVE": ("OldImage",)}
        expected = has.get(record["eventName"], ("NewImage", "OldImage"))
        assert tuple(image for image in ("NewImage", "OldImage") if image in images) == expected
        for image in expected:
            assert images[image]["messageId"] == images["Keys"]["messageId"]


@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_about_made_up_numbers_only(name: str) -> None:
    event = sample(name)
    text = json.dumps(event)
    if isinstance(event.get("body"), str):
        text += body_of(event).decode()
    numbers = re.findall(r"(?:\+|%2B)40[0-9]{6,9}", text)
    made_up = r"(?:\+|%2B)40(?:721234567|7990000[0-9]{2}|72123456)"
    assert [number for number in numbers if not re.fullmatch(made_up, number)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'{{"password": "{PASSWORD}"}}', "the password"),
        (f"x-api-key: {API_KEY}", "an API key"),
        (f"SecretString={SIGNING_KEY}", "a signing key"),
        ("Comanda dvs. a sosit.", "a text"),
        (json.dumps("Bună ziua"), "a text"),
        (sample("callback-form")["rawPath"], "an access token, or that of a callback URL"),
        ("to +40721234567 today", "a whole number"),
        ("to 0721 234 567 today", "a whole number"),
        ("to (0721) 234-567 today", "a whole number"),
        ("%2B40799000001", "a whole number"),
    ],
)
def test_what_nobody_may_read_in_a_log_would_be_found_there(text: str, found: str) -> None:
    assert leaks(text) == [found]


def test_a_masked_number_and_an_id_may_be_read_in_a_log() -> None:
    assert leaks('{"phone_number": "+407•••••567", "message_id": "order-1042"}') == []
