"""The script of docs/start/page.md, with answers that a gateway gives in bad moments."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from tests.support.starts import PAGE_SERVER, sent_by_a_page, told

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None and "CI" not in os.environ, reason="There is no node."
)

ORIGIN = "https://crm.example"
NUMBER = "+40721234567"


def token(value: str) -> list[Any]:
    return [200, {"url": "https://api.example/v1", "token": value}]


def problem(status: int, detail: str, **headers: str) -> list[Any]:
    return [status, {"detail": detail}, headers]


def test_a_page_renews_its_token_waits_and_keeps_the_id_until_the_message_is_settled(
    tmp_path: Path,
) -> None:
    answers = [
        token("first"),
        None,
        problem(401, "It has expired."),
        token("second"),
        problem(429, "Slow down.", **{"Retry-After": "1"}),
        [202, {"status": "queued"}],
        [200, {"status": "sent"}],
    ]

    sent = sent_by_a_page(tmp_path, ORIGIN, NUMBER, "Bună ziua", answers)

    assert sent["shown"] == ["queued", "sent"]
    assert sent["kept"] == 0
    of_the_gateway = [each for each in sent["asked"] if each["url"].startswith("https:")]
    assert [each["token"] for each in of_the_gateway] == [
        *["Bearer first"] * 2,
        *["Bearer second"] * 3,
    ]
    assert {each["redirect"] for each in of_the_gateway} == {"error"}
    ids = {each["body"]["messageId"] for each in of_the_gateway if each.get("body")}
    assert len(ids) == 1
    assert of_the_gateway[-1]["url"].endswith(f"/page/messages/{ids.pop()}")


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ([problem(422, "No phone has this number.")], "No phone has this number."),
        ([token("one"), problem(403, "It is used up.")], "It is used up."),
        (
            [token("one"), problem(401, "Over."), token("two"), problem(401, "Over again.")],
            "Over again.",
        ),
        (
            [token("one"), problem(429, "Too many.", **{"Retry-After": "1740"})],
            "Too many. Try again in 1740 s.",
        ),
    ],
    ids=["no token", "used up", "two tokens refused", "a long wait"],
)
def test_a_page_shows_why_nothing_was_sent_and_keeps_the_id(
    answers: list[Any], shown: str, tmp_path: Path
) -> None:
    sent = sent_by_a_page(tmp_path, ORIGIN, NUMBER, "Bună ziua", answers)

    assert (sent["shown"], sent["kept"], len(sent["asked"])) == ([shown], 1, len(answers))


@pytest.fixture
def leading_away() -> Iterator[tuple[str, list[str]]]:
    """A server that answers each request with a redirect, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_the_server_of_a_page_takes_its_key_to_no_other_address(
    leading_away: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, asked = leading_away
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = told(url, "a-key") | {"PORT": str(port)}
    command = PAGE_SERVER.ready(tmp_path)

    with subprocess.Popen(  # noqa: S603  our own page's
        command, env=os.environ | settings, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(port)
            with pytest.raises(requests.ConnectionError):
                requests.post(
                    f"http://localhost:{port}/sms-token", json={"phoneNumber": NUMBER}, timeout=10
                )
        finally:
            server.terminate()

    assert asked == ["/tokens"]


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("no page was served")
