"""A stack in moto, as operators' commands look it up, and a session that is quick."""

import json
from collections.abc import Mapping
from typing import Any, Final

import boto3

STACK: Final = "voipit-sms-gateway"


def a_stack(outputs: Mapping[str, str], name: str = STACK, **parameters: str) -> None:
    """Make a stack that tells these outputs and parameters, and holds nothing else."""
    QuickSession().client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(
            {
                "Parameters": {each: {"Type": "String"} for each in parameters},
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {each: {"Value": value} for each, value in outputs.items()},
            }
        ),
        Parameters=[
            {"ParameterKey": each, "ParameterValue": value} for each, value in parameters.items()
        ],
    )


class QuickSession:
    """As much of a session as the commands ask for; it makes each client once, for all tests."""

    _clients: Final[dict[str, Any]] = {}

    def client(self, service: str, **_: Any) -> Any:
        """The client. It outlives moto's mock, in whose time alone it is used."""
        if service not in self._clients:
            session = boto3.session.Session("testing", "testing", region_name="eu-central-1")
            self._clients[service] = session.client(service)  # type: ignore[call-overload]  # any service
        return self._clients[service]
