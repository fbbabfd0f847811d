"""`POST /messages/preview/batch`: what would become of many messages."""

import json
from typing import Any, Final

import pytest

from tests.handlers.cloud import GUARDS, TABLE, Calls, Cloud
from tests.handlers.lambdas import ColdStart, Function
from tests.handlers.output import Output
from tests.support.samples import NUMBER, sample

LAMBDA_LETS_OUT: Final = 6 * 1024 * 1024
"""Bytes of a synchronous answer (AWS: Lambda quotas)."""
GOOD: Final[dict[str, Any]] = {"phoneNumber": NUMBER, "message": "Salut"}


def asked(*items: Any, **more: Any) -> dict[str, Any]:
    """The sample request with these messages in it."""
    body = json.dumps({"messages": items, **more}, ensure_ascii=False)
    return sample("status-preview-batch") | {"body": body}


def test_the_sample_is_answered_message_by_message(status: Function) -> None:
    answer = status(sample("status-preview-batch"))

    assert answer.status == 200
    accepted = [result["preview"]["accepted"] for result in answer.body["results"]]
    assert accepted == [True, False, True]


def test_each_result_is_what_a_preview_of_this_message_alone_is(status: Function) -> None:
    items = [GOOD, {"phoneNumber": "0721", "message": "Da 😀"}, GOOD | {"message": "€" * 81}]

    results = status(asked(*items)).body["results"]

    alone = [status(sample("status-preview") | {"body": json.dumps(each)}).body for each in items]
    assert results == [{"preview": each} for each in alone]


@pytest.mark.parametrize("what", [None, 7, "0721000001", {}, GOOD | {"sendat": "x"}], ids=repr)
def test_a_message_that_cannot_be_read_is_a_problem_at_its_place(
    status: Function, what: Any
) -> None:
    first, second, third = status(asked(GOOD, what, GOOD)).body["results"]

    assert (first["preview"]["accepted"], third["preview"]["accepted"]) == (True, True)
    assert second["problem"]["type"] == "urn:problem-type:sms-gateway:malformed-request"


@pytest.mark.parametrize(
    ("event", "field"),
    [
        pytest.param(asked(), "messages", id="empty"),
        pytest.param(asked(*[GOOD] * 101), "messages", id="101"),
        pytest.param(asked(GOOD, name="autumn"), "name", id="an unknown field"),
        pytest.param(asked() | {"body": "[]"}, "body", id="a list alone"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(
    status: Function, calls: Calls, event: dict[str, Any], field: str
) -> None:
    answer = status(event)

    assert (answer.status, answer.is_problem("malformed-request", field)) == (400, True)
    assert calls.made == []


def test_the_list_is_looked_at_once_and_nothing_is_written(
    status: Function, cloud: Cloud, calls: Calls
) -> None:
    cloud.suppress("+40721000007")
    items = [GOOD | {"phoneNumber": f"0721 0000{n:02}"} for n in [*range(50), *range(50)]]

    results = status(asked(*items)).body["results"]

    told = [n for n, result in enumerate(results) if not result["preview"]["accepted"]]
    assert told == [7, 57]
    assert calls.made == ["dynamodb:BatchGetItem"]
    assert cloud.rows(TABLE) == []
    assert [row["phoneNumber"] for row in cloud.rows(GUARDS)] == ["+40721000007"]


@pytest.mark.parametrize("item", [None, GOOD | {"phoneNumber": "call me"}], ids=repr)
def test_without_a_number_to_look_for_no_call_is_made(
    status: Function, calls: Calls, item: Any
) -> None:
    assert status(asked(item)).status == 200
    assert calls.made == []


def test_without_the_list_no_call_is_made_at_all(cold_start: ColdStart, calls: Calls) -> None:
    (result,) = cold_start("status", SUPPRESSION_LIST="off")(asked(GOOD)).body["results"]

    verdicts = {each["rule"]: each["verdict"] for each in result["preview"]["rules"]}
    assert (verdicts["suppressed"], calls.made) == ("not-checked", [])


def test_a_batch_is_one_line_in_the_log_without_numbers_and_texts(
    status: Function, output: Output
) -> None:
    status(asked(GOOD, None, GOOD | {"message": " "}, GOOD | {"phoneNumber": "0721"}))

    line = output.line("batch previewed")
    assert (line["accepted"], line["unreadable"]) == (1, 1)
    assert line["failed"] == {"blank-text": 1, "invalid-phone-number": 1}
    assert NUMBER not in json.dumps(line)


@pytest.mark.parametrize("long_text", ["refuse", "cut"])
@pytest.mark.parametrize(
    "text",
    [
        "\u1e7c" * 2000,  # shown as a plain letter, and has a long name
        "Δ" * 2000,  # shown as it is, and takes six bytes of JSON
        "\N{ARABIC LIGATURE UIGHUR KIRGHIZ YEH WITH HAMZA ABOVE WITH ALEF MAKSURA ISOLATED FORM}"
        * 2000,
        ("Ж" + "\N{COMBINING DOUBLE VERTICAL STROKE OVERLAY}" * 9) * 200,
        '"\\' * 1000,  # which JSON escapes, and again in Lambda's answer
    ],
    ids=["changed", "greek", "unsupported", "marks", "quotes"],
)
def test_a_hundred_messages_of_the_greatest_length_are_answered_within_what_lambda_lets_out(
    cold_start: ColdStart, text: str, long_text: str
) -> None:
    status = cold_start("status", LONG_TEXT=long_text)
    assert len(text) == 2000
    event = asked(*[{"phoneNumber": "+1 202 555 0123", "message": text}] * 100)

    answer = status.invoke(event)

    assert answer["statusCode"] == 200
    assert len(json.dumps(answer).encode()) < LAMBDA_LETS_OUT


@pytest.mark.usefixtures("clock")
def test_what_is_previewed_is_what_is_taken(send: Function, status: Function, cloud: Cloud) -> None:
    cloud.suppress("+40799000001")
    items = [
        GOOD | {"message": "Bună ziua…"},
        GOOD | {"phoneNumber": "0799 000 001"},
        GOOD | {"message": "😀"},
        GOOD | {"phoneNumber": "112"},
        GOOD | {"sendat": "x"},
    ]
    body = {"body": json.dumps({"messages": items})}

    previews = status(sample("status-preview-batch") | body).body["results"]
    taken = send(sample("send-post-batch") | body).body["results"]

    for preview, result in zip(previews, taken, strict=True):
        shown = preview.get("preview", {})
        assert ("message" in result) is bool(shown.get("accepted"))
        if "message" in result:
            assert result["message"]["message"] == shown["message"]
        else:
            failed = [rule["problem"] for rule in shown.get("rules", []) if "problem" in rule]
            assert result["problem"] in [*failed, preview.get("problem")]
