"""A custom domain hands its base path over before the route; API Gateway's own address has none."""

from typing import Any

import pytest

from sms_gateway.entrypoints.settings import SettingsError
from tests.handlers.lambdas import ColdStart
from tests.support.samples import ORIGIN, from_a_page, sample


def on_a_domain(event: dict[str, Any], base_path: str) -> dict[str, Any]:
    """The event as it comes from a custom domain with this base path; `resource` stays the same."""
    path = base_path + event["path"]
    context = event["requestContext"] | {"path": path, "domainName": "api.example.com"}
    return event | {"path": path, "requestContext": context}


REQUESTS = pytest.mark.parametrize(
    ("function", "event", "status"),
    [
        ("send", sample("send-post-message"), 202),
        ("send", sample("send-put-suppression"), 204),
        ("send", sample("send-post-batch"), 202),
        ("send", sample("send-preflight"), 204),
        ("status", sample("status-list-messages"), 200),
        ("status", sample("status-get-openapi"), 200),
    ],
)


@pytest.mark.parametrize("base_path", ["/sms", "/company/sms", "/v1"])
@REQUESTS
def test_a_request_to_a_custom_domain_finds_its_route(
    cold_start: ColdStart, function: str, event: dict[str, Any], status: int, base_path: str
) -> None:
    started = cold_start(function, BASE_PATH=base_path, ALLOWED_ORIGINS=ORIGIN)
    answer = started(on_a_domain(from_a_page(event), base_path))
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@REQUESTS
def test_a_request_to_api_gateways_own_address_finds_it_all_the_same(
    cold_start: ColdStart, function: str, event: dict[str, Any], status: int
) -> None:
    started = cold_start(function, BASE_PATH="/sms", ALLOWED_ORIGINS=ORIGIN)
    assert started(from_a_page(event)).status == status


def test_only_the_whole_base_path_is_taken_away(cold_start: ColdStart) -> None:
    send = cold_start("send", BASE_PATH="/sms")
    for event in (
        on_a_domain(sample("send-post-message"), "/smsx"),
        on_a_domain(sample("send-post-message"), "/sms/sms"),
    ):
        answer = send(event | {"resource": "/nowhere"})
        assert answer.is_problem("route-not-found")


@pytest.mark.parametrize("wrong", ["sms", "/sms/", "/messages", "/provider/sms"])
def test_a_function_does_not_start_with_a_base_path_that_hides_a_route(
    cold_start: ColdStart, wrong: str
) -> None:
    with pytest.raises(SettingsError, match="BASE_PATH"):
        cold_start("status", BASE_PATH=wrong)
