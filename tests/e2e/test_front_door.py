"""The door that accidents and fraudsters do not run through, and who may see what behind it."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
import requests

from local.gateway import wait_for_status
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.e2e.unused_numbers import a_number
from tests.support import raw
from tests.support.client_keys import a_key, clients
from tests.support.simulator import Simulator

SENTENCE = "Bună ziua, ești așteptat la ora 10 – mulțumim…"  # noqa: RUF001  as people write it

MINUTES: Final = pytest.mark.timeout(400)
"""The tests before have left the account unproven: the first messages may have to wait."""


@pytest.fixture(scope="module")
def somebody_else(stack: LocalStack) -> Iterator[Gateway]:
    """A second client."""
    yield a_key(stack, "--name", "crm")[1]
    clients(stack, "--remove", "crm", typed="crm\n")
    assert "crm" not in clients(stack, "--list")


def _in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def problem_of(answer: requests.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    kind: str = answer.json()["type"].rpartition(":")[2]
    return kind


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_preview_shows_what_the_phone_will_show(api: Gateway, form: Any) -> None:
    body = {"phoneNumber": "0721 234 567", "message": unicodedata.normalize(form, SENTENCE)}

    preview = api.raw("POST", "/messages/preview", body).json()

    assert preview["message"] == "Buna ziua, esti asteptat la ora 10 - multumim..."
    assert preview["accepted"] is True
    assert preview["phoneNumber"] == "+40721234567"


@MINUTES
def test_one_number_gets_ten_messages_an_hour_and_a_repeated_one_is_not_counted(
    api: Gateway, simulator: Simulator
) -> None:
    number = a_number()
    ids = [f"limit-{uuid4()}" for _ in range(12)]

    answers = [
        raw.post(api, {"phoneNumber": number, "message": f"Delivered {i}", "messageId": message_id})
        for i, message_id in enumerate(ids)
    ]

    assert [answer.status_code for answer in answers] == [202] * 10 + [429] * 2
    for refused in answers[10:]:
        assert problem_of(refused) == "recipient-limit-reached"
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
    again = raw.post(api, {"phoneNumber": number, "message": "Delivered 0", "messageId": ids[0]})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
    for message_id in ids[:10]:
        wait_for_status(api, message_id, "sent", timeout=200)
    assert [simulator.acceptances(message_id) for message_id in ids] == [1] * 10 + [0] * 2


@MINUTES
def test_a_double_click_is_one_message(api: Gateway, simulator: Simulator) -> None:
    body = {"phoneNumber": a_number(), "message": "Delivered once"}

    first, second = raw.post(api, body), raw.post(api, body)

    assert second.status_code == 202
    assert second.headers["Idempotent-Replayed"] == "true"
    message_id = first.json()["messageId"]
    assert second.json()["messageId"] == message_id
    wait_for_status(api, message_id, "sent", timeout=200)
    assert simulator.acceptances(message_id) == 1


def test_who_must_not_be_texted_is_not_until_they_may(api: Gateway) -> None:
    number = a_number()
    path = f"/suppressions/{number.replace('+', '%2B')}"
    body = {"phoneNumber": number, "message": "Delivered"}

    assert api.raw("GET", path).status_code == 404
    assert api.raw("PUT", path).status_code == 204
    assert api.raw("GET", path).json()["phoneNumber"] == number
    refused = raw.post(api, body)
    assert (refused.status_code, problem_of(refused)) == (422, "suppressed")
    assert api.raw("DELETE", path).status_code == 204
    assert raw.post(api, body).status_code == 202


@MINUTES
def test_a_batch_of_a_hundred_with_three_bad_items_sends_the_others_once(
    api: Gateway, simulator: Simulator
) -> None:
    items: list[raw.Json] = [
        {"phoneNumber": a_number(), "message": f"Batch {i}"} for i in range(100)
    ]
    items[3]["phoneNumber"] = "0900 123 456"
    items[50]["message"] = "x" * 161
    items[99]["colour"] = "red"
    answer = api.raw("POST", "/messages/batch", {"messages": items})

    assert answer.status_code == 202, answer.text
    results = answer.json()["results"]
    problems = {
        i: result["problem"]["type"].rpartition(":")[2]
        for i, result in enumerate(results)
        if "problem" in result
    }
    assert problems == {3: "number-type-not-allowed", 50: "text-too-long", 99: "malformed-request"}
    ids = [result["message"]["messageId"] for result in results if "message" in result]
    for message_id in ids:
        wait_for_status(api, message_id, "sent", timeout=200)
    numbers = {item["phoneNumber"] for item in items}

    def accepted() -> list[str]:
        theirs = [r for r in simulator.requests() if r["phoneNumber"] in numbers]
        return sorted(r["messageId"] for r in theirs if r["accepted"])

    assert accepted() == sorted(ids)

    again = api.raw("POST", "/messages/batch", {"messages": items}).json()["results"]

    assert [result["replayed"] for result in again if "message" in result] == [True] * 97
    assert accepted() == sorted(ids)


def test_a_list_is_read_page_by_page_the_newest_first(api: Gateway) -> None:
    number = a_number()
    sent = [
        raw.post(api, {"phoneNumber": number, "message": f"Delivered {i}"}).json()["messageId"]
        for i in range(5)
    ]

    first = api.raw("GET", "/messages", query={"phoneNumber": number, "limit": 3}).json()
    query = {"phoneNumber": number, "limit": 3, "cursor": first["cursor"]}
    second = api.raw("GET", "/messages", query=query).json()

    assert [m["messageId"] for m in first["messages"] + second["messages"]] == sent[::-1]
    assert "cursor" not in second
    altered = api.raw("GET", "/messages", query=query | {"cursor": f"{query['cursor']}A"})
    assert (altered.status_code, altered.json()["field"]) == (400, "cursor")


def test_neither_of_two_clients_sees_lists_or_cancels_the_messages_of_the_other(
    api: Gateway, somebody_else: Gateway
) -> None:
    number = a_number()
    for mine, theirs in ((api, somebody_else), (somebody_else, api)):
        message_id = f"{uuid4()}"
        body = {"phoneNumber": number, "message": f"Delivered {message_id}"}
        scheduled = body | {"messageId": message_id, "sendAt": _in_an_hour()}
        assert raw.post(mine, scheduled).status_code == 202
        listed = {"phoneNumber": number}

        assert raw.get(theirs, message_id).status_code == 404
        assert raw.get(theirs, message_id).json() == raw.get(theirs, f"{uuid4()}").json()
        assert theirs.raw("DELETE", f"/messages/{message_id}").status_code == 404
        assert message_id not in theirs.raw("GET", "/messages", query=listed).text
        other = {"message": "Delivered to the other"}
        assert raw.post(theirs, scheduled | other).status_code == 202  # one id of two clients
        assert theirs.raw("DELETE", f"/messages/{message_id}").json()["status"] == "cancelled"
        assert message_id in mine.raw("GET", "/messages", query=listed).text
        assert raw.get(mine, message_id).json()["status"] == "queued"
        assert mine.raw("DELETE", f"/messages/{message_id}").json()["status"] == "cancelled"


@MINUTES
def test_a_leaked_key_is_replaced_and_its_client_loses_nothing(
    stack: LocalStack, simulator: Simulator
) -> None:
    number = a_number()
    leaked, before = a_key(stack, "--name", "shop")
    body = {"phoneNumber": number, "message": "Delivered once", "messageId": f"{uuid4()}"}
    scheduled = body | {"messageId": f"{uuid4()}", "sendAt": _in_an_hour()}
    assert [raw.post(before, each).status_code for each in (body, scheduled)] == [202, 202]
    wait_for_status(before, body["messageId"], "sent", timeout=200)

    second, after = a_key(stack, "--name", "shop")
    clients(stack, "--remove", leaked, "--yes")

    assert raw.get(before, body["messageId"]).status_code == 403
    assert raw.get(after, body["messageId"]).json()["status"] == "sent"
    again = raw.post(after, body)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
    assert simulator.acceptances(body["messageId"]) == 1
    listed = after.raw("GET", "/messages", query={"phoneNumber": number}).json()["messages"]
    assert {each["messageId"] for each in listed} == {body["messageId"], scheduled["messageId"]}
    cancelled = after.raw("DELETE", f"/messages/{scheduled['messageId']}")
    assert cancelled.json()["status"] == "cancelled"
    shown = clients(stack, "--list")
    assert f"shop (client)\n  {second}  made 2" in shown
    assert leaked not in shown
    clients(stack, "--remove", second, "--yes")
    assert raw.get(after, body["messageId"]).status_code == 403


def test_an_operators_key_looks_after_the_gateway_and_sends_nothing(
    stack: LocalStack, simulator: Simulator
) -> None:
    key_id, operator = a_key(stack, "--name", "ana", "--role", "operator")
    number = a_number()

    refused = raw.post(operator, {"phoneNumber": number, "message": "Delivered"})

    assert (refused.status_code, problem_of(refused)) == (403, "operator-cannot-send")
    assert "the key of a client" in refused.json()["detail"]
    assert operator.raw("GET", "/provider").status_code == 200
    assert [r for r in simulator.requests() if r["phoneNumber"] == number] == []
    clients(stack, "--remove", key_id, "--yes")


def test_the_contract_is_served(api: Gateway) -> None:
    contract = api.raw("GET", "/openapi.json").json()

    assert contract["openapi"].startswith("3.1")
    assert "/messages/batch" in contract["paths"]


def test_an_operator_sees_what_every_client_has_sent_and_takes_nothing_back(
    stack: LocalStack, api: Gateway
) -> None:
    number = a_number()
    body = {"phoneNumber": number, "message": "Whose is it?", "sendAt": _in_an_hour()}
    message_id = raw.post(api, body).json()["messageId"]
    ana = a_key(stack, "--name", "ana", "--role", "operator")[1]

    (by_number,) = ana.raw("GET", "/messages", query={"phoneNumber": number}).json()["messages"]
    (by_id,) = ana.raw("GET", "/messages", query={"messageId": message_id}).json()["messages"]
    assert by_number == by_id
    whose = {"client": by_id["client"]}
    assert ana.raw("GET", f"/messages/{message_id}", query=whose).json() == by_id
    for status in ("queued", "failed", "unconfirmed", "no_report"):
        found = ana.raw("GET", "/messages", query={"status": status, **whose})
        assert {each["status"] for each in found.json()["messages"]} <= {status}
    assert ana.raw("GET", "/suppressions").status_code == 200
    assert problem_of(api.raw("GET", "/suppressions")) == "operator-only"

    refused = ana.raw("DELETE", f"/messages/{message_id}")
    assert (refused.status_code, problem_of(refused)) == (403, "operator-cannot-send")
    assert raw.get(api, message_id).json()["status"] == "queued"
    clients(stack, "--remove", "ana", "--yes")
