import asyncio
import socket

import aiohttp
import pytest
import requests

from local.simulator.form import BODY_LIMIT
from tests.simulator.both_ends import ACCOUNT, NUMBER, PASSWORD, Client, Receiver, wait_until

pytestmark = pytest.mark.enable_socket

SEND = f"/{ACCOUNT}/sms/send"
UNAUTHORIZED = b'{"type":"Error","message":"Unauthorized","code":"401"}'
BAD_REQUEST = b'{"type":"Error","message":"Bad request","code":"400"}'
NOT_FOUND = b'{"type":"Error","message":"Not found","code":"404"}'
TOO_LARGE = b'{"type":"Error","message":"Payload Too Large","code":"413"}'
SERVER_ERROR = b'{"type":"Error","message":"Internal server error","code":"500"}'


def seen(answer: requests.Response) -> tuple[int, bytes, str]:
    return answer.status_code, answer.content, answer.headers["Content-Type"]


def test_a_message_is_answered_ok_and_reported_sent(voipit: Client, receiver: Receiver) -> None:
    assert seen(voipit.send()) == (200, b'{"type":"ok"}', "application/json")
    wait_until(lambda: len(receiver.reports) == 1)
    (report,) = receiver.reports
    assert report.path == "/reports/m-1/1/k1.c2lnbmVk~"
    assert report.values == {
        "apiName": "sms",
        "type": "deliveryReport",
        "status": "sent",
        "id": "m-1",
    }


def test_an_error_report_has_an_error_message(voipit: Client, receiver: Receiver) -> None:
    voipit.send("+40799000001")
    wait_until(lambda: len(receiver.reports) == 1)
    values = receiver.reports[0].values
    assert values["status"] == "error"
    assert "+40799000001" in values["errorMessage"]


def test_a_report_has_an_id_only_if_a_message_id_was_given(
    voipit: Client, receiver: Receiver
) -> None:
    voipit.send(messageId="")
    wait_until(lambda: len(receiver.reports) == 1)
    assert "id" not in receiver.reports[0].values


@pytest.mark.parametrize("message_id", ["007", "Ab-~_.", "a b&c=d+é"])
def test_a_message_id_comes_back_to_the_letter(
    voipit: Client, receiver: Receiver, message_id: str
) -> None:
    voipit.send(messageId=message_id)
    wait_until(lambda: len(receiver.reports) == 1)
    assert receiver.reports[0].values["id"] == message_id


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_unauthorized(voipit: Client, password: str) -> None:
    assert seen(voipit.send(password=password)) == (401, UNAUTHORIZED, "application/json")
    assert voipit.journal(accepted="true") == []


def test_a_wrong_account_is_unauthorized(voipit: Client) -> None:
    values = {"password": PASSWORD, "phoneNumber": NUMBER, "message": "x"}
    assert seen(voipit.post("/999/sms/send", data=values)) == (
        401,
        UNAUTHORIZED,
        "application/json",
    )


@pytest.mark.parametrize("name", ["phoneNumber", "message"])
def test_an_empty_required_value_is_a_bad_request(voipit: Client, name: str) -> None:
    values = {"password": PASSWORD, "phoneNumber": NUMBER, "message": "x"} | {name: ""}
    assert seen(voipit.post(SEND, data=values)) == (400, BAD_REQUEST, "application/json")


@pytest.mark.parametrize("name", ["phoneNumber", "message"])
def test_a_missing_required_value_is_a_bad_request(voipit: Client, name: str) -> None:
    values = {"password": PASSWORD, "phoneNumber": NUMBER, "message": "x"}
    del values[name]
    assert seen(voipit.post(SEND, data=values)) == (400, BAD_REQUEST, "application/json")


def test_bad_requests_never_block_the_ip(voipit: Client) -> None:
    for _ in range(5):
        voipit.send(message="")
    assert voipit.send().status_code == 200


def test_values_in_the_query_string_are_ignored(voipit: Client) -> None:
    values = {"password": PASSWORD, "phoneNumber": NUMBER, "message": "x"}
    assert voipit.post(SEND, params=values).status_code == 401
    assert (
        voipit.post(
            SEND, params={"message": "x"}, data={"password": PASSWORD, "phoneNumber": NUMBER}
        ).status_code
        == 400
    )


def test_values_in_a_json_body_are_ignored(voipit: Client) -> None:
    values = {"password": PASSWORD, "phoneNumber": NUMBER, "message": "x"}
    assert voipit.post(SEND, json=values).status_code == 401
    assert voipit.journal()[0]["fields"] == []


def test_values_in_a_multipart_body_are_ignored(voipit: Client) -> None:
    values = {"password": (None, PASSWORD), "phoneNumber": (None, NUMBER), "message": (None, "x")}
    assert voipit.post(SEND, files=values).status_code == 401


def test_a_body_over_the_limit_is_too_large(voipit: Client) -> None:
    assert seen(voipit.send(message="x" * BODY_LIMIT)) == (413, TOO_LARGE, "application/json")
    assert voipit.journal()[0]["answer"] == 413


def test_a_large_body_below_the_limit_is_accepted(voipit: Client) -> None:
    assert voipit.send(message="x" * (BODY_LIMIT - 1000)).status_code == 200


def test_a_ping_is_answered_pong(voipit: Client) -> None:
    assert seen(voipit.ping()) == (200, b'{"type":"pong"}', "application/json")
    assert voipit.journal()[0]["accepted"] is False


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"account": "999"}])
def test_a_ping_with_wrong_credentials_is_unauthorized(
    voipit: Client, wrong: dict[str, str]
) -> None:
    assert seen(voipit.ping(**wrong)) == (401, UNAUTHORIZED, "application/json")


@pytest.mark.parametrize(
    "path",
    ["/", "/sms/send", f"/{ACCOUNT}/sms", f"{SEND}/", f"/{ACCOUNT}/ping", f"/{ACCOUNT}/{{x}}"],
)
def test_any_other_path_is_not_found(voipit: Client, path: str) -> None:
    answer = voipit.post(path, data={"password": PASSWORD})
    assert seen(answer) == (404, NOT_FOUND, "application/json")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [SEND, f"/{ACCOUNT}/ping/"])
def test_any_other_method_is_not_found(voipit: Client, path: str, method: str) -> None:
    answer = requests.request(method, voipit.url + path, timeout=5)
    assert seen(answer) == (404, NOT_FOUND, "application/json")


def test_an_unavailable_provider_answers_500_without_effect(
    voipit: Client, receiver: Receiver
) -> None:
    voipit.change(available=False)
    assert seen(voipit.send()) == (500, SERVER_ERROR, "application/json")
    assert seen(voipit.ping()) == (500, SERVER_ERROR, "application/json")
    assert voipit.send(password="wrong").status_code == 500
    voipit.change(available=True)
    assert voipit.send().status_code == 200
    wait_until(lambda: len(receiver.reports) == 1)
    assert len(voipit.journal(accepted="true")) == 1


def raw_answer(voipit: Client, request: str, *, wait: bool = True) -> bytes:
    host, port = voipit.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request.encode())
        return connection.recv(1000) if wait else b""


HEAD = f"POST {SEND} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BODY = f"password={PASSWORD}&phoneNumber=0722"


def test_a_request_cut_by_the_client_has_no_effect_and_leaves_no_trace_in_the_logs(
    voipit: Client, caplog: pytest.LogCaptureFixture
) -> None:
    raw_answer(voipit, f"{HEAD}Content-Length: 500\r\n\r\n{BODY}", wait=False)
    assert voipit.send().status_code == 200
    assert len(voipit.journal()) == 1
    assert caplog.records == []


@pytest.mark.parametrize(
    "request_text",
    [
        f"{BODY}\r\n\r\n",
        f"{HEAD}Transfer-Encoding: chunked\r\n\r\n{BODY}\r\n",
        f"{HEAD}Content-Encoding: gzip\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}",
    ],
)
def test_a_malformed_request_is_a_bad_request_and_leaves_no_trace_in_the_logs(
    voipit: Client, caplog: pytest.LogCaptureFixture, request_text: str
) -> None:
    assert raw_answer(voipit, request_text).split(b" ")[1] == b"400"
    assert voipit.send().status_code == 200
    assert len(voipit.journal()) == 1
    assert caplog.records == []


def test_three_hundred_parallel_requests_are_all_accepted_and_reported(
    voipit: Client, receiver: Receiver
) -> None:
    async def send_all() -> list[int]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def send(index: int) -> int:
                data = {
                    "password": PASSWORD,
                    "phoneNumber": NUMBER,
                    "message": "x",
                    "messageId": str(index),
                    "sendResultTo": voipit.send_result_to,
                }
                async with session.post(voipit.url + SEND, data=data) as answer:
                    return answer.status

            return await asyncio.gather(*(send(index) for index in range(300)))

    assert set(asyncio.run(send_all())) == {200}
    wait_until(lambda: len(receiver.reports) == 300)
    ids = {str(index) for index in range(300)}
    assert {report.values["id"] for report in receiver.reports} == ids
    assert {entry["messageId"] for entry in voipit.journal(accepted="true")} == ids
