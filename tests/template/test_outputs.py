"""The outputs, which Terraform and CDK look up as parameters of Systems Manager."""

from typing import Any, Final

import pytest

from tests.support.template import TEMPLATE, of_type, properties, settled

OUTPUTS: Final[dict[str, dict[str, Any]]] = TEMPLATE["Outputs"]
PARAMETER: Final = "AWS::SSM::Parameter"
_PREFIX: Final = "/${AWS::StackName}/"


def parameters(**given: str) -> dict[str, dict[str, Any]]:
    """Their properties by what follows the stack's name in theirs."""
    found = properties(settled(TEMPLATE, **given), PARAMETER).values()
    return {each["Name"]["Fn::Sub"].removeprefix(_PREFIX): each for each in found}


def test_outputs_and_parameters_are_the_same_set() -> None:
    assert parameters().keys() == OUTPUTS.keys()
    assert len(of_type(TEMPLATE, PARAMETER)) == len(OUTPUTS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_parameter_has_its_outputs_value_and_can_be_read_without_a_key(name: str) -> None:
    assert parameters()[name] == {
        "Type": "String",
        "Name": {"Fn::Sub": f"{_PREFIX}{name}"},
        "Value": OUTPUTS[name]["Value"],
    }


def test_a_stack_whose_name_aws_refuses_in_a_parameter_does_without() -> None:
    assert parameters(OutputParameters="off") == {}


def test_an_output_is_there_whatever_is_chosen() -> None:
    """Otherwise its parameter would need its condition, too."""
    assert [name for name, output in OUTPUTS.items() if "Condition" in output] == []
