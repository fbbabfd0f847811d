"""What the values of a notification say, whatever stands around them."""

from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.adapters.voipit.provider_text import clean_provider_text
from sms_gateway.adapters.voipit.report_words import (
    NoReport,
    Values,
    read_report,
    read_status,
    unlike_documented,
)
from sms_gateway.domain.report import MAX_ERROR_MESSAGE, DeliveryReport, ReportStatus
from tests.fakes.clock import START

SENT = {"apiName": "sms", "type": "deliveryReport", "status": "sent", "id": "appointment-17"}
ERROR = SENT | {"status": "error", "errorMessage": "no route"}
DOCUMENTED = list(SENT.items())


def read(values: dict[str, str]) -> DeliveryReport | NoReport:
    return read_report(list(values.items()), attempt=2, received_at=START)


def unlike(values: dict[str, str]) -> tuple[str, ...]:
    return unlike_documented(list(values.items()), "appointment-17")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(SENT, DeliveryReport(ReportStatus.SENT, 2, START), id="sent"),
        pytest.param(
            SENT | {"errorMessage": "what is this"},
            DeliveryReport(ReportStatus.SENT, 2, START),
            id="sent with an error message",
        ),
        pytest.param(
            SENT | {"operator": "x"}, DeliveryReport(ReportStatus.SENT, 2, START), id="more values"
        ),
        pytest.param(ERROR, DeliveryReport(ReportStatus.ERROR, 2, START, "no route"), id="error"),
        pytest.param(
            SENT | {"status": "error"},
            DeliveryReport(ReportStatus.ERROR, 2, START),
            id="error without a word",
        ),
        pytest.param(
            ERROR | {"errorMessage": " \x00\n "},
            DeliveryReport(ReportStatus.ERROR, 2, START),
            id="error with a blank word",
        ),
        pytest.param(
            {"status": "sent"}, DeliveryReport(ReportStatus.SENT, 2, START), id="sent and no more"
        ),
        pytest.param(
            {"status": "error"}, DeliveryReport(ReportStatus.ERROR, 2, START), id="error, no more"
        ),
        pytest.param(
            SENT | {"apiName": "call"},
            DeliveryReport(ReportStatus.SENT, 2, START),
            id="another API of Voipit",
        ),
        pytest.param(
            SENT | {"type": "incoming"},
            DeliveryReport(ReportStatus.SENT, 2, START),
            id="another type",
        ),
        pytest.param(SENT | {"status": "delivered"}, NoReport.UNKNOWN_STATUS, id="unknown status"),
        pytest.param(SENT | {"status": "sent error"}, NoReport.UNKNOWN_STATUS, id="two in one"),
        pytest.param(SENT | {"status": "\u017fent"}, NoReport.UNKNOWN_STATUS, id="a long s"),
        pytest.param(SENT | {"status": "send"}, NoReport.UNKNOWN_STATUS, id="almost sent"),
        pytest.param({}, NoReport.NO_STATUS, id="nothing"),
        pytest.param({"sent": "status"}, NoReport.NO_STATUS, id="the word in the wrong place"),
    ],
)
def test_a_notification_is_read_for_what_its_status_says(
    values: dict[str, str], expected: DeliveryReport | NoReport
) -> None:
    assert read(values) == expected


@pytest.mark.parametrize("status", ["", " ", "\r\n", "\0", "\ufffe", None], ids=ascii)
def test_without_a_status_it_is_no_report(status: str | None) -> None:
    values = {name: value for name, value in ERROR.items() if name != "status"}

    assert read(values if status is None else values | {"status": status}) is NoReport.NO_STATUS


NOISE = ["{} ", " {}", "\t{}\r\n", "{}\0", "\xa0{}\u3000", "\ufffe{}"]
CASES = [str, str.upper, str.capitalize, str.swapcase]


@pytest.mark.parametrize("noise", NOISE, ids=ascii)
@pytest.mark.parametrize("case", CASES, ids=["as is", "upper", "capital", "swapped"])
@pytest.mark.parametrize("where", ["names", "words"])
def test_case_and_white_space_mean_nothing(noise: str, case: type[str], where: str) -> None:
    def noisy(text: str, of: str) -> str:
        return noise.format(case(text)) if where == of else text

    words = SENT | {"status": "error"}
    words.pop("id")  # an id is compared to the letter
    values = {noisy(name, "names"): noisy(word, "words") for name, word in words.items()}
    values[noisy("errorMessage", "names")] = "no route"
    values[noisy("id", "names")] = noise.format("appointment-17")

    assert read(values) == DeliveryReport(ReportStatus.ERROR, 2, START, "no route")
    assert unlike(values) == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["sent", "sent"], ReportStatus.SENT),
        (["sent", "SENT "], ReportStatus.SENT),
        (["sent", ""], ReportStatus.SENT),
        (["sent", "delivered"], ReportStatus.SENT),
        (["error", "delivered"], ReportStatus.ERROR),
        (["error", "Error"], ReportStatus.ERROR),
        (["sent", "error"], NoReport.TWO_STATUSES),
        (["sent", "error", "delivered"], NoReport.TWO_STATUSES),
        (["delivered", "read"], NoReport.UNKNOWN_STATUS),
        (["delivered", ""], NoReport.UNKNOWN_STATUS),
        (["", " "], NoReport.NO_STATUS),
    ],
    ids=str,
)
def test_of_several_statuses_the_known_one_counts_unless_they_contradict_each_other(
    words: list[str], expected: ReportStatus | NoReport
) -> None:
    for each in permutations(words):
        assert read_status([("status", word) for word in each]) is expected


def test_of_several_error_messages_the_first_that_says_something_counts() -> None:
    said = [("errorMessage", " "), ("ERRORMESSAGE", "no  route "), ("errorMessage", "busy")]

    report = read_report([("status", "error"), *said], attempt=1, received_at=START)

    assert report == DeliveryReport(ReportStatus.ERROR, 1, START, "no  route")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(DOCUMENTED, (), id="as documented"),
        pytest.param([*DOCUMENTED, *DOCUMENTED], (), id="everything twice"),
        pytest.param([*DOCUMENTED, ("id", ""), ("type", " ")], (), id="twice, blank"),
        pytest.param([], ("apiName", "type", "id"), id="nothing"),
        pytest.param(DOCUMENTED[1:], ("apiName",), id="no apiName"),
        pytest.param([*DOCUMENTED, ("apiName", "call")], ("apiName",), id="another apiName too"),
        pytest.param([*DOCUMENTED, ("type", "incoming")], ("type",), id="another type too"),
        pytest.param([*DOCUMENTED, ("id", "appointment-18")], ("id",), id="another id too"),
        pytest.param([*DOCUMENTED[:3], ("id", "APPOINTMENT-17")], ("id",), id="id in capitals"),
        pytest.param([*DOCUMENTED[:3], ("id", "")], ("id",), id="blank id"),
        pytest.param([("status", "sent"), ("id", "a")], ("apiName", "type", "id"), id="all three"),
    ],
)
def test_what_differs_from_the_documented_form_is_named(
    values: Values, expected: tuple[str, ...]
) -> None:
    assert unlike_documented(values, "appointment-17") == expected


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no route", "no route"),
        ("  two\r\n\x1b[31mlines\x00 ", "two [31mlines"),
        ("\ud800x\x9f", "x"),
        ("eroare ăîșț \U0001f600", "eroare ăîșț \U0001f600"),
        ("a\ufffeb\uffffc\ufdd0d\ufdefe", "a b c d e"),
        ("a\U0001fffeb\U0001ffffc\U0010fffed\U0010ffffe", "a b c d e"),
        ("\x1f \x20\x7e\x7f\x80\x9f\xa1", "~ \xa1"),
        (
            "\ud7ff\ud800\udfff\ue000\ufdcf\ufdd0\ufdef\ufdf0\ufffd\ufffe\uffff\U00010000",
            "\ud7ff \ue000\ufdcf \ufdf0\ufffd \U00010000",
        ),
        ("x" * 500, "x" * 500),
        ("x" * 501, "x" * 500),
        ("\0" * 501 + "x", "x"),
        ("", None),
    ],
    ids=[
        "plain", "control characters", "surrogate", "letters", "non-characters of plane 0",
        "non-characters of other planes", "controls, to the point", "others, to the point",
        "as long as may be", "long", "noise before", "nothing",
    ],
)  # fmt: skip
def test_the_words_of_a_provider_are_cleaned_and_bounded(said: str, kept: str | None) -> None:
    assert clean_provider_text(said) == kept


def test_all_66_non_characters_are_taken_out_and_their_neighbours_are_not() -> None:
    last_of_planes = {plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)}
    non_characters = last_of_planes | set(range(0xFDD0, 0xFDF0))
    neighbours = {n + step for n in non_characters for step in (-1, 1)} - non_characters

    assert len(non_characters) == 66
    assert {n for n in non_characters if clean_provider_text(chr(n)) is not None} == set()
    assert [n for n in neighbours if n < 0x110000 and clean_provider_text(chr(n)) is None] == []


@given(st.text() | st.text(st.characters(categories=["Cc", "Cs", "Zs", "Cn"])))
def test_what_is_kept_of_a_provider_can_be_stored_and_logged(said: str) -> None:
    kept = clean_provider_text(said) or "nothing"

    assert kept.encode()
    assert kept.splitlines() == [kept] or {"\u2028", "\u2029"} & set(kept)
    assert 0 < len(kept) <= MAX_ERROR_MESSAGE == 500


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["status", "Status ", "type", "errorMessage"]) | st.text(),
            st.sampled_from(["sent", " ERROR\r\n", "delivered"]) | st.text(),
        )
    )
)
@example([("status", "sent"), ("type", "error")])
def test_only_one_of_the_two_documented_words_is_a_report(values: Values) -> None:
    said = {
        word.strip(" \r\n").lower()
        for name, word in values
        if name.strip().lower() == "status" and word.strip()
    }
    documented = said & {"sent", "error"}

    report = read_report(values, attempt=1, received_at=START)

    assert isinstance(report, DeliveryReport) is (len(documented) == 1)
    if isinstance(report, DeliveryReport):
        assert {str(report.status)} == documented
