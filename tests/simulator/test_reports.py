import asyncio
import socket

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from local.simulator.behaviours import Report
from local.simulator.journal import Entry
from local.simulator.reports import REPORTS_AT_ONCE, ReportSender
from tests.simulator.both_ends import Client, Receiver, wait_until

pytestmark = pytest.mark.enable_socket


def entry_for(send_result_to: str | None) -> Entry:
    return Entry(
        index=1,
        path="/400123/sms/send",
        method="POST",
        content_type="application/x-www-form-urlencoded",
        remote="127.0.0.1",
        fields=(),
        account_number="400123",
        phone_number="+40722000111",
        message_id=None,
        send_result_to=send_result_to,
        message="x",
    )


def outcome(send_result_to: str, time_out: float = 5) -> int | str:
    async def deliver() -> Entry:
        entry = entry_for(send_result_to)
        sender = ReportSender(time_out=time_out)
        async for _ in sender.run(web.Application()):
            await sender.deliver(entry, [Report()], 0)
        return entry

    (report,) = asyncio.run(deliver()).reports
    return report.answer


def test_without_send_result_to_there_is_no_report(voipit: Client, receiver: Receiver) -> None:
    voipit.send(sendResultTo="")
    voipit.send(messageId="m-2")
    wait_until(lambda: len(receiver.reports) == 1)
    assert voipit.journal()[0]["reports"] == []


@pytest.mark.parametrize("status", [302, 403, 500, 503])
def test_a_refused_report_is_noted_and_not_tried_again(
    voipit: Client, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    voipit.send()
    wait_until(lambda: len(voipit.journal()[0]["reports"]) == 1)
    voipit.send(messageId="m-2")
    wait_until(lambda: len(receiver.reports) == 2)
    assert [report.values["id"] for report in receiver.reports] == ["m-1", "m-2"]
    assert voipit.journal()[0]["reports"][0]["answer"] == status


def test_a_query_string_in_send_result_to_survives(voipit: Client, receiver: Receiver) -> None:
    voipit.send("+40799000018", sendResultTo=f"{receiver.url}/x?key=a%2Fb")
    wait_until(lambda: len(receiver.reports) == 1)
    assert receiver.reports[0].values["key"] == "a/b"
    assert receiver.reports[0].values["status"] == "sent"


def test_send_result_to_is_used_to_the_letter(voipit: Client, receiver: Receiver) -> None:
    voipit.send(sendResultTo=f"{receiver.url}/%7Ea%2fb/c~d//")
    wait_until(lambda: len(receiver.reports) == 1)
    assert receiver.reports[0].path == "/%7Ea%2fb/c~d//"


def test_a_receiver_that_does_not_listen_is_a_failure_by_name() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert outcome(f"http://127.0.0.1:{unused.getsockname()[1]}/") == "ClientConnectorError"


def test_a_receiver_that_never_answers_is_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert outcome(url, time_out=0.1) == "TimeoutError"


@pytest.mark.parametrize("no_url", ["nonsense", "ftp://127.0.0.1/", "http://", "http://[::1", "//"])
def test_a_url_that_leads_nowhere_is_a_failure_by_name(no_url: str) -> None:
    assert str(outcome(no_url)).endswith(("URL", "Error"))


def test_a_sender_that_is_not_running_says_so() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        asyncio.run(ReportSender().deliver(entry_for("http://127.0.0.1/"), [Report()], 0))


def test_reports_wait_for_a_line_and_their_time_out_begins_when_they_have_one() -> None:
    under_way = most = 0

    async def take(_: web.Request) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(1)
        under_way -= 1
        return web.Response()

    async def deliver_many() -> list[Entry]:
        app = web.Application()
        app.router.add_post("/", take)
        async with TestServer(app) as server:
            entries = [entry_for(str(server.make_url("/"))) for _ in range(4 * REPORTS_AT_ONCE)]
            sender = ReportSender(time_out=3)
            async for _ in sender.run(web.Application()):
                await asyncio.gather(*(sender.deliver(e, [Report()], 0) for e in entries))
        return entries

    entries = asyncio.run(deliver_many())

    assert most == REPORTS_AT_ONCE
    assert [report.answer for entry in entries for report in entry.reports] == [200] * len(entries)
