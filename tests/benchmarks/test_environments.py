"""A function is measured with the variables that its template gives it by default."""

import pytest

from benchmarks.environments import CALLBACK_URL, VOIPIT_HOST, Template
from benchmarks.memory import OURS
from tests.support.template import TEMPLATE
from tools import repository

FUNCTIONS = ["send", "status", "callback", "publish", "dispatch", "watch"]


@pytest.fixture(scope="module")
def template() -> Template:
    return Template(repository.TEMPLATE)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_gets_every_variable_of_its_template(template: Template, function: str) -> None:
    resource = TEMPLATE["Resources"][f"{function.capitalize()}Function"]["Properties"]
    expected = {
        *TEMPLATE["Globals"]["Function"]["Environment"]["Variables"],
        *resource["Environment"]["Variables"],
    }

    variables = template.variables(function)

    assert set(variables) == expected
    assert [name for name, value in variables.items() if "{" in value] == []
    assert template.handler(function) == f"{function}.handler"


def test_limits_and_the_do_not_contact_list_are_on(template: Template) -> None:
    variables = template.variables("send")

    assert variables["SUPPRESSION_LIST"] == "on"
    assert variables["RECIPIENT_HOURLY_LIMIT"] == "10"
    assert variables["CLIENT_DAILY_LIMIT"] == "10000"
    assert variables["ALLOWED_COUNTRIES"] == "RO"


def test_addresses_are_those_of_a_stack_on_aws(template: Template) -> None:
    variables = template.variables("send")

    assert variables["VOIPIT_BASE_URL"] == f"https://{VOIPIT_HOST}"
    assert variables["CALLBACK_URL"] == CALLBACK_URL
    assert variables["VOIPIT_SECRET_ARN"] in template.secrets("{}")
    assert variables["MESSAGES_TABLE"] in template.tables()


def test_the_computed_costs_are_those_of_the_templates_memory(template: Template) -> None:
    assert template.memory() == OURS
