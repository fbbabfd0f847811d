"""What the deployed functions ask of AWS."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from local.deploy import STACK_NAME
from local.stack import LocalStack
from tests.support.recorder import aws_calls
from tests.support.rights import Right, called


def recording_to(file: Path) -> dict[str, str]:
    """The environment of functions that write their calls down.

    botocore calls its plugins experimental. Should they end one day, nothing is recorded, and
    `test_rights.py` fails for every right.
    """
    recorder = Path(aws_calls.__file__)
    return {
        "PYTHONPATH": str(recorder.parent),
        "BOTOCORE_EXPERIMENTAL__PLUGINS": f"recorder={recorder.stem}",
        aws_calls.RECORD_FILE: str(file),
    }


@dataclass
class Record:
    """The file that the functions write, in the template's names."""

    file: Path
    names: dict[str, str]
    _seen: set[Right] = field(default_factory=set)

    @classmethod
    def of(cls, stack: LocalStack, file: Path) -> "Record":
        answer = stack.aws("cloudformation").describe_stack_resources(StackName=STACK_NAME)
        names = {
            resource["PhysicalResourceId"]: resource["LogicalResourceId"]
            for resource in answer["StackResources"]
            if resource["ResourceType"] != "AWS::Lambda::Url"  # it goes by its function's name
        }
        return cls(file, names)

    def rights(self) -> set[Right]:
        """All that was asked for until now."""
        calls = map(json.loads, self.file.read_text(encoding="utf-8").splitlines())
        return {
            Right(self.names[function], action, called(resource, self.names))
            for function, action, resource in calls
        }

    def news(self) -> set[Right]:
        """What was not asked for before the last time this was asked."""
        rights = self.rights()
        news = rights - self._seen
        self._seen |= rights
        return news
