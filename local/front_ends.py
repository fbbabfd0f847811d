"""What people see of a local stack: an operator's key for its console, and the CRM's page."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from local.crm.host import running_crm
from local.deploy import STACK_NAME
from local.ministack import aws_environment
from local.processes import LocalStackError
from local.stack import LocalStack
from tools.progress import step
from tools.repository import LAYER_SOURCE, ROOT

_OPERATOR: Final = "operator"
_SECONDS: Final = 120


@contextmanager
def with_front_ends(stack: LocalStack, stack_name: str = STACK_NAME) -> Iterator[LocalStack]:
    """The same stack with `operator_key` and `demo_page_url`, as long as the block runs.

    Raises:
        LocalStackError: no key could be made; the message says why.
    """
    with step("making an operator's key"):
        key = _operator_key(stack, stack_name)
    with stack.gateway() as gateway, running_crm(gateway) as url:
        yield replace(stack, operator_key=key, demo_page_url=url)


def _operator_key(stack: LocalStack, stack_name: str) -> str:
    """A new key, made by the program that `make client ROLE=operator` runs."""
    made = subprocess.run(
        [
            *(sys.executable, "-m", "tools.add_client", "--stack-name", stack_name),
            *("--name", _OPERATOR, "--role", _OPERATOR),
        ],
        cwd=ROOT,
        env={**aws_environment(stack.aws_endpoint_url), "PYTHONPATH": str(LAYER_SOURCE)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    found = re.search(r"x-api-key +(\S+)", made.stdout)
    if made.returncode != 0 or found is None:
        raise LocalStackError(f"An operator's key could not be made.\n{made.stdout}{made.stderr}")
    return found[1]
