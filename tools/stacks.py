"""A deployed stack as CloudFormation tells of it, and what AWS says when it says no."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_cloudformation.type_defs import StackTypeDef


class ToolError(Exception):
    """It did not work, and nothing was changed unless the message says so."""


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """A stack by its name, in the region of the session that it was looked up with."""

    name: str
    region: str
    status: str
    outputs: "Mapping[str, str]"
    parameters: "Mapping[str, str]"
    tags: "Mapping[str, str]" = field(default_factory=dict)

    def output(self, name: str) -> str:
        """What the stack tells under this name. Raises `ToolError` if it does not."""
        return self._told(self.outputs, "output", name)

    def parameter(self, name: str) -> str:
        """What the stack was given for this parameter. Raises `ToolError` if there is none."""
        return self._told(self.parameters, "parameter", name)

    def _told(self, values: "Mapping[str, str]", what: str, name: str) -> str:
        if name not in values:
            raise ToolError(
                f"The stack {self.name} has no {what} {name}. Check that it is this gateway, and"
                " as new"
                " as this program (`make deploy` updates it)."
            )
        return values[name]


def a_session(region: str | None, profile: str | None = None) -> boto3.session.Session:
    """AWS as the environment describes it. Raises `ToolError`."""
    with aws_errors():
        return boto3.session.Session(region_name=region, profile_name=profile)


def look_up(session: boto3.session.Session, name: str) -> DeployedStack:
    """The stack with this name. Raises `ToolError`, also if there is none."""
    found = find(session, name)
    if found is None:
        with aws_errors():
            region = session.client("cloudformation").meta.region_name
        raise ToolError(f"There is no stack {name} in {region}.")
    return found


def find(session: boto3.session.Session, name: str) -> DeployedStack | None:
    """The stack with this name, if there is one. Raises `ToolError`."""
    with aws_errors():
        cloudformation = session.client("cloudformation")
        try:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None
    return _described(stack, name, cloudformation.meta.region_name)


def _described(stack: "StackTypeDef", name: str, region: str) -> DeployedStack:
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
    parameters = {
        each["ParameterKey"]: each.get("ParameterValue", "") for each in stack.get("Parameters", ())
    }
    tags = {each["Key"]: each["Value"] for each in stack.get("Tags", ())}
    return DeployedStack(name, region, stack["StackStatus"], outputs, parameters, tags)


@contextmanager
def aws_errors() -> Iterator[None]:
    """What AWS says when it says no, as `ToolError`."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise ToolError(in_words(error)) from error


def in_words(error: BaseException) -> str:
    """What AWS, or the client of it, has said."""
    if isinstance(error, ClientError):
        answer = error.response["Error"]
        return f"AWS refuses ({answer['Code']}): {answer['Message']}"
    sentence = str(error).rstrip(".")
    return f"AWS cannot be asked: {sentence}."
