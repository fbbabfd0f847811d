"""The servers of `examples/web`, copied out of the repository and run as their page says."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from tools.repository import CLIENT_SOURCE, ROOT

EXAMPLE: Final = ROOT / "examples" / "web"
_READY_WITHIN: Final = 60.0
_NODE: Final = shutil.which("node")
HOSTS: Final[tuple[Any, ...]] = (
    pytest.param([sys.executable, "host.py"], id="python"),
    pytest.param(
        [_NODE, "host.mjs"],
        id="node",
        marks=pytest.mark.skipif(
            _NODE is None and "CI" not in os.environ, reason="There is no node."
        ),
    ),
)


@contextmanager
def running_host(command: list[str], folder: Path, url: str, key: str) -> Iterator[str]:
    """Run a host in the folder, for the gateway at this address; the context is its address."""
    for path in EXAMPLE.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = {"SMS_GATEWAY_URL": url, "SMS_GATEWAY_API_KEY": key, "PORT": str(port)}
    environment = {"PATH": os.defpath, "PYTHONPATH": str(CLIENT_SOURCE), **told}
    with subprocess.Popen(  # noqa: S603  our own example
        command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    ) as host:
        try:
            _wait_for(f"http://127.0.0.1:{port}/", host)
            yield f"http://127.0.0.1:{port}"
        finally:
            host.terminate()


def _wait_for(address: str, host: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and host.poll() is None:
        try:
            requests.get(address, timeout=5)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    host.terminate()
    pytest.fail(f"The host does not answer: {host.communicate(timeout=10)[1]}")
