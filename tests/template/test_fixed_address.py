"""One source address for what calls Voipit, if whoever deploys has subnets for it."""

from typing import Any, Final

import pytest
from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from tests.support.rights import DEMANDED
from tests.support.template import TEMPLATE, broken_rules, named, properties, settled
from tools.repository import ROOT

CALLING_VOIPIT: Final = {"SendFunction", "DispatchFunction", "WatchFunction"}
NETWORK: Final = {"SubnetIds": "subnet-0a1b2c3d,subnet-1a2b3c4d", "SecurityGroupIds": "sg-0a1b2c3d"}
WHAT_LAMBDA_NEEDS: Final = {right.action for right in DEMANDED if right.action.startswith("ec2:")}
ROLES: Final = {
    name: named(function["Role"]).removesuffix(".Arn")
    for name, function in properties(TEMPLATE, "AWS::Serverless::Function").items()
}


def network_policies(template: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The statements about EC2, by the role."""
    return {
        role: [
            statement
            for policy in properties(template, "AWS::IAM::Role")[role]["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            if "ec2:" in str(statement["Action"])
        ]
        for role in properties(template, "AWS::IAM::Role")
    }


def in_subnets(template: dict[str, Any]) -> dict[str, Any]:
    functions = properties(template, "AWS::Lambda::Function")
    return {name: f["VpcConfig"] for name, f in functions.items() if "VpcConfig" in f}


def test_the_functions_that_know_the_account_are_those_that_call_voipit() -> None:
    functions = properties(TEMPLATE, "AWS::Serverless::Function")
    knowing = {
        name
        for name, f in functions.items()
        if "VOIPIT_SECRET_ARN" in f.get("Environment", {}).get("Variables", {})
    }
    assert knowing == CALLING_VOIPIT


def test_without_subnets_no_function_is_in_any_and_no_role_may_touch_the_network(
    cloudformation: dict[str, Any],
) -> None:
    template = settled(cloudformation)
    assert in_subnets(template) == {}
    assert set(map(len, network_policies(template).values())) == {0}


def test_with_subnets_what_calls_voipit_is_in_them_and_nothing_else(
    cloudformation: dict[str, Any],
) -> None:
    given = {name: {"Fn::Split": [",", {"Ref": name}]} for name in NETWORK}
    assert in_subnets(settled(cloudformation, **NETWORK)) == dict.fromkeys(CALLING_VOIPIT, given)


def test_with_subnets_lambda_may_use_the_network_for_these_functions_and_their_code_may_not(
    cloudformation: dict[str, Any],
) -> None:
    policies = network_policies(settled(cloudformation, **NETWORK))
    assert {role for role, statements in policies.items() if statements} == {
        ROLES[name] for name in CALLING_VOIPIT
    }
    for statements in filter(None, policies.values()):
        allowed, denied = statements
        assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
        assert set(allowed["Action"]) == set(denied["Action"]) == WHAT_LAMBDA_NEEDS
        assert "Condition" not in allowed
        assert denied["Resource"] == "*"
        assert denied["Condition"]["ArnLike"].keys() == {"lambda:SourceFunctionArn"}


@pytest.mark.parametrize(
    ("subnets", "groups", "said"),
    [
        ("", "", []),
        (NETWORK["SubnetIds"], NETWORK["SecurityGroupIds"], []),
        (
            NETWORK["SubnetIds"],
            "",
            ["SubnetIds are given without SecurityGroupIds. Give both or neither."],
        ),
        (
            "",
            NETWORK["SecurityGroupIds"],
            ["SecurityGroupIds are given without SubnetIds. Give both or neither."],
        ),
    ],
)
def test_subnets_without_security_groups_are_refused_before_anything_is_deployed(
    cloudformation: dict[str, Any], subnets: str, groups: str, said: list[str]
) -> None:
    given = {"SubnetIds": subnets, "SecurityGroupIds": groups}
    assert broken_rules(cloudformation, **given) == said


def test_the_network_of_the_guide_is_one_that_cloudformation_takes() -> None:
    config = ManualArgs(regions=["eu-central-1"])
    matches = lint_file(ROOT / "docs" / "fixed-address.yaml", config)
    assert [f"{match.rule.id} {match.message}" for match in matches] == []


def test_the_network_of_the_guide_gives_what_the_gateway_is_asked_for() -> None:
    network = yaml_parse((ROOT / "docs" / "fixed-address.yaml").read_text(encoding="utf-8"))
    assert {"SubnetIds", "SecurityGroupIds", "SourceAddress"} <= network["Outputs"].keys()
    (group,) = properties(network, "AWS::EC2::SecurityGroup").values()
    assert "SecurityGroupIngress" not in group
    assert [(rule["FromPort"], rule["ToPort"]) for rule in group["SecurityGroupEgress"]] == [
        (443, 443)
    ]
    (endpoint,) = properties(network, "AWS::EC2::VPCEndpoint").values()
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["RouteTableIds"] == [{"Ref": "PrivateRoutes"}]
