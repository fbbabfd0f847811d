"""`POST /messages/preview`: what would become of a message, from a function that cannot write."""

import json
import unicodedata
from datetime import timedelta
from typing import Any

import pytest

from sms_gateway.domain.clock import to_iso
from tests.fakes.clock import FakeClock
from tests.handlers.cloud import GUARDS, TABLE, Calls, Cloud
from tests.handlers.lambdas import Answer, ColdStart, Function
from tests.support.samples import NUMBER, sample, with_body

SENTENCE = "Bună ziua, ești așteptat la ora 10 – mulțumim…"  # noqa: RUF001  that is the point
SHOWN = "Buna ziua, esti asteptat la ora 10 - multumim..."
ALL_RULES = [
    "invalid-phone-number",
    "country-not-allowed",
    "number-type-not-allowed",
    "prefix-not-allowed",
    "suppressed",
    "blank-text",
    "mis-decoded-text",
    "unsupported-characters",
    "text-too-long",
    "time-too-far-ahead",
    "already-too-late",
]


def a_preview(**body: Any) -> dict[str, Any]:
    """The sample request for an ordinary message, with these values."""
    values = {"phoneNumber": NUMBER, "message": "Salut"} | body
    return with_body(sample("status-preview"), **values)


def verdicts(answer: Answer) -> dict[str, str]:
    """What each rule says; all of them, in their order."""
    assert answer.status == 200
    assert [entry["rule"] for entry in answer.body["rules"]] == ALL_RULES
    for entry in answer.body["rules"]:
        assert ("problem" in entry) is (entry["verdict"] == "failed")
    return {entry["rule"]: entry["verdict"] for entry in answer.body["rules"]}


def failed(answer: Answer) -> list[str]:
    return [rule for rule, verdict in verdicts(answer).items() if verdict == "failed"]


def problem_of(answer: Answer, rule: str) -> dict[str, Any]:
    """The problem document of a rule that failed."""
    found: dict[str, Any] = next(e for e in answer.body["rules"] if e["rule"] == rule)["problem"]
    assert found["type"] == f"urn:problem-type:sms-gateway:{rule}"
    assert found["status"] == 422
    return found


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_good_message_is_shown_as_the_phone_will_show_it(status: Function, form: str) -> None:
    written = unicodedata.normalize(form, SENTENCE)  # type: ignore[arg-type]
    answer = status(a_preview(phoneNumber="+40 (0)721.234.567", message=written))

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert set(verdicts(answer).values()) == {"passed"}
    changed = answer.body.pop("changedCharacters")
    del answer.body["rules"]
    assert answer.body == {
        "accepted": True,
        "phoneNumber": NUMBER,
        "country": "RO",
        "numberType": "mobile",
        "message": SHOWN,
        "septets": len(SHOWN),
        "maxSeptets": 160,
        "unsupportedCharacters": [],
    }
    assert [entry["shown"] for entry in changed] == ["a", "s", "s", "-", "t", "..."]
    assert changed[0] == {
        "position": 4,
        "character": "ă (LATIN SMALL LETTER A WITH BREVE)",
        "shown": "a",
    }


def test_the_sample_is_answered(status: Function) -> None:
    assert status(sample("status-preview")).status == 200


def test_the_list_is_looked_at_and_nothing_is_written(
    status: Function, cloud: Cloud, calls: Calls
) -> None:
    status(a_preview())

    assert calls.made == ["dynamodb:GetItem"]
    assert cloud.rows(TABLE) == cloud.rows(GUARDS) == []


def test_without_the_list_no_call_is_made_at_all(cold_start: ColdStart, calls: Calls) -> None:
    answer = cold_start("status", SUPPRESSION_LIST="off")(a_preview())

    assert verdicts(answer)["suppressed"] == "not-checked"
    assert answer.body["accepted"] is True
    assert calls.made == []


def test_a_number_on_the_list_is_told(status: Function, cloud: Cloud) -> None:
    cloud.suppress(NUMBER)
    answer = status(a_preview())

    assert (answer.body["accepted"], failed(answer)) == (False, ["suppressed"])
    assert problem_of(answer, "suppressed")["field"] == "phoneNumber"


@pytest.mark.parametrize(
    "written",
    [
        "0721 234 567",
        "+40 (0)721.234.567",
        "0040721234567",
        "tel:+40721234567",
        "tel:0721234567;phone-context=+40",
        "sms:+40721234567",
        "+0721234567",
        "040721234567",
    ],
)
def test_a_number_is_one_number_however_it_is_written(status: Function, written: str) -> None:
    assert status(a_preview(phoneNumber=written)).body["phoneNumber"] == NUMBER


@pytest.mark.parametrize(
    ("written", "rule", "members"),
    [
        ("0900 123 456", "number-type-not-allowed", {"numberType": "premium-rate"}),
        ("112", "number-type-not-allowed", {"numberType": "emergency"}),
        ("+1 202 555 0123", "country-not-allowed", {"country": "US"}),
        ("0721", "invalid-phone-number", {}),
    ],
)
def test_a_number_that_may_not_be_texted_fails_its_rule(
    status: Function, written: str, rule: str, members: dict[str, str]
) -> None:
    answer = status(a_preview(phoneNumber=written))

    assert (answer.body["accepted"], failed(answer)) == (False, [rule])
    assert members.items() <= problem_of(answer, rule).items()
    assert verdicts(answer)["text-too-long"] == "passed"


def test_rules_that_have_nothing_to_look_at_are_not_checked(status: Function, calls: Calls) -> None:
    answer = status(a_preview(phoneNumber="call me"))

    assert list(verdicts(answer).values())[:5] == ["failed", *["not-checked"] * 4]
    assert {"phoneNumber", "country", "numberType"}.isdisjoint(answer.body)
    assert calls.made == []


def test_everything_that_is_wrong_is_told_at_once(cold_start: ColdStart) -> None:
    status = cold_start("status", REFUSED_PREFIXES="+44")
    answer = status(
        a_preview(
            phoneNumber="+44 20 7946 0000",
            message="😀" + "a" * 161,
            sendAt="2099-01-01T00:00:00Z",
            validUntil="2020-01-01T00:00:00Z",
        )
    )

    assert failed(answer) == [
        "country-not-allowed",
        "number-type-not-allowed",
        "prefix-not-allowed",
        "unsupported-characters",
        "text-too-long",
        "time-too-far-ahead",
        "already-too-late",
    ]


def test_a_septet_too_many_is_counted(status: Function) -> None:
    answer = status(a_preview(message="€" * 80 + "a"))

    assert (answer.body["septets"], failed(answer)) == (161, ["text-too-long"])
    problem = problem_of(answer, "text-too-long")
    assert (problem["septets"], problem["maxSeptets"]) == (161, 160)
    assert answer.body["message"] == "€" * 80 + "a"
    assert "lostText" not in answer.body


def test_an_emoji_is_named_and_left_out(status: Function) -> None:
    answer = status(a_preview(message="La mulți ani 😀!"))

    assert failed(answer) == ["unsupported-characters"]
    assert answer.body["message"] == "La multi ani !"
    named = [{"position": 14, "character": "😀 (GRINNING FACE)"}]
    assert answer.body["unsupportedCharacters"] == named
    assert problem_of(answer, "unsupported-characters")["unsupportedCharacters"] == named


def test_a_text_that_was_read_with_the_wrong_code_page_is_told(status: Function) -> None:
    garbled = SENTENCE.encode().decode("cp1252")
    answer = status(a_preview(message=garbled))

    assert failed(answer) == ["mis-decoded-text", "unsupported-characters"]
    problem = problem_of(answer, "mis-decoded-text")
    assert problem["misDecodedCharacters"][0] == {
        "position": 4,
        "characters": "Äƒ (LATIN CAPITAL LETTER A WITH DIAERESIS, LATIN SMALL LETTER F WITH HOOK)",
        "meant": "ă (LATIN SMALL LETTER A WITH BREVE)",
    }
    assert "UTF-8" in problem["detail"]


def test_white_space_at_the_ends_is_dropped_and_told(status: Function) -> None:
    answer = status(a_preview(message="a" * 160 + "\r\n"))

    assert (answer.body["accepted"], answer.body["septets"]) == (True, 160)
    assert answer.body["message"] == "a" * 160
    assert answer.body["changedCharacters"] == [
        {"position": 161, "character": "U+000A", "shown": ""}
    ]


def test_a_blank_text_is_told(status: Function) -> None:
    assert failed(status(a_preview(message=" \n"))) == ["blank-text"]


def test_what_will_be_cut_is_told(cold_start: ColdStart) -> None:
    answer = cold_start("status", LONG_TEXT="cut")(a_preview(message="a" * 159 + "€uro"))

    assert (answer.body["accepted"], failed(answer)) == (True, [])
    assert (answer.body["message"], answer.body["lostText"]) == ("a" * 159, "€uro")
    assert answer.body["septets"] == 164


def test_times_are_judged_by_the_clock(cold_start: ColdStart, clock: FakeClock) -> None:
    status = cold_start("status")
    now, later = to_iso(clock()), to_iso(clock() + timedelta(hours=1))

    assert failed(status(a_preview(validUntil=later))) == []
    assert failed(status(a_preview(validUntil=now))) == ["already-too-late"]
    assert failed(status(a_preview(sendAt=later, validUntil=later))) == ["already-too-late"]
    clock.advance(3600)
    assert failed(status(a_preview(validUntil=later))) == ["already-too-late"]


@pytest.mark.parametrize("long_text", ["refuse", "cut"])
@pytest.mark.parametrize("text", [SENTENCE, "ș" * 160, "…" * 60, "€" * 81, "\nș \r\n"], ids=ascii)
def test_what_is_previewed_is_what_is_stored(
    cold_start: ColdStart, cloud: Cloud, clock: FakeClock, text: str, long_text: str
) -> None:
    send, status = (cold_start(name, LONG_TEXT=long_text) for name in ("send", "status"))
    asked = {"phoneNumber": "0721 234 567", "message": text, "messageId": "previewed"}
    later = to_iso(clock() + timedelta(hours=1))
    event = {"body": json.dumps(asked | {"sendAt": later})}

    preview = status(sample("status-preview") | event)
    taken = send(sample("send-post-message") | event)

    if preview.body["accepted"]:
        row = cloud.row("previewed")
        assert (row["message"], row["phoneNumber"]) == (preview.body["message"], NUMBER)
        is_cut = "lostText" in preview.body
        assert taken.body.get("cutFrom") == (preview.body["septets"] if is_cut else None)
    else:
        assert taken.status == 422
        assert taken.body == problem_of(preview, failed(preview)[0])


@pytest.mark.parametrize(
    "body", ["", "no JSON", "[]", '{"message": "x"}', '{"phoneNumber": "1", "message": "", "x": 1}']
)
def test_a_malformed_request_is_refused_as_for_a_message(status: Function, body: str) -> None:
    answer = status(sample("status-preview") | {"body": body})

    assert (answer.status, answer.is_problem("malformed-request")) == (400, True)
