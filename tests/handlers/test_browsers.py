"""CORS: pages of the allowed origins may call from a browser, if there are any."""

from typing import Any

import pytest

from sms_gateway.entrypoints.settings import SettingsError
from tests.handlers.cloud import Calls
from tests.handlers.lambdas import ColdStart
from tests.support.samples import ORIGIN, from_a_page, sample

ANSWERS = pytest.mark.parametrize(
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
OTHER_ORIGIN = "https://shop.example.com"
STRANGER = "https://evil.example.com"
VARY = "Origin, Accept-Encoding"
"""The latter because API Gateway compresses long answers."""


@ANSWERS
def test_the_allowed_origin_may_read_every_answer(
    cold_start: ColdStart,
    function: str,
    event: dict[str, Any],
    status: int,
) -> None:
    answer = cold_start(function, ALLOWED_ORIGINS=ORIGIN)(from_a_page(event))
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    exposed = answer.headers["access-control-expose-headers"]
    assert set(exposed.replace(" ", "").split(",")) == {"Idempotent-Replayed", "Retry-After"}


def test_the_allowed_origin_may_read_why_the_table_cannot_be_written(
    cold_start: ColdStart, calls: Calls
) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=ORIGIN)
    calls.does_not_answer("dynamodb")
    answer = send(from_a_page(sample("send-post-message")))
    assert answer.is_store_unavailable()
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "http://crm.example.com", f"{ORIGIN}.evil.example"]
)
def test_another_origin_may_read_nothing(cold_start: ColdStart, origin: str) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=ORIGIN)
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
    answer = cold_start(function, ALLOWED_ORIGINS=ORIGIN)(event)
    assert (answer.status, answer.body) == (204, None)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert method in answer.headers["access-control-allow-methods"].split(",")
    allowed = answer.headers["access-control-allow-headers"].lower().split(",")
    assert {"content-type", "idempotency-key", "x-api-key"} <= set(allowed)
    assert answer.headers["access-control-max-age"] == "7200"


def test_a_preflight_request_without_an_allowed_origin_allows_nothing(
    cold_start: ColdStart,
) -> None:
    answer = cold_start("send")(sample("send-preflight"))
    assert (answer.status, answer.is_problem("route-not-found")) == (404, True)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("origin", [ORIGIN, OTHER_ORIGIN])
def test_of_several_origins_each_may_read_the_answer_under_its_own_name(
    cold_start: ColdStart, origin: str
) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=f"{ORIGIN},{OTHER_ORIGIN}")
    answer = send(from_a_page(sample("send-post-message"), origin))
    assert answer.headers["access-control-allow-origin"] == origin
    preflight = send(from_a_page(sample("send-preflight"), origin))
    assert preflight.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", [STRANGER, "null", f"{ORIGIN},{OTHER_ORIGIN}"])
def test_an_origin_that_is_not_among_several_may_read_nothing(
    cold_start: ColdStart, origin: str
) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=f"{ORIGIN},{OTHER_ORIGIN}")
    for event in (sample("send-post-message"), sample("send-preflight")):
        answer = send(from_a_page(event, origin))
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", [ORIGIN, STRANGER])
def test_where_all_origins_are_allowed_each_may_read_the_answer(
    cold_start: ColdStart, origin: str
) -> None:
    answer = cold_start("send", ALLOWED_ORIGINS="*")(
        from_a_page(sample("send-post-message"), origin)
    )
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("allowed", ["", f"{ORIGIN},{OTHER_ORIGIN}"])
@pytest.mark.parametrize("origin", [None, ORIGIN, STRANGER])
@ANSWERS
def test_every_answer_says_on_which_headers_it_depends(  # noqa: PLR0913, PLR0917  a table
    cold_start: ColdStart,
    function: str,
    event: dict[str, Any],
    status: int,
    origin: str | None,
    allowed: str,
) -> None:
    """A cache may otherwise hand the answer for one page to another one, or to none."""
    asked = from_a_page(event, origin) if origin else event
    answer = cold_start(function, ALLOWED_ORIGINS=allowed)(asked)
    assert (answer.status, answer.headers["vary"]) == (status, VARY)


@pytest.mark.parametrize("allowed", ["", "*", ORIGIN, f"{ORIGIN},{OTHER_ORIGIN}"])
@pytest.mark.parametrize("origin", [ORIGIN, STRANGER])
def test_the_answer_to_a_preflight_request_says_so_too(
    cold_start: ColdStart, origin: str, allowed: str
) -> None:
    send = cold_start("send", ALLOWED_ORIGINS=allowed)
    assert send(from_a_page(sample("send-preflight"), origin)).headers["vary"] == VARY


@pytest.mark.parametrize("function", ["send", "status"])
def test_a_mistake_of_ours_claims_no_more_than_it_knows_and_says_what_to_do(
    cold_start: ColdStart, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    started = cold_start(function, ALLOWED_ORIGINS=ORIGIN)

    def fail(*_: Any) -> None:
        raise RuntimeError("of which nothing is said")

    monkeypatch.setattr(started.module, "caller", fail)
    event = {"send": "send-put-suppression", "status": "status-get-suppression"}[function]
    answer = started(from_a_page(sample(event)))
    assert (answer.status, answer.is_problem("internal-error")) == (500, True)
    assert answer.body["detail"] == (
        "The gateway failed and might have stored the message. Repeat the request with the same"
        " messageId."
    )
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["vary"] == VARY


@pytest.mark.parametrize("wrong", ["null", "*,https://crm.example.com", "https://*.example.com"])
def test_a_function_does_not_start_with_origins_that_cannot_be_meant(
    cold_start: ColdStart, wrong: str
) -> None:
    with pytest.raises(SettingsError, match="ALLOWED_ORIGINS"):
        cold_start("send", ALLOWED_ORIGINS=wrong)
