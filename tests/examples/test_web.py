"""The page of ten lines and its two hosts. That it sends: `browser/test_site.py`."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
import requests

from tests.support.gateway_server import API_KEY as KEY
from tests.support.hosts import EXAMPLE, HOSTS, running_host

MINTED: Final = dict.fromkeys(("token", "expiresAt"), "made up")
LINES: Final = 10


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[tuple[str, str, Any]]]]:
    """A gateway that mints, and what it was asked: path, key, body."""
    asked: list[tuple[str, str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append((self.path, self.headers["x-api-key"], body))
            answer = json.dumps(MINTED).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("command", HOSTS)
def test_a_host_gives_its_page_a_token_for_one_number_and_keeps_its_key(
    command: list[str], gateway: tuple[str, list[tuple[str, str, Any]]], tmp_path: Path
) -> None:
    url, asked = gateway
    with running_host(command, tmp_path, url, KEY) as address:
        page = requests.get(f"{address}/", timeout=30)
        token = requests.post(f"{address}/sms-token", timeout=30)

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'src="{url}/web/1/click-to-sms.js"' in page.text
    assert f'endpoint="{url}"' in page.text
    assert "SMS_GATEWAY" not in page.text
    assert token.json() == MINTED
    assert asked == [("/v1/tokens", KEY, {"phoneNumber": "+40721234567", "origin": address})]
    assert KEY not in page.text + token.text


def test_the_page_has_ten_lines() -> None:
    assert len((EXAMPLE / "page.html").read_text(encoding="utf-8").splitlines()) == LINES
