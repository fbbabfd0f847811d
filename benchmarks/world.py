"""A version with its stubs, tables and functions: everything that a measurement asks for."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from benchmarks.builds import Version
from benchmarks.environments import CALLBACK_URL, VOIPIT_HOST, Template, lambda_variables
from benchmarks.processes import (
    Function,
    MeasurementError,
    Stubs,
    Taken,
    running_function,
    running_stubs,
)

_VOIPIT: Final = {"accountNumber": "400123", "password": "made up"}
_REDIRECT: Final = Path(__file__).with_name("redirect")
_PEERS_TIMEOUT: Final = 30.0


def _keys(*names: str) -> dict[str, Any]:
    kinds = zip(names, ("HASH", "RANGE"), strict=False)
    return {"KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in kinds]}


_PEERS_TABLES: Final = {"Messages": _keys("messageId", "client"), "Idempotency": _keys("id")}
_PEERS_VARIABLES: Final = {
    "MESSAGES_TABLE": "Messages",
    "IDEMPOTENCY_TABLE": "Idempotency",
    "VOIPIT_ACCOUNT": _VOIPIT["accountNumber"],
    "VOIPIT_PASSWORD": _VOIPIT["password"],
    "VOIPIT_BASE_URL": f"https://{VOIPIT_HOST}",
    "CALLBACK_URL": CALLBACK_URL,
    "TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:StatusEvents",
    "POWERTOOLS_SERVICE_NAME": "sms-gateway",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}


@dataclass(slots=True)
class World:
    """One version, ready to be called."""

    version: Version
    stubs: Stubs
    template: Template
    _stack: ExitStack
    _functions: dict[str, Function] = field(default_factory=dict)
    _number: int = 0

    @property
    def name(self) -> str:
        """The version's name."""
        return self.version.name

    @property
    def tree(self) -> Path:
        """Where the version's sample events are."""
        return self.version.tree

    def environment(self, function: str) -> dict[str, str]:
        """The whole environment of the function's process."""
        own = _PEERS_VARIABLES if self.version.is_peer else self.template.variables(function)
        of_lambda = lambda_variables(function, self.stubs, memory=self.template.memory())
        paths = {
            "PYTHONPATH": f"{self.version.python_path(function)}{os.pathsep}{_REDIRECT}",
            "LAMBDA_TASK_ROOT": str(self.version.tasks[function]),
        }
        return {**of_lambda, **own, **paths, "PATH": os.environ["PATH"]}

    def handler(self, function: str) -> str:
        """`module.function`."""
        return f"{function}.handler" if self.version.is_peer else self.template.handler(function)

    def function(self, name: str) -> Function:
        """The function's process, which is started when it is asked for first."""
        if name not in self._functions:
            self._functions[name] = self._stack.enter_context(
                running_function(
                    f"{self.name}-{name}",
                    self.environment(name),
                    self.handler(name),
                    _PEERS_TIMEOUT if self.version.is_peer else self.template.timeout(name),
                )
            )
        return self._functions[name]

    def call(self, function: str, event: Any, *, is_refused: bool = False) -> Taken:
        """Call it once. Raises `MeasurementError` if it is not answered as it has to be."""
        taken = self.function(function).call(event)
        check(self.name, function, taken.answer, is_refused=is_refused)
        return taken

    def numbers(self, count: int = 1) -> range:
        """Numbers of messages that no other call has had."""
        self._number += count
        return range(self._number - count, self._number)


def check(version: str, function: str, answer: Any, *, is_refused: bool = False) -> None:
    """Raises `MeasurementError` for what a caller, SQS or the stream would take for a failure.

    A call that has to be refused is held to that.
    """
    told = answer if isinstance(answer, dict) else {}
    failed = told.get("statusCode", HTTPStatus.OK) >= HTTPStatus.BAD_REQUEST or bool(
        told.get("batchItemFailures")
    )
    if failed is not is_refused:
        raise MeasurementError(f"{function} of {version} answers: {json.dumps(answer)[:2000]}")


@contextmanager
def running_world(version: Version, chain: Path) -> Iterator[World]:
    """Stubs with the version's tables and secrets; functions start as they are called."""
    with ExitStack() as stack:
        stubs = stack.enter_context(running_stubs(version.name, chain))
        template = Template(version.template)
        tables = _PEERS_TABLES if version.is_peer else template.tables()
        stubs("create", tables=tables, secrets=template.secrets(json.dumps(_VOIPIT)))
        yield World(version, stubs, template, stack)
