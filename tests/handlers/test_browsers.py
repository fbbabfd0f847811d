"""CORS: one origin may call from a browser, if one is set at all."""

from typing import Any

import pytest

from tests.handlers.conftest import ColdStart
from tests.handlers.samples import ORIGIN, from_a_page, sample


@pytest.mark.parametrize(
    ("function", "event", "status"),
    [
        pytest.param("send", sample("send-post-message"), 202, id="a message taken"),
        pytest.param("send", sample("send-not-json"), 400, id="a malformed request"),
        pytest.param("send", sample("send-impossible-number"), 422, id="a refused number"),
        pytest.param("send", sample("send-without-key"), 403, id="no key"),
        pytest.param("send", sample("send-delete-message"), 404, id="nothing to take back"),
        pytest.param("send", sample("send-put-suppression"), 204, id="a number suppressed"),
        pytest.param("send", sample("send-delete-suppression"), 204, id="and no longer"),
        pytest.param("status", sample("status-unknown-message"), 404, id="an unknown message"),
        pytest.param("status", sample("status-list-messages"), 200, id="a list"),
        pytest.param("status", sample("status-get-provider"), 200, id="the way to Voipit"),
    ],
)
def test_the_allowed_origin_may_read_every_answer(
    cold_start: ColdStart,
    function: str,
    event: dict[str, Any],
    status: int,
) -> None:
    answer = cold_start(function, ALLOWED_ORIGIN=ORIGIN)(from_a_page(event))
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    exposed = answer.headers["access-control-expose-headers"]
    assert set(exposed.replace(" ", "").split(",")) == {"Idempotent-Replayed", "Retry-After"}


def test_the_allowed_origin_may_read_why_the_table_cannot_be_written(cold_start: ColdStart) -> None:
    send = cold_start("send", ALLOWED_ORIGIN=ORIGIN, MESSAGES_TABLE="no-such-table")
    answer = send(from_a_page(sample("send-post-message")))
    assert answer.is_store_unavailable()
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "http://crm.example.com", f"{ORIGIN}.evil.example"]
)
def test_another_origin_may_read_nothing(cold_start: ColdStart, origin: str) -> None:
    send = cold_start("send", ALLOWED_ORIGIN=ORIGIN)
    answer = send(from_a_page(sample("send-post-message"), origin))
    assert "access-control-allow-origin" not in answer.headers


def test_no_origin_is_allowed_unless_one_is_set(cold_start: ColdStart) -> None:
    answer = cold_start("send")(from_a_page(sample("send-post-message")))
    assert answer.status == 202
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("function", "resource", "method"),
    [
        ("send", "/messages", "POST"),
        ("send", "/messages/{messageId}", "DELETE"),
        ("status", "/provider", "GET"),
    ],
)
def test_a_preflight_request_is_answered_204_without_a_key_and_allows_what_a_page_needs(
    cold_start: ColdStart, function: str, resource: str, method: str
) -> None:
    event = sample("send-preflight") | {
        "resource": resource,
        "path": resource.replace("{messageId}", "order-1042"),
    }
    answer = cold_start(function, ALLOWED_ORIGIN=ORIGIN)(event)
    assert (answer.status, answer.body) == (204, None)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert method in answer.headers["access-control-allow-methods"].split(",")
    allowed = answer.headers["access-control-allow-headers"].lower().split(",")
    assert {"content-type", "idempotency-key", "x-api-key"} <= set(allowed)
    assert answer.headers["access-control-max-age"] == "600"


def test_a_preflight_request_without_an_allowed_origin_allows_nothing(
    cold_start: ColdStart,
) -> None:
    answer = cold_start("send")(sample("send-preflight"))
    assert (answer.status, answer.is_problem("route-not-found")) == (404, True)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
