"""What happens with nobody watching: crashes, outages, schedules, retries."""

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from local.gateway import wait_for_status, wait_until
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.e2e.circumstances import ACCOUNT_NUMBER, PASSWORD
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.raw import Json
from tests.support.simulator import Simulator
from tests.support.validity import let_expire

MINUTES = pytest.mark.timeout(400)
"""For what waits for `watch`, which runs every minute."""


def _in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def _post(api: Gateway, **values: Any) -> Json:
    answer = raw.post(api, {"phoneNumber": a_number(), "message": "Delivered"} | values)
    assert answer.status_code == 202, answer.text
    message: Json = answer.json()
    return message


def _post_many(api: Gateway, number: int) -> list[Json]:
    with ThreadPoolExecutor(5) as pool:
        return list(pool.map(lambda _: _post(api), range(number)))


def _provider(stack: LocalStack) -> Json:
    with stack.gateway() as api:
        answer = api.raw("GET", "/provider")
    assert answer.status_code == 200, answer.text
    view: Json = answer.json()
    return view


def _use_password(stack: LocalStack, password: str) -> None:
    secret = json.dumps({"accountNumber": ACCOUNT_NUMBER, "password": password})
    stack.aws("secretsmanager").put_secret_value(
        SecretId=stack.stack_outputs["VoipitSecretArn"], SecretString=secret
    )


@pytest.fixture
def a_circuit_of_its_own(api: Gateway, stack: LocalStack, simulator: Simulator) -> Iterator[None]:
    """Leaves the circuit to the next test as it found it: closed, and the account proven.

    Without its row each test would have a process read the secret anew, which it may do only a
    few times in a row (`account-unproven`).
    """
    del simulator  # has to run
    assert wait_for_status(api, _post(api)["messageId"], "sent")
    where = {"TableName": stack.stack_outputs["GuardsTable"]}
    table = stack.aws("dynamodb")
    proven = table.get_item(**where, Key={"guard": {"S": "circuit"}})["Item"]
    yield
    table.put_item(**where, Item=proven)


def test_a_scheduled_message_is_sent_at_its_time_and_only_once(
    api: Gateway, stack: LocalStack, simulator: Simulator
) -> None:
    send_at = _in_seconds(4)
    message = _post(api, sendAt=send_at)
    assert message["status"] == "queued"
    assert message["attempt"] == 0

    (row,) = stack.aws("dynamodb").query(
        TableName=stack.messages_table,
        KeyConditionExpression="messageId = :id",
        ExpressionAttributeValues={":id": {"S": message["messageId"]}},
    )["Items"]
    body = json.dumps({"client": row["client"]["S"], "messageId": message["messageId"]})
    for _ in range(5):  # SQS may deliver a message more than once
        stack.aws("sqs").send_message(
            QueueUrl=stack.stack_outputs["DispatchQueueUrl"], MessageBody=body, DelaySeconds=4
        )

    sent = wait_for_status(api, message["messageId"], "sent")
    assert [c["status"] for c in sent["history"]] == ["queued", "sending", "submitted", "sent"]
    assert datetime.fromisoformat(sent["history"][1]["at"]) >= datetime.fromisoformat(send_at)
    assert simulator.acceptances(message["messageId"]) == 1


def test_a_scheduled_message_can_be_taken_back_and_a_tried_one_cannot(
    api: Gateway, simulator: Simulator
) -> None:
    scheduled = _post(api, sendAt=_in_seconds(15))["messageId"]
    tried = _post(api)["messageId"]

    def delete(message_id: str) -> requests.Response:
        return api.raw("DELETE", f"/messages/{message_id}")

    cancelled, again, refused = delete(scheduled), delete(scheduled), delete(tried)

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")
    assert refused.status_code == 409
    assert refused.json()["type"].endswith(":already-tried")
    time.sleep(17)
    assert simulator.acceptances(scheduled) == 0
    assert raw.get(api, scheduled).json()["status"] == "cancelled"


@MINUTES
def test_what_is_throttled_is_tried_again_until_it_is_too_late(
    api: Gateway, simulator: Simulator
) -> None:
    message_id = _post(api, phoneNumber="+40799000022", validUntil=_in_seconds(25))["messageId"]

    message = wait_for_status(api, message_id, "failed", timeout=150)

    statuses = [change["status"] for change in message["history"]]
    assert statuses[:4] == ["sending", "queued", "sending", "queued"]
    assert {c["reason"] for c in message["history"][1:-1:2]} == {"throttled"}
    assert message["reason"] == "too-late"
    assert simulator.acceptances(message_id) == 0


@MINUTES
def test_messages_wait_while_voipit_is_down_and_are_sent_once_when_it_is_back(
    api: Gateway, simulator: Simulator
) -> None:
    simulator.stop()
    try:
        waiting = _post_many(api, 6)
        hopeless = _post(api, validUntil=_in_seconds(8))
        assert {message["status"] for message in waiting} == {"queued"}
        assert {message["reason"] for message in waiting} == {"no-connection"}
        too_late = wait_for_status(api, hopeless["messageId"], "failed", timeout=150)
    finally:
        simulator.start()

    assert too_late["reason"] == "too-late"
    for message in waiting:
        wait_for_status(api, message["messageId"], "sent", timeout=150)
        assert simulator.acceptances(message["messageId"]) == 1
    assert simulator.acceptances(hopeless["messageId"]) == 0


@MINUTES
@pytest.mark.usefixtures("a_circuit_of_its_own")
def test_a_wrong_password_costs_two_requests_at_most_and_mending_it_is_enough(
    api: Gateway, stack: LocalStack, simulator: Simulator
) -> None:
    assert _provider(stack) == {"available": True}
    _use_password(stack, "a wrong one")
    stack.aws("dynamodb").delete_item(
        TableName=stack.stack_outputs["GuardsTable"], Key={"guard": {"S": "circuit"}}
    )
    before = len(simulator.requests())

    messages = _post_many(api, 20)

    assert {message["status"] for message in messages} == {"queued"}
    assert [r["answer"] for r in simulator.requests()[before:]] in ([401], [401, 401])
    provider = _provider(stack)
    assert (provider["available"], provider["reason"]) == (False, "credentials")

    _use_password(stack, PASSWORD)

    for message in messages:
        wait_for_status(api, message["messageId"], "sent", timeout=200)
        assert simulator.acceptances(message["messageId"]) == 1
    assert _provider(stack) == {"available": True}
    invalid = [r for r in simulator.requests()[before:] if r["answer"] == 401]
    assert len(invalid) <= 2


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+40799000012", ("credentials-rejected", "credentials")),
        ("+40799000013", ("ip-blocked", "ip-blocked")),
        ("+40799000021", ("path-not-found", "configuration")),
        ("+40799000028", ("credentials-rejected", "credentials")),
        ("+40799000029", ("path-not-found", "configuration")),
        ("+40799000030", ("forbidden", "ip-blocked")),
    ],
)
@pytest.mark.usefixtures("a_circuit_of_its_own")
def test_what_counts_against_our_ip_stops_everything(
    api: Gateway, stack: LocalStack, simulator: Simulator, number: str, why: tuple[str, str]
) -> None:
    first = _post(api, phoneNumber=number, validUntil=_in_seconds(60))
    others = [_post(api) for _ in range(3)]

    assert (first["status"], first["reason"]) == ("queued", why[0])
    assert {(m["status"], m["reason"]) for m in others} == {("queued", "circuit-open")}
    assert _provider(stack)["reason"] == why[1]
    assert len(simulator.requests_for(first["messageId"])) == 1
    assert [r for m in others for r in simulator.requests_for(m["messageId"])] == []
    let_expire(stack, first["messageId"])  # or it opens the circuit of the next test


@MINUTES
def test_a_lambda_killed_in_mid_call_leaves_a_message_that_is_looked_after(
    api: Gateway, stack: LocalStack, simulator: Simulator
) -> None:
    message_id = "killed-in-mid-call"
    slow = {"phoneNumber": "+40799000015", "message": "Delivered", "messageId": message_id}

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(raw.post, api, slow)
        wait_until(
            lambda: bool(simulator.requests_for(message_id)), lambda: "no request", timeout=20
        )
        _kill_the_one_who_sends(stack)
        assert answer.result().status_code >= 500

    again = raw.post(api, slow)
    assert (again.status_code, again.json()["status"]) == (202, "sending")
    message = wait_for_status(api, message_id, "sent", timeout=200)
    assert simulator.acceptances(message_id) == 1
    assert message["deliveryReport"]["status"] == "sent"


def _kill_the_one_who_sends(stack: LocalStack) -> None:
    """Kill the Lambdas of `send` as the machine under them would: without a word."""
    functions = stack.aws("cloudformation").describe_stack_resource(
        StackName="sms-gateway", LogicalResourceId="SendFunction"
    )
    name = functions["StackResourceDetail"]["PhysicalResourceId"]
    killed = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            at_work = name in str((process / "cwd").readlink())
        except OSError:
            continue  # it has ended, or is nobody's business
        if at_work:
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    assert killed
