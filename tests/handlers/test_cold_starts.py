"""What a function does before its first event, in a process of its own as on AWS."""

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

clients, reads = Counter(), Counter()
read, create_client = settings._read, Session.create_client

def counted_read(*arguments):
    reads["settings"] += 1
    return read(*arguments)

def counted_client(session, service, *arguments, **options):
    clients[service] += 1
    return create_client(session, service, *arguments, **options)

settings._read, Session.create_client = counted_read, counted_client
function = __import__(sys.argv[1])
routes = getattr(function, "routes", None)
api = function.parts().api if routes else None
declared = len(routes._routes) if routes else 0
served = len(api._static_routes) + len(api._dynamic_routes) if api else 0
print(json.dumps({
    "clients": clients, "reads": reads, "modules": list(sys.modules),
    "declared": declared, "served": served,
}))
"""
API: Final = {"aws_lambda_powertools.event_handler", "fastjsonschema", "phonenumbers"}
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
NOWHERE: Final = {"boto3", "s3transfer", "pydantic", "jsonschema", "yaml"}
CLIENTS: Final = {
    "send": {"dynamodb", "secretsmanager", "sqs"},
    "status": {"dynamodb", "secretsmanager"},
    "callback": {"dynamodb", "secretsmanager", "sqs"},
    "publish": {"sns"},
    "dispatch": {"dynamodb", "secretsmanager", "sqs"},
    "watch": {"dynamodb", "secretsmanager", "sqs"},
}


@pytest.fixture
def started(cloud: Cloud, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the function's init phase has done. It makes no call, so there need be no AWS."""
    name: str = request.param
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
def test_a_route_is_served_wherever_it_stands_in_the_file(started: dict[str, Any]) -> None:
    """The parts are made in the middle of the file, so a route below them would be a 404."""
    assert started["served"] == started["declared"]
    assert (started["declared"] > 0) == (started["name"] in {"send", "status"})
