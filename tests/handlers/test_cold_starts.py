"""What a function loads and makes before its first event, in a process of its own as on AWS.

What it asks of AWS before then: test_init_phase.py.
"""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest

from tests.handlers.cloud import Cloud
from tools.repository import LAYER_SOURCE, ROOT

COLD_START: Final = """
import json, sys
from collections import Counter
from botocore.session import Session
from sms_gateway.entrypoints import settings
from sms_gateway.entrypoints.wiring import init_phase

clients, reads = Counter(), Counter()
read, create_client = settings._read, Session.create_client

def counted_read(*arguments):
    reads["settings"] += 1
    return read(*arguments)

def counted_client(session, service, *arguments, **options):
    clients[service] += 1
    return create_client(session, service, *arguments, **options)

settings._read, Session.create_client = counted_read, counted_client
init_phase.do_ahead = lambda tasks, seconds: None
function = __import__(sys.argv[1])
print(json.dumps({"clients": clients, "reads": reads, "modules": list(sys.modules)}))
"""
API: Final = {"fastjsonschema", "phonenumbers"}
LOADED: Final = {
    "send": {*API, "requests"},
    "status": API,
    "callback": {"python_multipart"},
    "publish": set(),
    "dispatch": {"requests"},
    "watch": {"requests"},
}
"""Of the packages that are not loaded by botocore or Powertools' logger anyway, those that a
function uses. Each costs every cold start 5 to 150 ms."""
NOWHERE: Final = {
    *("boto3", "s3transfer", "pydantic", "jsonschema", "yaml"),
    # Each of these loads dozens of modules for events and services that no function has.
    *("aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities.data_classes"),
    "asyncio",
}
MODULES: Final = {
    "send": 510,
    "status": 425,
    "callback": 315,
    "publish": 295,
    "dispatch": 410,
    "watch": 410,
}
"""How many modules a function loads at most that are not Python's own: some more than it loads
today. Each costs a cold start about half a millisecond. Raise a number only for what is used."""
CLIENTS: Final = {
    "send": {"dynamodb", "secretsmanager"},
    "status": {"dynamodb", "secretsmanager"},
    "callback": {"dynamodb", "secretsmanager"},
    "publish": {"sns"},
    "dispatch": {"dynamodb", "secretsmanager"},
    "watch": {"dynamodb", "secretsmanager"},
}
"""SQS's is made when it is needed."""


_STARTED: Final[dict[str, dict[str, Any]]] = {}


@pytest.fixture
def started(cloud: Cloud, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the function's init phase has done, without its calls, so there need be no AWS.

    Each function is started once for all tests: a process takes a second.
    """
    name: str = request.param
    if name not in _STARTED:
        _STARTED[name] = _start(cloud, name)
    return _STARTED[name]


def _start(cloud: Cloud, name: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        **cloud.environment(name),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "PYTHONPATH": os.pathsep.join((str(LAYER_SOURCE), str(ROOT / "functions" / name))),
    }
    printed = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", COLD_START, name],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    done: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return {"name": name, **done}


each_function = pytest.mark.parametrize("started", LOADED, indirect=True)


@each_function
def test_a_cold_start_reads_the_settings_once_and_makes_one_client_per_service(
    started: dict[str, Any],
) -> None:
    assert started["reads"] == {"settings": 1}
    assert started["clients"] == dict.fromkeys(CLIENTS[started["name"]], 1)


@each_function
def test_a_function_loads_what_it_uses_and_nothing_else(started: dict[str, Any]) -> None:
    modules = set(started["modules"])
    of_any = set().union(*LOADED.values())
    assert modules & of_any == LOADED[started["name"]]
    assert not modules & NOWHERE


@each_function
def test_a_cold_start_loads_no_more_modules_than_it_may(started: dict[str, Any]) -> None:
    loaded = [
        name for name in started["modules"] if name.split(".")[0] not in sys.stdlib_module_names
    ]
    assert len(loaded) <= MODULES[started["name"]], len(loaded)
