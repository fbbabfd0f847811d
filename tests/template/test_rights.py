"""What the functions' roles allow is what is asked for, no more and no less.

What our own code asks for is recorded: in `tests/handlers/test_rights.py` and, on the deployed
stack, in `tests/e2e/test_rights.py`. Here the comparison itself is tried, over the template.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.support.rights import (
    ALLOWED,
    DEMANDED,
    OPTIONS,
    OURS,
    WITHOUT_DATA,
    Right,
    allowed,
    differences,
    logical_id,
    not_allowed,
)
from tests.support.template import TEMPLATE, named, properties, settled, several


def decided() -> dict[str, Any]:
    """The template with every option on. Unlike anchors, no two roles share a policy in it."""
    return settled(TEMPLATE, **OPTIONS)


def role_of(function: str, template: dict[str, Any]) -> dict[str, Any]:
    given = properties(template, "AWS::Serverless::Function")[function]["Role"]
    return properties(template, "AWS::IAM::Role")[named(given).removesuffix(".Arn")]


def statements(node: Any) -> Iterator[dict[str, Any]]:
    """Those that allow something, in whichever policy of the role they stand."""
    if isinstance(node, dict) and node.get("Effect") == "Allow" and "Resource" in node:
        yield node
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from statements(each)


def without(right: Right) -> dict[str, Any]:
    """The template whose role no longer allows it."""
    template = decided()
    for statement in statements(role_of(right.function, template)["Policies"]):
        actions, resources = several(statement["Action"]), several(statement["Resource"])
        others = [each for each in resources if logical_id(each) != right.resource]
        if right.action in actions and others != resources:
            statement["Action"] = [action for action in actions if action != right.action]
            if others:
                allow(template, right.function, right.action, others)
    return template


def allow(template: dict[str, Any], function: str, action: str, resource: Any) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    role_of(function, template)["Policies"][0]["PolicyDocument"]["Statement"].append(statement)


def test_nothing_is_allowed_twice() -> None:
    assert len(allowed()) == len(ALLOWED)


def test_every_function_is_allowed_something_for_code_of_ours_but_the_one_without_data() -> None:
    functions = set(properties(TEMPLATE, "AWS::Serverless::Function"))
    assert {right.function for right in OURS} == functions - WITHOUT_DATA


@pytest.mark.parametrize("right", sorted(ALLOWED), ids=str)
def test_a_right_that_is_taken_from_its_role_is_missed_by_name(right: Right) -> None:
    changed = allowed(without(right))
    assert set(changed) == ALLOWED - {right}
    assert differences(changed, OURS) == [f"{right} is asked for, and no policy allows it."]


ONE_MORE: Final = [
    Right("SendFunction", "dynamodb:Scan", "Messages"),
    Right("StatusFunction", "dynamodb:PutItem", "Guards"),
    Right("CallbackFunction", "dynamodb:GetItem", "Messages"),
    Right("DispatchFunction", "secretsmanager:GetSecretValue", "CursorSigningKey"),
    Right("WatchFunction", "dynamodb:Query", "Messages/index/recipient"),
    Right("PublishFunction", "sqs:SendMessage", "DispatchQueue"),
    Right("WebFunction", "dynamodb:GetItem", "Messages"),
]


@pytest.mark.parametrize("right", ONE_MORE, ids=str)
def test_a_right_that_is_added_to_a_role_is_reported_by_name(right: Right) -> None:
    template = decided()
    allow(template, right.function, right.action, {"Fn::Sub": f"${{{right.resource}}}"})
    assert differences(allowed(template), OURS) == [
        f"{right} is allowed, and nothing asks for it. Take it out of the role."
    ]


@pytest.mark.parametrize("right", ONE_MORE, ids=str)
def test_a_call_that_no_policy_allows_is_reported_by_function_action_and_resource(
    right: Right,
) -> None:
    (said,) = not_allowed({right, *OURS})
    assert said.startswith(f"{right.function}: {right.action} on {right.resource} is asked for")


@pytest.mark.parametrize("page", sorted(set(DEMANDED.values())))
def test_what_aws_does_in_a_functions_name_is_demanded_by_a_page_of_its_own(page: str) -> None:
    assert page.startswith("https://docs.aws.amazon.com/")
