"""The clients of the deployed stack and their keys, made in the documented way."""

import os
import re
import subprocess
import sys

from local.deploy import STACK_NAME
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tools.repository import LAYER_SOURCE, ROOT


def clients(
    stack: LocalStack, *arguments: str, typed: str = "", stack_name: str = STACK_NAME
) -> str:
    """What `make client` runs, on this stack; returns what it prints."""
    ran = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
        [sys.executable, "-m", "tools.add_client", "--stack-name", stack_name, *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(LAYER_SOURCE),
            "AWS_ENDPOINT_URL": stack.aws_endpoint_url,
            "AWS_DEFAULT_REGION": stack.region,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        },
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def a_key(stack: LocalStack, *arguments: str) -> tuple[str, Gateway]:
    """A new key, made in the documented way: its id, and the API with it."""
    printed = clients(stack, *arguments)
    (key_id,) = re.findall(r"^  id +(\S+)$", printed, re.MULTILINE)
    (key,) = re.findall(r"x-api-key +(\S+)", printed)
    return key_id, stack.gateway(key)
