"""The template as it is written, and as SAM hands it to CloudFormation."""

import copy
from collections.abc import Callable
from typing import Any, Final

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from tools import repository

TEMPLATE: Final[dict[str, Any]] = yaml_parse(repository.TEMPLATE.read_text(encoding="utf-8"))

_LOCAL_CODE: Final = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


def transformed(template: dict[str, Any] = TEMPLATE) -> dict[str, Any]:
    """What the SAM transform makes of the template once `sam deploy` has uploaded the code."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] in _LOCAL_CODE:
            resource["Properties"][_LOCAL_CODE[resource["Type"]]] = "s3://bucket/key"
    session = boto3.session.Session(region_name="eu-central-1")
    result: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(
        template, parameter_values={}
    )
    return result


def settled(template: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """The template as CloudFormation reads it with these parameters and the defaults of the others.

    Every `Fn::If` is decided; what `AWS::NoValue` stands for, and resources whose condition does
    not hold, are gone. Functions that make a value (`Ref`, `Fn::Sub`, `Fn::GetAtt`) stay.
    """
    chosen = _chosen(template, parameters)
    conditions = {
        name: _value(condition, chosen) for name, condition in template["Conditions"].items()
    }
    decided: dict[str, Any] = _decided(template, conditions)
    resources = decided["Resources"].items()
    made = {name: each for name, each in resources if conditions.get(each.get("Condition"), True)}
    return decided | {"Resources": made}


def broken_rules(template: dict[str, Any], **parameters: str) -> list[str]:
    """What CloudFormation says to these parameters before it touches anything."""
    chosen = _chosen(template, parameters)
    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        for assertion in rule["Assertions"]
        if not _value(assertion["Assert"], chosen)
    ]


def _chosen(template: dict[str, Any], parameters: dict[str, str]) -> dict[str, str | list[str]]:
    definitions = template["Parameters"]
    given = {name: str(each.get("Default", "")) for name, each in definitions.items()}
    assert parameters.keys() <= given.keys()
    return {
        name: text.split(",") if definitions[name]["Type"] == "CommaDelimitedList" else text
        for name, text in (given | parameters).items()
    }


def _value(node: Any, chosen: dict[str, str | list[str]]) -> Any:
    """What a function comes to in `Conditions` or `Rules`."""
    if isinstance(node, list):
        return [_value(each, chosen) for each in node]
    if not isinstance(node, dict):
        return node
    ((function, argument),) = node.items()
    if function == "Ref":
        return chosen[argument]
    return _FUNCTIONS[function](*_value(argument, chosen))


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "Fn::Equals": lambda one, other: one == other,
    "Fn::Not": lambda condition: not condition,
    "Fn::And": lambda *conditions: all(conditions),
    "Fn::Or": lambda *conditions: any(conditions),
    "Fn::Join": lambda separator, texts: separator.join(texts),
    "Fn::Split": lambda separator, text: text.split(separator),
}


def _decided(node: Any, conditions: dict[str, bool]) -> Any:
    if isinstance(node, list):
        several = [_decided(each, conditions) for each in node]
        return [each for each in several if each is not _NOTHING]
    if not isinstance(node, dict):
        return node
    if node == {"Ref": "AWS::NoValue"}:
        return _NOTHING
    if node.keys() == {"Fn::If"}:
        condition, if_true, if_false = node["Fn::If"]
        return _decided(if_true if conditions[condition] else if_false, conditions)
    named_values = {name: _decided(each, conditions) for name, each in node.items()}
    return {name: each for name, each in named_values.items() if each is not _NOTHING}


_NOTHING: Final = object()


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
