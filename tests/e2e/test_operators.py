"""What the operators' console shows, on the deployed stack."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.gateway import wait_for_status, wait_until
from local.metrics import metrics_handed_over
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.client_keys import a_key, clients


@pytest.fixture
def ana(stack: LocalStack) -> Iterator[Gateway]:
    key_id, gateway = a_key(stack, "--name", "console", "--role", "operator")
    with gateway:
        yield gateway
    clients(stack, "--remove", key_id, "--yes")


def test_a_client_is_listed_with_what_it_sent_and_its_messages_are_found_by_time(
    stack: LocalStack, ana: Gateway
) -> None:
    key_id, crm = a_key(stack, "--name", "listed")
    begun = datetime.now(UTC) - timedelta(seconds=5)
    with crm:
        ids = [
            raw.post(crm, {"phoneNumber": a_number(), "message": "Delivered"}).json()["messageId"]
            for _ in range(3)
        ]

        found = list(ana.search(client="listed", since=begun, page_size=2))
        before = list(ana.search(client="listed", until=begun))

    assert ([each["messageId"] for each in found], before) == (ids[::-1], [])
    listed = ana.clients()
    assert listed["keysAreListed"]
    (own,) = [each for each in listed["clients"] if each["client"] == "listed"]
    assert own == {
        "client": "listed", "roles": ["client"], "keys": 1,
        "taken": 3, "resent": 0, "today": 3, "dailyLimit": 10000,
    }  # fmt: skip
    clients(stack, "--remove", key_id, "--yes")
    (gone,) = [each for each in ana.clients()["clients"] if each["client"] == "listed"]
    assert (gone["keys"], gone["taken"]) == (0, 3)


@pytest.mark.timeout(200)
def test_the_last_hour_is_what_the_functions_have_told_cloudwatch(
    stack: LocalStack, api: Gateway, ana: Gateway
) -> None:
    assert ana.statistics().keys() >= {"waiting", "attention"}
    sent = raw.post(api, {"phoneNumber": a_number(), "message": "Delivered"}).json()
    wait_for_status(api, sent["messageId"], "sent")
    stack.aws("lambda").invoke(FunctionName=stack.stack_outputs["WatchFunctionName"], Payload=b"{}")
    told: list[int] = []

    def known() -> bool:
        statuses = ana.statistics()["statuses"]
        told[:] = statuses["sent"] if statuses else []
        return sum(told) > 0

    with metrics_handed_over(stack, every=1):
        wait_until(known, lambda: f"the last hour has {told}", timeout=120)
