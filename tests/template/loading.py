"""The template as it is written, and as SAM hands it to CloudFormation."""

import copy
from pathlib import Path
from typing import Any, Final

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

ROOT: Final = Path(__file__).parents[2]
TEMPLATE: Final[dict[str, Any]] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))

_LOCAL_CODE: Final = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
_REQUIRED_PARAMETERS: Final = {"VoipitAccountNumber": "400123", "VoipitPassword": "made-up"}


def transformed() -> dict[str, Any]:
    """What the SAM transform makes of the template once `sam deploy` has uploaded the code."""
    template = copy.deepcopy(TEMPLATE)
    for resource in template["Resources"].values():
        if resource["Type"] in _LOCAL_CODE:
            resource["Properties"][_LOCAL_CODE[resource["Type"]]] = "s3://bucket/key"
    session = boto3.session.Session(region_name="eu-central-1")
    result: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(
        template, parameter_values=dict(_REQUIRED_PARAMETERS)
    )
    return result


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The resources of a type, by logical id."""
    resources = template["Resources"].items()
    return {name: resource for name, resource in resources if resource["Type"] == kind}


def properties(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the resources of a type, by logical id."""
    return {name: resource["Properties"] for name, resource in of_type(template, kind).items()}


def named(value: Any) -> str:
    """What a reference points to: `Messages` or `Messages.Arn`; a plain string is itself.

    What is put together with one reference at its beginning is named by it: `Messages.Arn/index`.
    """
    if isinstance(value, str):
        return value
    ((function, target),) = value.items()
    assert function in {"Ref", "Fn::GetAtt", "Fn::Sub"}, value
    if function == "Fn::Sub":
        text: str = target
        reference, _, rest = text.removeprefix("${").partition("}")
        assert (text.startswith("${"), "${" in rest) == (True, False), value
        return reference + rest
    return target if isinstance(target, str) else ".".join(target)


def several(value: Any) -> list[Any]:
    """IAM takes one or a list of them."""
    return value if isinstance(value, list) else [value]
