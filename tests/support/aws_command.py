"""A command of AWS's command line, read by the models that the command line itself is made from."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.model import OperationModel, Shape
from botocore.session import Session

_GLOBAL: Final = {"region", "query", "output"}
_MODELS: Final = Session()


class CommandError(Exception):
    """The command line would not take this command."""


@dataclass(frozen=True, slots=True)
class AwsCommand:
    """`aws <service> <operation>` with its options, or `aws <service> wait <waiter>`."""

    service: str
    operation: OperationModel
    arguments: Mapping[str, Any]
    options: Mapping[str, str]
    waiter: str = ""

    @classmethod
    def read(cls, text: str) -> "AwsCommand":
        """Raises `CommandError` for what there is not, and for what is missing."""
        program, service, name, *rest = shlex.split(text)
        assert program == "aws"
        if service not in _MODELS.get_available_services():
            raise CommandError(f"no service {service}")
        model = _MODELS.get_service_model(service)
        waiter = ""
        if name == "wait":
            waiter, *rest = rest
            waiters = _MODELS.get_waiter_model(service)
            named = {xform_name(each, "-"): each for each in waiters.waiter_names}
            if waiter not in named:
                raise CommandError(f"{service} has nothing to wait for that is called {waiter}")
            name = xform_name(waiters.get_waiter(named[waiter]).operation, "-")
        operations = {xform_name(each, "-"): each for each in model.operation_names}
        if name not in operations:
            raise CommandError(f"{service} has no operation {name}")
        operation = model.operation_model(operations[name])
        members = operation.input_shape.members if operation.input_shape else {}
        by_option = {xform_name(each, "-"): each for each in members}
        arguments: dict[str, Any] = {}
        options: dict[str, str] = {}
        for option, values in _options(rest):
            if option in by_option:
                member = by_option[option]
                arguments[member] = _value(members[member], values)
            elif (switch := _switched_off(option, by_option, members)) and not values:
                arguments[switch] = False
            elif option in _GLOBAL:
                (options[option],) = values
            else:
                raise CommandError(f"{service} {name} has no option --{option}")
        missing = set(operation.input_shape.required_members if operation.input_shape else ())
        if missing := missing - arguments.keys():
            raise CommandError(f"{service} {name} also takes {missing}")
        return cls(service, operation, arguments, options, waiter)

    def run(self, folder: Path | None = None) -> Any:
        """What AWS answers, or the part of it that `--query` asks for.

        `folder` is where the files are that it reads (`file://…`).
        """
        client = boto3.client(self.service, region_name=self.options["region"])  # type: ignore[call-overload]
        arguments = {name: _content(each, folder) for name, each in self.arguments.items()}
        if self.waiter:
            return client.get_waiter(self.waiter.replace("-", "_")).wait(**arguments)
        answer = getattr(client, xform_name(self.operation.name))(**arguments)
        return jmespath.search(self.options.get("query", "@"), answer)


def _switched_off(
    option: str, by_option: Mapping[str, str], members: Mapping[str, Shape]
) -> str | None:
    """What `--no-…` is about, if it can be on or off."""
    member = by_option.get(option.removeprefix("no-"), "")
    is_switch = member in members and members[member].type_name == "boolean"
    return member if is_switch and option.startswith("no-") else None


def _content(value: Any, folder: Path | None) -> Any:
    if isinstance(value, str) and value.startswith("file://"):
        assert folder
        return (folder / value.removeprefix("file://")).read_text(encoding="utf-8")
    return value


def _options(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    while words:
        option = words[0]
        if not re.fullmatch(r"--[a-z][a-z-]*", option):
            raise CommandError(f"{option} is no option")
        values = []
        for word in words[1:]:
            if word.startswith("--"):
                break
            values.append(word)
        yield option.removeprefix("--"), values
        words = words[1 + len(values) :]


def _value(shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "boolean":
        assert values == []
        return True
    if shape.type_name == "list":
        return json.loads(values[0]) if values[0].startswith("[") else values
    (value,) = values
    if shape.type_name in {"integer", "long"}:
        return int(value)
    if shape.type_name in {"double", "float"}:
        return float(value)
    return json.loads(value) if shape.type_name in {"map", "structure"} else value
