from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.errors import MalformedRequestError
from sms_gateway.domain.report import (
    MAX_ERROR_MESSAGE,
    DeliveryReport,
    Ignorable,
    ReportStatus,
    clean_provider_text,
    read_report,
)
from tests.fakes.clock import START

SENT = {"apiName": "sms", "type": "deliveryReport", "status": "sent", "id": "appointment-17"}
ERROR = SENT | {"status": "error", "errorMessage": "no route"}


def read(values: dict[str, str]) -> DeliveryReport | Ignorable:
    return read_report(values, attempt=2, received_at=START)


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
            SENT | {"apiName": "call"}, Ignorable("another apiName"), id="another API of Voipit"
        ),
        pytest.param(SENT | {"type": "incoming"}, Ignorable("another type"), id="another type"),
        pytest.param(
            SENT | {"status": "delivered"}, Ignorable("an unknown status"), id="unknown status"
        ),
        pytest.param(SENT | {"status": "SENT"}, Ignorable("an unknown status"), id="other case"),
    ],
)
def test_a_notification_is_read_for_what_it_says(
    values: dict[str, str], expected: DeliveryReport | Ignorable
) -> None:
    assert read(values) == expected


@pytest.mark.parametrize("missing", ["", " ", None], ids=["empty", "blank", "absent"])
@pytest.mark.parametrize("name", ["apiName", "type", "status", "id"])
def test_a_report_without_a_required_value_is_malformed(name: str, missing: str | None) -> None:
    values = {key: value for key, value in ERROR.items() if key != name}

    with pytest.raises(MalformedRequestError) as refused:
        read(values if missing is None else values | {name: missing})

    assert refused.value.field == name
    assert name in str(refused.value)


def test_the_first_missing_value_is_the_one_named() -> None:
    with pytest.raises(MalformedRequestError) as refused:
        read({})

    assert refused.value.field == "apiName"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no route", "no route"),
        ("  two\r\n\x1b[31mlines\x00 ", "two [31mlines"),
        ("\ud800x\x9f", "x"),
        ("eroare ăîșț", "eroare ăîșț"),
        ("x" * 501, "x" * 500),
        ("", None),
    ],
    ids=["plain", "control characters", "surrogate", "Romanian", "long", "nothing"],
)
def test_the_words_of_a_provider_are_cleaned_and_bounded(said: str, kept: str | None) -> None:
    assert clean_provider_text(said) == kept


@given(st.text() | st.text(st.characters(categories=["Cc", "Cs", "Zs"])))
def test_what_is_kept_of_a_provider_can_be_stored_and_logged(said: str) -> None:
    kept = clean_provider_text(said) or "nothing"

    assert kept.encode()
    assert kept.splitlines() == [kept] or {"\u2028", "\u2029"} & set(kept)
    assert 0 < len(kept) <= MAX_ERROR_MESSAGE == 500


@given(
    st.fixed_dictionaries(
        {name: st.sampled_from([value, "error"]) | st.text() for name, value in SENT.items()}
    ),
    st.none() | st.text(),
)
def test_only_the_two_documented_words_are_a_report(
    values: dict[str, str], error: str | None
) -> None:
    asked: dict[str, Any] = values if error is None else values | {"errorMessage": error}
    try:
        read_as = read(asked)
    except MalformedRequestError:
        return
    documented = (
        values["apiName"] == "sms"
        and values["type"] == "deliveryReport"
        and values["status"] in {"sent", "error"}
    )

    assert isinstance(read_as, DeliveryReport) is documented
