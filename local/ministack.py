"""MiniStack: an AWS of our own on a free loopback port, gone without a trace when we are."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3
import requests
from botocore.config import Config

from local.processes import LocalStackError, free_port, running
from tools.logs import tail

REGION: Final = "eu-central-1"
_READY_WITHIN: Final = 60.0
_PROGRAM: Final = Path(__file__).with_name("emulator.py")
_ANY_CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def aws_environment(endpoint_url: str) -> dict[str, str]:
    """The variables that point any AWS tool at the local AWS, and at nothing of the user's own."""
    return {
        **_ANY_CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def client(service: str, endpoint_url: str) -> Any:
    """A boto3 client of the local AWS."""
    return boto3.client(  # type: ignore[call-overload]  # the service is not known to the checker
        service,
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  any will do
        config=Config(retries={"total_max_attempts": 3}),
    )


@contextmanager
def running_ministack(log: Path, inherited: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run MiniStack; the context is its endpoint URL.

    Its environment is made from nothing but `inherited`, because the Lambdas inherit it, and it
    keeps its files in a folder that goes with it. Raises `LocalStackError` if it does not start.
    """
    port = free_port()
    endpoint_url = f"http://127.0.0.1:{port}"
    scratch = Path(tempfile.mkdtemp(prefix="sms-gateway-"))
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        **(inherited or {}),
    }
    # The folder of the program is not searched for modules (-P): its neighbours have usual names.
    command = [sys.executable, "-P", str(_PROGRAM)]
    try:
        with running(command, env=environment, cwd=scratch, log=log) as process:
            _wait_until_healthy(endpoint_url, process, log)
            yield endpoint_url
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _wait_until_healthy(endpoint_url: str, process: Any, log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{endpoint_url}/_ministack/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise LocalStackError(f"MiniStack did not start. Run `make setup` again?\n{tail(log)}")
