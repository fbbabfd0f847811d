"""A page in a browser at the deployed stack: no key, an access token, and what it is worth."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import uuid4

import requests

from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.e2e.unused_numbers import a_number
from tests.support.raw import Json
from tests.support.simulator import Simulator

ORIGIN: Final = "https://crm.example"
USES: Final = 50
AT_ONCE: Final = 25
"""As many as two cores start in time; fifty are tried at once on the tables alone
(`tests/adapters/test_guarded_intake.py`)."""


def a_token(api: Gateway, number: str, **values: object) -> str:
    answer = api.raw("POST", "/tokens", {"phoneNumber": number, "origin": ORIGIN, **values})
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def of_a_page(
    stack: LocalStack, token: str, path: str = "/page/messages", body: Json | None = None
) -> requests.Response:
    """What a page of this origin asks, without a key."""
    return requests.request(
        "GET" if body is None else "POST",
        f"{stack.api_url}{path}",
        json=body,
        headers={"Authorization": f"Bearer {token}", "Origin": ORIGIN},
        timeout=180,  # the local AWS starts a process for each that is under way
    )


def test_fifty_uses_of_a_token_for_one_message_are_one_sms(
    api: Gateway, stack: LocalStack, simulator: Simulator
) -> None:
    number = a_number()
    token = a_token(api, number)

    def use(message_id: str) -> requests.Response:
        body = {"phoneNumber": number, "message": "One of fifty", "messageId": message_id}
        return of_a_page(stack, token, body=body)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(use, [str(uuid4()) for _ in range(USES)]))

    told = Counter(
        (answer.status_code, answer.json().get("type", "").rpartition(":")[2]) for answer in answers
    )
    assert told == {(202, ""): 1, (403, "token-used-up"): USES - 1}
    sent = [r for r in simulator.requests() if r["phoneNumber"] == number]
    assert [request["accepted"] for request in sent] == [True]

    # A reload: the same id, and a token that the page's server has renewed.
    (first,) = [answer.json() for answer in answers if answer.status_code == 202]
    renewed = a_token(api, number)
    body = {
        "phoneNumber": number,
        "message": "One of fifty",
        "messageId": first["messageId"],
    }
    again = of_a_page(stack, renewed, body=body)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
    read = of_a_page(stack, renewed, f"/page/messages/{first['messageId']}")
    assert (read.status_code, read.json()["messageId"]) == (200, first["messageId"])
    assert len([r for r in simulator.requests() if r["phoneNumber"] == number]) == 1


def test_a_stolen_token_opens_nothing_that_asks_for_a_key(api: Gateway, stack: LocalStack) -> None:
    """API Gateway refuses it before a function is called."""
    token = a_token(api, a_number())

    for path in ("/messages/any", "/messages?status=failed", "/suppressions", "/provider"):
        assert of_a_page(stack, token, path).status_code == 403
    for path in ("/messages", "/messages/batch", "/tokens"):
        assert of_a_page(stack, token, path, {}).status_code == 403
    assert of_a_page(stack, f"{token}A", "/page/messages/any").status_code == 401


def test_a_browser_asks_before_it_sends_the_token(stack: LocalStack) -> None:
    preflight = requests.options(
        f"{stack.api_url}/page/messages",
        headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"},
        timeout=40,
    )

    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
