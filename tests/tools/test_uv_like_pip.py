"""The set-up's uv asks the index that pip is configured for, with the credentials that pip has."""

import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from tools.repository import ROOT

PACKAGE: Final = "sms-gateway-of-nowhere"


class Index(ThreadingHTTPServer):
    """A package index that has nothing, and remembers the paths and credentials of requests."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Request)

    def url(self, folder: str, user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.server_port}/{folder}/index"


class _Request(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        _, _, credentials = self.headers.get("Authorization", "").partition(" ")
        self.server.asked.append((self.path, b64decode(credentials).decode()))
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def _serving(index: Index) -> Iterator[Index]:
    thread = Thread(target=index.serve_forever)
    thread.start()
    yield index
    index.shutdown()
    thread.join()
    index.server_close()


@pytest.fixture
def index() -> Iterator[Index]:
    with _serving(Index()) as index:
        yield index


def look_for_a_package(folder: Path, configuration: str, **environment: str) -> str:
    """What uv says while it looks for a package that no index has, pip being configured so."""
    file = folder / "pip.conf"
    file.write_text(configuration)
    kept = {n: v for n, v in os.environ.items() if not n.upper().startswith(("PIP_", "UV_"))}
    program = [sys.executable, "requirements/uv_like_pip.py", "pip", "install", "--dry-run"]
    done = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
        [*program, "--python", sys.executable, "--cache-dir", str(folder / "cache"), PACKAGE],
        cwd=ROOT,
        env={**kept, "PIP_CONFIG_FILE": str(file), "UV_HTTP_RETRIES": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0, done.stdout
    return done.stdout


@pytest.mark.parametrize(
    ("configuration", "environment", "folder"),
    [
        ("[global]\nindex-url={file}", {}, "file"),
        ("[install]\nindex-url={command}\n[global]\nindex-url={file}", {}, "command"),
        ("[install]\nindex-url={command}", {"PIP_INDEX_URL": "{variable}"}, "variable"),
        ("[global]\nindex-url={file}", {"UV_DEFAULT_INDEX": "{ours}"}, "ours"),
    ],
    ids=["everywhere", "for installing", "in the environment", "for uv itself"],
)
def test_the_index_is_the_one_that_pip_would_ask(
    tmp_path: Path, index: Index, configuration: str, environment: dict[str, str], folder: str
) -> None:
    urls = {name: index.url(name) for name in ("file", "command", "variable", "ours")}

    said = look_for_a_package(
        tmp_path,
        configuration.format(**urls),
        **{name: value.format(**urls) for name, value in environment.items()},
    )

    assert {path for path, _ in index.asked} == {f"/{folder}/index/{PACKAGE}/"}, said


def test_the_credentials_in_the_address_go_along(tmp_path: Path, index: Index) -> None:
    said = look_for_a_package(tmp_path, f"[global]\nindex-url={index.url('file', 'me:pass%40@')}")

    assert {credentials for _, credentials in index.asked} <= {"", "me:pass@"}
    assert (f"/file/index/{PACKAGE}/", "me:pass@") in index.asked, said


def test_the_proxy_is_asked_where_there_is_one(tmp_path: Path, index: Index) -> None:
    elsewhere = "http://elsewhere.test/index"
    proxy = f"http://127.0.0.1:{index.server_port}"

    said = look_for_a_package(tmp_path, f"[global]\nproxy={proxy}\nindex-url={elsewhere}")

    assert {path for path, _ in index.asked} == {f"{elsewhere}/{PACKAGE}/"}, said
