"""Who may call what, and what no function may do. What each may do: `test_rights.py`."""

import json
import time
from types import SimpleNamespace
from typing import Any, Final

import pytest
from samtranslator.model import apigateway  # type: ignore[import-untyped]

from tests.support.contract import EXAMPLES
from tests.support.template import (
    TEMPLATE,
    named,
    properties,
    settled,
    several,
    transformed,
)

TITLES: Final = {
    example["value"]["type"]: example["value"]["title"]
    for example in EXAMPLES.values()
    if "x-answered-by" in example
}

FUNCTIONS = properties(TEMPLATE, "AWS::Serverless::Function")
ROLES = properties(settled(TEMPLATE), "AWS::IAM::Role")
"""Without a fixed address, which is the default; with one: `test_fixed_address.py`."""

Permission = tuple[str, str]

KNOW_NO_RESOURCE: Final = {"dynamodb:ListStreams", "cloudwatch:GetMetricData"}
"""Actions that can only be allowed for everything (AWS's service authorization reference)."""


SERVED_BY: Final = {
    "send": {
        ("post", "/messages"),
        ("options", "/messages"),
        ("post", "/messages/batch"),
        ("options", "/messages/batch"),
        ("delete", "/messages/{messageId}"),
        ("options", "/messages/{messageId}"),
        ("put", "/suppressions/{phoneNumber}"),
        ("delete", "/suppressions/{phoneNumber}"),
        ("options", "/suppressions/{phoneNumber}"),
        ("post", "/page/messages"),
        ("options", "/page/messages"),
    },
    "status": {
        ("get", "/messages"),
        ("get", "/messages/{messageId}"),
        ("post", "/messages/preview"),
        ("options", "/messages/preview"),
        ("post", "/messages/preview/batch"),
        ("options", "/messages/preview/batch"),
        ("get", "/suppressions/{phoneNumber}"),
        ("get", "/provider"),
        ("options", "/provider"),
        ("get", "/statistics"),
        ("options", "/statistics"),
        ("get", "/clients"),
        ("options", "/clients"),
        ("get", "/openapi.json"),
        ("options", "/openapi.json"),
        ("get", "/suppressions"),
        ("options", "/suppressions"),
        ("post", "/tokens"),
        ("options", "/tokens"),
        ("post", "/page/messages/preview"),
        ("options", "/page/messages/preview"),
        ("get", "/page/messages/{messageId}"),
        ("options", "/page/messages/{messageId}"),
    },
    "web": {
        ("get", "/console"),
        ("head", "/console"),
        ("get", "/console/{proxy+}"),
        ("head", "/console/{proxy+}"),
        ("get", "/web/{proxy+}"),
        ("head", "/web/{proxy+}"),
    },
}
OF_PAGES: Final = {
    ("post", "/page/messages"),
    ("post", "/page/messages/preview"),
    ("get", "/page/messages/{messageId}"),
}
"""They come with an access token, which the function checks."""


def role_of(function: str) -> str:
    return named(FUNCTIONS[function]["Role"]).removesuffix(".Arn")


def permissions(role: str) -> list[Permission]:
    statements = [
        statement
        for policy in ROLES[role]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    return [
        (action, named(resource))
        for statement in statements
        for action in several(statement["Action"])
        for resource in several(statement["Resource"])
    ]


FOR_ALL = {("get", "/openapi.json")}
"""Routes that any program can call."""
OF_THE_SITE: Final = SERVED_BY["web"]
"""The files of console and component, which any program can fetch."""


def test_every_route_asks_for_an_api_key_except_preflights_pages_files_and_the_contract(
    cloudformation: dict[str, Any],
) -> None:
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    without_a_key = FOR_ALL | OF_PAGES | OF_THE_SITE
    asked = {
        (method, path): operation["security"]
        for path, operations in api["Body"]["paths"].items()
        for method, operation in operations.items()
    }
    assert asked == {
        route: [] if route[0] == "options" or route in without_a_key else [{"api_key": []}]
        for routes in SERVED_BY.values()
        for route in routes
    }
    assert api["Body"]["components"]["securitySchemes"]["api_key"]["name"] == "x-api-key"


def test_a_route_leads_to_the_function_that_serves_it(cloudformation: dict[str, Any]) -> None:
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    leads_to = {
        (method, path): operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        for path, operations in api["Body"]["paths"].items()
        for method, operation in operations.items()
    }
    serves: dict[str, set[tuple[str, str]]] = {name: set() for name in SERVED_BY}
    for route, uri in leads_to.items():
        (function,) = [name for name in serves if f"{name.capitalize()}Function.Arn" in uri]
        serves[function].add(route)
    assert serves == SERVED_BY


def test_a_page_may_ask_before_every_method_that_a_browser_asks_about(
    cloudformation: dict[str, Any],
) -> None:
    """`GET` needs no mention in the answer (Fetch standard), `DELETE` does: `send` answers.

    Files are fetched without a header that a browser would ask about.
    """
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    assert {path for path, methods in api["Body"]["paths"].items() if "options" not in methods} == {
        path for _, path in OF_THE_SITE
    }


def test_nothing_is_served_below_the_root_that_is_not_named(
    cloudformation: dict[str, Any],
) -> None:
    """API Gateway hands what one route does not serve to a greedy one, even past a key."""
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    greedy = {path for path in api["Body"]["paths"] if "+}" in path}
    assert greedy == {"/console/{proxy+}", "/web/{proxy+}"}


def test_long_answers_are_compressed_and_texts_go_through_as_they_are(
    cloudformation: dict[str, Any],
) -> None:
    """A binary media type would have answers go through base64, and break the JSON ones."""
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    assert api["MinimumCompressionSize"] == 1024
    assert "BinaryMediaTypes" not in api
    assert "x-amazon-apigateway-binary-media-types" not in api["Body"]


def test_there_is_a_key_on_a_usage_plan_that_throttles(cloudformation: dict[str, Any]) -> None:
    (plan,) = properties(cloudformation, "AWS::ApiGateway::UsagePlan").values()
    chosen = {name: p.get("Default") for name, p in TEMPLATE["Parameters"].items()}
    assert plan["Throttle"] == {
        "RateLimit": chosen["ApiRateLimit"],
        "BurstLimit": chosen["ApiBurstLimit"],
    }
    assert plan["Quota"] == {"Limit": chosen["ApiDailyQuota"], "Period": "DAY"}
    assert len(properties(cloudformation, "AWS::ApiGateway::ApiKey")) == 1
    assert len(properties(cloudformation, "AWS::ApiGateway::UsagePlanKey")) == 1


def test_only_the_callback_has_a_url_of_its_own(cloudformation: dict[str, Any]) -> None:
    urls = properties(cloudformation, "AWS::Lambda::Url").values()
    assert [(named(url["TargetFunctionArn"]), url["AuthType"]) for url in urls] == [
        ("CallbackFunction", "NONE")
    ]


def test_only_the_callback_may_be_called_by_everybody(cloudformation: dict[str, Any]) -> None:
    """A public function URL wants both permissions since October 2025."""
    public = [
        granted
        for granted in properties(cloudformation, "AWS::Lambda::Permission").values()
        if granted["Principal"] == "*"
    ]
    assert sorted(public, key=lambda granted: str(granted["Action"])) == [
        {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "CallbackFunction"},
            "Principal": "*",
            "InvokedViaFunctionUrl": True,
        },
        {
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionName": {"Ref": "CallbackFunction"},
            "Principal": "*",
            "FunctionUrlAuthType": "NONE",
        },
    ]


def test_whoever_else_may_call_a_function_is_the_api_or_the_clock(
    cloudformation: dict[str, Any],
) -> None:
    others = {
        (named(granted["FunctionName"]), granted["Principal"])
        for granted in properties(cloudformation, "AWS::Lambda::Permission").values()
        if granted["Principal"] != "*"
    }
    assert others == {
        ("SendFunction", "apigateway.amazonaws.com"),
        ("StatusFunction", "apigateway.amazonaws.com"),
        ("WebFunction", "apigateway.amazonaws.com"),
        ("WatchFunction", "events.amazonaws.com"),
    }


def test_every_function_has_a_role_of_its_own(cloudformation: dict[str, Any]) -> None:
    roles = [role_of(function) for function in FUNCTIONS]
    assert len(set(roles)) == len(roles)
    assert set(roles) == set(properties(cloudformation, "AWS::IAM::Role")), "SAM adds none"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_for_lambda_only_and_has_nothing_beside_what_is_written_here(role: str) -> None:
    (statement,) = ROLES[role]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert "ManagedPolicyArns" not in ROLES[role]


@pytest.mark.parametrize("role", ROLES)
def test_no_action_is_a_pattern_and_everything_is_allowed_on_named_resources(role: str) -> None:
    granted = permissions(role)
    assert [action for action, _ in granted if "*" in action] == []
    on_everything = {action for action, resource in granted if "*" in resource}
    assert on_everything <= KNOW_NO_RESOURCE


def test_status_may_read_and_write_nothing() -> None:
    """So a preview has no side effect, whatever its code does."""
    on_data = {
        action for action, resource in permissions("StatusRole") if resource != "StatusLogs.Arn"
    }
    assert on_data == {
        "cloudwatch:GetMetricData",
        "dynamodb:BatchGetItem",
        "dynamodb:GetItem",
        "dynamodb:Query",
        "secretsmanager:GetSecretValue",
    }


def test_the_function_that_any_program_can_call_is_allowed_its_logs_and_nothing_else() -> None:
    assert set(permissions("WebRole")) == {
        ("logs:CreateLogStream", "WebLogs.Arn"),
        ("logs:PutLogEvents", "WebLogs.Arn"),
    }


def test_nobody_may_read_a_whole_table() -> None:
    everything = {action for role in ROLES for action, _ in permissions(role)}
    assert everything & {"dynamodb:Scan", "dynamodb:BatchWriteItem"} == set()


def test_nobody_may_delete_a_message() -> None:
    deleting = {
        (role, resource)
        for role in ROLES
        for action, resource in permissions(role)
        if action == "dynamodb:DeleteItem"
    }
    assert deleting == {("SendRole", "Guards.Arn")}, "an entry of the do-not-contact list"


def test_tables_are_listed_by_these_indexes_or_an_id_and_in_no_other_way() -> None:
    listing = {
        (role, resource)
        for role in ROLES
        for action, resource in permissions(role)
        if action == "dynamodb:Query"
    }
    assert listing == {
        ("WatchRole", "Messages.Arn/index/due"),
        ("StatusRole", "Messages.Arn"),
        ("StatusRole", "Messages.Arn/index/recipient"),
        ("StatusRole", "Messages.Arn/index/attention"),
        ("StatusRole", "Messages.Arn/index/client"),
        ("StatusRole", "Messages.Arn/index/due"),
        ("StatusRole", "Guards.Arn/index/list"),
    }


def test_the_account_is_known_only_to_those_that_call_voipit() -> None:
    may_read = ("secretsmanager:GetSecretValue", "VoipitAccount")
    knowing = {role for role in ROLES if may_read in permissions(role)}
    assert knowing == {"SendRole", "DispatchRole", "WatchRole"}


def _answers(cloudformation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    answers: dict[str, dict[str, Any]] = api["Body"]["x-amazon-apigateway-gateway-responses"]
    return answers


def test_what_api_gateway_refuses_is_a_problem_document_too(cloudformation: dict[str, Any]) -> None:
    for kind, answer in _answers(cloudformation).items():
        (template,) = answer["responseTemplates"].values()
        document = json.loads(template)
        assert document.keys() == {"type", "title", "status", "detail"}, kind
        assert document["title"] == TITLES[document["type"]], kind
        assert str(document["status"]) == str(answer["statusCode"]), kind
        assert document["detail"].endswith("."), kind


def test_what_api_gateway_refuses_repeats_nothing_of_the_request(
    cloudformation: dict[str, Any],
) -> None:
    """Its own words about a signature hold the whole header `Authorization`: a page's token."""
    for kind, answer in _answers(cloudformation).items():
        assert "$" not in json.dumps(answer["responseTemplates"]), kind


def test_a_path_that_is_not_there_is_a_404_with_an_access_token_too(
    cloudformation: dict[str, Any],
) -> None:
    """API Gateway takes an `Authorization` that no route asks for for a signature of AWS."""
    answers = _answers(cloudformation)
    assert answers["INVALID_SIGNATURE"] == answers["MISSING_AUTHENTICATION_TOKEN"]


def test_a_page_that_is_throttled_is_not_told_of_a_key_that_it_does_not_have(
    cloudformation: dict[str, Any],
) -> None:
    (template,) = _answers(cloudformation)["THROTTLED"]["responseTemplates"].values()
    assert "key" not in json.loads(template)["detail"]


_HEADER: Final = "gatewayresponse.header."


@pytest.mark.parametrize(
    ("origins", "named_origin"),
    [
        ("", None),
        ("*", {"Fn::Sub": "'${AllowedOrigins}'"}),
        ("https://crm.example.com", {"Fn::Sub": "'${AllowedOrigins}'"}),
        ("https://crm.example.com,https://shop.example.com", "'*'"),
        (",".join(f"https://page-{number}.example.com" for number in range(20)), "'*'"),
    ],
)
def test_a_page_of_an_allowed_origin_may_read_what_api_gateway_refuses(
    cloudformation: dict[str, Any], origins: str, named_origin: Any
) -> None:
    """The one origin by its name, several as `*`; without any there is no such header at all."""
    for kind, answer in _answers(settled(cloudformation, AllowedOrigins=origins)).items():
        headers = answer["responseParameters"]
        assert headers.get(f"{_HEADER}Access-Control-Allow-Origin") == named_origin, kind
        exposed = headers.get(f"{_HEADER}Access-Control-Expose-Headers")
        assert exposed == ("'Retry-After'" if origins else None), kind
        assert headers[f"{_HEADER}Vary"] == "'Origin'", kind


def test_what_api_gateway_refuses_says_what_it_is_and_when_to_try_again(
    cloudformation: dict[str, Any],
) -> None:
    for kind, answer in _answers(cloudformation).items():
        headers = answer["responseParameters"]
        assert headers[f"{_HEADER}Content-Type"] == "'application/problem+json'", kind
        waits = f"{_HEADER}Retry-After" in headers
        assert waits == (str(answer["statusCode"]) in {"429", "503"}), kind


def test_no_header_of_api_gateways_answers_is_an_empty_literal(
    cloudformation: dict[str, Any],
) -> None:
    for answer in _answers(settled(cloudformation)).values():
        assert {"''", ""} & {str(value) for value in answer["responseParameters"].values()} == set()


def test_a_function_that_lambda_did_not_run_is_a_503_and_one_that_did_not_answer_a_504(
    cloudformation: dict[str, Any],
) -> None:
    answers = _answers(cloudformation)
    assert str(answers["INTEGRATION_FAILURE"]["statusCode"]) == "503"
    assert str(answers["INTEGRATION_TIMEOUT"]["statusCode"]) == "504"


@pytest.mark.parametrize("kind", ["INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "DEFAULT_5XX"])
def test_an_answer_that_cannot_know_the_status_of_the_message_says_to_repeat_it(
    cloudformation: dict[str, Any], kind: str
) -> None:
    (text,) = _answers(cloudformation)[kind]["responseTemplates"].values()
    detail = json.loads(text)["detail"]
    assert detail.endswith(
        "might have stored the message. Repeat the request with the same messageId."
    )


def test_api_gateway_has_an_answer_of_ours_for_whatever_goes_wrong(
    cloudformation: dict[str, Any],
) -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(_answers(cloudformation))


def test_a_changed_parameter_reaches_the_stage(
    cloudformation: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of the deployment says whether there is a new one. It tells no parameter apart."""
    a_day_later = SimpleNamespace(time=lambda: time.time() + 24 * 3600)
    monkeypatch.setattr(apigateway, "time", a_day_later)
    (before,) = properties(cloudformation, "AWS::ApiGateway::Deployment")
    (after,) = properties(transformed(), "AWS::ApiGateway::Deployment")
    assert before != after


def test_every_route_is_throttled_for_all_callers_together(cloudformation: dict[str, Any]) -> None:
    """A usage plan counts keys. A request without one, a preflight request say, is in none."""
    (stage,) = properties(cloudformation, "AWS::ApiGateway::Stage").values()
    limits = {
        (each["ResourcePath"], each["HttpMethod"]): (
            named(each["ThrottlingRateLimit"]),
            named(each["ThrottlingBurstLimit"]),
        )
        for each in stage["MethodSettings"]
    }
    (api,) = properties(cloudformation, "AWS::ApiGateway::RestApi").values()
    of_preflights = {
        ("/" + path.replace("/", "~1"), "OPTIONS"): ("PreflightRateLimit", "PreflightRateLimit")
        for path, methods in api["Body"]["paths"].items()
        if "options" in methods
    }
    of_the_site = {
        ("/" + path.replace("/", "~1"), method.upper()): ("WebRateLimit", "WebBurstLimit")
        for method, path in OF_THE_SITE
    }
    of_pages = {
        ("/" + path.replace("/", "~1"), method.upper()): ("PageRateLimit", "PageBurstLimit")
        for method, path in OF_PAGES
    }
    of_all = {
        ("/" + path.replace("/", "~1"), method.upper()): (
            "PreflightRateLimit",
            "PreflightRateLimit",
        )
        for method, path in FOR_ALL
    }
    every = ("RouteRateLimit", "RouteBurstLimit")
    assert limits == {("/*", "*"): every, **of_preflights, **of_all, **of_pages, **of_the_site}


def test_no_single_key_can_use_a_route_up() -> None:
    default = {name: p.get("Default") for name, p in TEMPLATE["Parameters"].items()}
    assert 2 * default["ApiRateLimit"] <= default["RouteRateLimit"]
    assert 2 * default["ApiBurstLimit"] <= default["RouteBurstLimit"]
    assert default["PreflightRateLimit"] < default["ApiRateLimit"]
    assert default["PageRateLimit"] < default["ApiRateLimit"], "strangers come before clients"
    assert default["PageBurstLimit"] < default["ApiBurstLimit"]
    assert default["WebRateLimit"] < default["PageRateLimit"], "a file is fetched, then messages"
    assert default["WebBurstLimit"] < default["PageBurstLimit"]
