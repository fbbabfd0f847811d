"""A Lambda as AWS runs it: the handler's file started anew, then invoked with an event."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, Final

from tests.support.contract_answers import assert_conforms
from tests.support.template import TEMPLATE
from tools.repository import ROOT

RUNNING: Final[list[str]] = []
"""The name of the function that is running now, if one is."""


def timeout_of(function: str) -> int:
    """Seconds, as in the template."""
    properties = TEMPLATE["Resources"][f"{function.capitalize()}Function"]["Properties"]
    seconds: int = properties.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])
    return seconds


@dataclass
class FakeContext:
    """The second argument of a handler."""

    function_name: str
    milliseconds_left: int
    memory_limit_in_mb: int = 512
    aws_request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:eu-central-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds_left


@dataclass(frozen=True)
class Answer:
    """What the caller gets, whichever way the handler says it; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> "Answer":
        several = result.get("multiValueHeaders", {})
        headers = {name: ", ".join(values) for name, values in several.items()}
        headers |= result.get("headers", {})
        assert not result.get("isBase64Encoded")
        text = result.get("body")
        return cls(
            result["statusCode"],
            {name.lower(): value for name, value in headers.items()},
            json.loads(text) if text else None,
        )

    @property
    def outcome(self) -> tuple[int, str, str]:
        """The status of the answer; then of the message in it, with its reason."""
        return self.status, self.body["status"], self.body["reason"]

    def is_replay_of(self, first: "Answer") -> bool:
        """Whether this is that answer again, and says so."""
        assert self.headers["idempotent-replayed"] == "true"
        assert self.body == first.body
        return self.status == 202

    def is_problem(self, code: str, field: str | None = None) -> bool:
        """Whether this is the problem document with this code, whole and consistent.

        If a field is given, it has to be the one that the problem names.
        """
        assert self.headers["content-type"] == "application/problem+json"
        assert self.body["status"] == self.status
        assert self.body["title"]
        assert self.body["detail"].endswith(".")
        if field is not None:
            assert self.body["field"] == field
        return bool(self.body["type"] == f"urn:problem-type:sms-gateway:{code}")

    def is_store_unavailable(self) -> bool:
        """Whether this says that a store of ours is away, and when to try again."""
        assert int(self.headers["retry-after"]) > 0
        return self.status == 503 and self.is_problem("store-unavailable")


@dataclass(frozen=True)
class Function:
    """A warm Lambda function."""

    name: str
    module: ModuleType

    @classmethod
    def started(cls, name: str) -> "Function":
        """Run `functions/<name>/<name>.py` under the environment as it is now."""
        spec = spec_from_file_location(name, ROOT / "functions" / name / f"{name}.py")
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        RUNNING.append(name)
        try:
            spec.loader.exec_module(module)
        finally:
            RUNNING.pop()
        return cls(name, module)

    def invoke(self, event: Mapping[str, Any], **context: Any) -> Any:
        """What the handler returns, after a way through JSON as on AWS."""
        context = {"milliseconds_left": timeout_of(self.name) * 1000 - 100} | context
        RUNNING.append(self.name)
        try:
            result = self.module.handler(dict(event), FakeContext(self.name, **context))
        finally:
            RUNNING.pop()
        return json.loads(json.dumps(result))

    def __call__(self, event: Mapping[str, Any], **context: Any) -> Answer:
        """The answer to a request. One to the API is held against the contract, every time."""
        answer = Answer.of(self.invoke(event, **context))
        if "httpMethod" in event:
            assert_conforms(event["httpMethod"], event["resource"], answer)
        return answer


ColdStart = Callable[..., Function]
"""Starts a function: the fixture `cold_start`."""
