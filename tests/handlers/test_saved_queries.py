"""A saved query of the template asks for fields and words that the functions really print."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.fakes.clock import FakeClock
from tests.handlers.cloud import Cloud
from tests.handlers.lambdas import ColdStart
from tests.handlers.output import Output
from tests.handlers.voipit import FakeVoipit, an_error
from tests.support.samples import MESSAGE_ID, ONE_QUEUED, image, sample, with_body
from tests.support.template import TEMPLATE, properties

QUERIES: Final = {
    query["Name"]["Fn::Sub"].removeprefix("${AWS::StackName}/"): query["QueryString"]
    for query in properties(TEMPLATE, "AWS::Logs::QueryDefinition").values()
}
REQUEST_ID: Final = sample("send-post-message")["requestContext"]["requestId"]
FILLED_IN: Final = {
    "the messageId": MESSAGE_ID,
    "the request id of API Gateway": REQUEST_ID,
}
"""What a person writes in the place of these words."""
_NO_FIELDS: Final = {
    *("fields", "filter", "stats", "sort", "by", "as", "in", "like", "desc", "asc"),
    *("count", "sum", "max", "min", "bin", "n"),
}
_FILTER: Final = re.compile(r'filter (\S+) (=|in|like) ("[^"]*"|\[.*?\]|/.*/)')
_TIMES: Final = re.compile(r"\b[0-9]+[smhd]\b")
Line = Mapping[str, Any]


def commands(query: str) -> list[str]:
    return [command.strip() for command in query.split("\n| ")]


def asked_for(query: str) -> set[str]:
    """The fields that a query names, without those that CloudWatch makes (`@timestamp`)."""
    bare = _TIMES.sub("", re.sub(r'"[^"]*"|/[^/]*/', "", query))
    return set(re.findall(r"(?<![\w@.])[A-Za-z_][\w.]*", bare)) - _NO_FIELDS


def wanted(query: str) -> tuple[str, list[str]]:
    """The field that a query filters by, and a pattern for each value that it may have."""
    (found,) = [match for each in commands(query) if (match := _FILTER.fullmatch(each))]
    field, how, value = found.groups()
    if how == "like":
        return field, [value.strip("/")]
    values = json.loads(value) if how == "in" else [json.loads(value)]
    return field, [f"^{re.escape(FILLED_IN.get(each, each))}$" for each in values]


def flat(line: Line) -> dict[str, Any]:
    """As CloudWatch names what is inside an object: `done.moved`."""
    names: dict[str, Any] = {}
    for name, value in line.items():
        if isinstance(value, dict):
            names |= {f"{name}.{inner}": each for inner, each in flat(value).items()}
        else:
            names[name] = value
    return names


@pytest.fixture
def lines(
    cold_start: ColdStart, cloud: Cloud, voipit: FakeVoipit, clock: FakeClock, output: Output
) -> list[dict[str, Any]]:
    """What the functions print on a day on which all kinds of things happen."""
    send, dispatch, callback = (cold_start(name) for name in ("send", "dispatch", "callback"))
    send(with_body(sample("send-post-message"), messageId="m-before", phoneNumber="+40721550001"))
    voipit.answer = an_error("429", "Too many requests")
    send(sample("send-post-message"))
    voipit.answer = None
    send(with_body(sample("send-post-message"), phoneNumber="112"))
    clock.advance(60)
    dispatch.invoke(ONE_QUEUED)
    callback(sample("callback-form"))
    callback(sample("callback-form") | {"rawPath": "/not/one/1/of.ours"})
    dropped = {"body": "status=unheard-of", "isBase64Encoded": False}
    callback(sample("callback-form") | dropped)
    cloud.store(image(0) | {"messageId": {"S": "broken"}, "phoneNumber": {"S": "not one"}})
    clock.advance(61)
    cold_start("watch").invoke(sample("watch-scheduled"))
    cold_start("status")(sample("status-get-message"))
    cold_start("publish").invoke(sample("publish-stream-batch"))
    return [flat(line) for line in output.lines()]


@pytest.mark.parametrize("name", QUERIES)
def test_the_words_that_a_query_looks_for_are_printed_with_the_fields_that_it_shows(
    lines: list[dict[str, Any]], name: str
) -> None:
    field, patterns = wanted(QUERIES[name])
    found = [
        [line for line in lines if re.search(pattern, str(line.get(field)))] for pattern in patterns
    ]
    printed = {name for several in found for line in several for name in line}

    assert [p for p, several in zip(patterns, found, strict=True) if not several] == []
    assert asked_for(QUERIES[name]) - printed == set()


@pytest.mark.parametrize("function", ["send", "status"])
def test_every_line_of_a_request_carries_the_request_id_that_api_gateway_gave_it(
    cold_start: ColdStart, output: Output, function: str
) -> None:
    event = sample({"send": "send-post-message", "status": "status-get-message"}[function])
    cold_start(function)(event)

    printed = output.lines()
    assert printed
    assert {line["correlation_id"] for line in printed} == {event["requestContext"]["requestId"]}


def test_the_fields_of_a_query_are_found_wherever_they_stand() -> None:
    query = (
        "filter message like /^(a|b)/\n| stats sum(done.moved) as n by status, bin(5m)\n| sort n"
    )
    assert asked_for(query) == {"message", "done.moved", "status"}
    assert wanted(query) == ("message", ["^(a|b)"])
    assert wanted('filter level in ["A", "B"]\n| sort n') == ("level", ["^A$", "^B$"])
