"""The API as a front-end developer meets it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests

from local.gateway import SubscribedQueue, wait_for_status
from local.stack import LocalStack, stack_file, subscribed_queue
from sms_gateway_client import Gateway
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.raw import Json
from tests.support.simulator import Simulator


def _ordinary() -> Json:
    return {"phoneNumber": a_number(), "message": "Bună ziua"}


def test_a_message_is_taken_sent_reported_and_published(
    api: Gateway, queue: SubscribedQueue
) -> None:
    answer = raw.post(
        api,
        {
            "phoneNumber": "0721 234 567",
            "message": "Bună ziua",
            "metadata": {"order": "4711"},
        },
    )

    assert answer.status_code == 202
    message_id = answer.json()["messageId"]
    message = wait_for_status(api, message_id, "sent")
    assert message["phoneNumber"] == "+40721234567"
    assert message["message"] == "Buna ziua"
    event = queue.wait_for_event(message_id, "sent")
    assert event["data"]["metadata"] == {"order": "4711"}
    assert "Buna ziua" not in str(event)


def test_voipit_is_asked_exactly_what_its_document_says(
    api: Gateway, simulator: Simulator, stack: LocalStack
) -> None:
    ordinary = _ordinary()

    message_id = raw.post(api, ordinary).json()["messageId"]

    (request,) = simulator.requests_for(message_id)
    assert request["method"] == "POST"
    assert request["path"] == "/400123/sms/send"
    assert request["contentType"] == "application/x-www-form-urlencoded"
    assert request["fields"] == [
        "message",
        "messageId",
        "password",
        "phoneNumber",
        "sendResultTo",
    ]
    assert request["phoneNumber"] == ordinary["phoneNumber"]
    assert request["message"] == "Buna ziua"
    assert request["sendResultTo"].startswith(f"{stack.callback_url}/")
    _client, *about, _signature = request["sendResultTo"].split("/")[-4:]
    assert about == [message_id, "1"]


def test_without_a_key_nobody_gets_in(stack: LocalStack) -> None:
    assert (
        requests.post(f"{stack.api_url}/messages", json=_ordinary(), timeout=40).status_code == 403
    )
    assert requests.get(f"{stack.api_url}/messages/any", timeout=40).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "field", "kind"),
    [
        pytest.param("Bună ziua", 400, "body", "malformed-request", id="not JSON"),
        pytest.param(
            '{"phoneNumber": "0721234567"}', 400, "message", "malformed-request", id="no text"
        ),
        pytest.param(
            '{"phoneNumber": "0721234567", "message": "x", "sendat": "now"}',
            400,
            "sendat",
            "malformed-request",
            id="an unknown field",
        ),
        pytest.param(
            '{"phoneNumber": "0000", "message": "x"}',
            422,
            "phoneNumber",
            "invalid-phone-number",
            id="an impossible number",
        ),
        pytest.param(
            '{"phoneNumber": "0721234567", "message": " "}',
            422,
            "message",
            "blank-text",
            id="blank",
        ),
    ],
)
def test_bad_input_gets_a_problem_that_names_the_field(
    stack: LocalStack, body: str, status: int, field: str, kind: str
) -> None:
    answer = requests.post(
        f"{stack.api_url}/messages",
        data=body.encode(),
        headers={"x-api-key": stack.api_key, "content-type": "application/json"},
        timeout=40,
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == field
    assert answer.json()["type"].endswith(f":{kind}")


def test_thirty_requests_with_one_id_are_one_message(api: Gateway, simulator: Simulator) -> None:
    message_id = f"thirty-{uuid4()}"
    body = _ordinary() | {"messageId": message_id}

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: raw.post(api, body), range(30)))

    assert [answer.status_code for answer in answers] == [202] * 30
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert wait_for_status(api, message_id, "sent")["sequence"] == 3
    assert simulator.acceptances(message_id) == 1


def test_a_message_id_can_be_given_as_idempotency_key_and_not_for_two_messages(
    api: Gateway, simulator: Simulator
) -> None:
    message_id = f"order-{uuid4()}"
    header, body = {"Idempotency-Key": message_id}, _ordinary()

    first = raw.post(api, body, **header)
    again = raw.post(api, body, **header)
    other = raw.post(api, body | {"message": "Altceva"}, **header)

    assert first.json()["messageId"] == message_id
    assert "Idempotent-Replayed" not in first.headers
    assert again.status_code == 202
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["type"].endswith(":message-id-reused")
    assert simulator.acceptances(message_id) == 1


def test_an_unknown_message_is_a_404(api: Gateway) -> None:
    answer = raw.get(api, "never-sent")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_browser_may_ask_first(stack: LocalStack) -> None:
    preflight = requests.options(
        f"{stack.api_url}/messages",
        headers={"Origin": "https://crm.example", "Access-Control-Request-Method": "POST"},
        timeout=40,
    )

    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "X-Api-Key" in preflight.headers["Access-Control-Allow-Headers"]


def test_a_subscriber_of_its_own_can_ask_for_final_statuses_only(
    api: Gateway, stack: LocalStack
) -> None:
    sns = stack.aws("sns")
    queue_url = subscribed_queue(stack.aws_endpoint_url, stack.topic_arn, "somebody-else")
    for subscription in sns.list_subscriptions_by_topic(TopicArn=stack.topic_arn)["Subscriptions"]:
        if subscription["Endpoint"].endswith(":somebody-else"):
            sns.set_subscription_attributes(
                SubscriptionArn=subscription["SubscriptionArn"],
                AttributeName="FilterPolicy",
                AttributeValue='{"status": ["sent", "failed"]}',
            )

    message_id = raw.post(api, _ordinary()).json()["messageId"]

    queue = SubscribedQueue(stack, queue_url)
    queue.wait_for_event(message_id, "sent")
    assert [event["data"]["status"] for event in queue.events_of(message_id)] == ["sent"]


def test_the_stack_was_deployed_by_cloudformation_from_the_real_template(
    stack: LocalStack,
) -> None:
    resources: Any = stack.aws("cloudformation").describe_stack_resources(StackName="sms-gateway")
    deployed = {r["LogicalResourceId"]: r["ResourceType"] for r in resources["StackResources"]}

    assert deployed["SendFunction"] == "AWS::Lambda::Function"
    assert deployed["Messages"] == "AWS::DynamoDB::Table"
    assert deployed["CallbackFunctionUrl"] == "AWS::Lambda::Url"
    assert deployed["StatusEvents"] == "AWS::SNS::Topic"


def test_programs_are_told_where_everything_is(
    stack: LocalStack, tmp_path: Any, api: Gateway
) -> None:
    with stack_file(stack, tmp_path / "stack.json") as path:
        told = json.loads(path.read_text())

    assert told.keys() >= {
        "apiUrl",
        "apiKey",
        "callbackUrl",
        "topicArn",
        "messagesTable",
        "awsEndpointUrl",
        "region",
        "voipitUrl",
    }
    assert (told["apiUrl"], told["apiKey"]) == (api.url, stack.api_key)
    assert not path.exists()
