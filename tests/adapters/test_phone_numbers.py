import traceback

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.errors import InvalidValueError

RULES = PhoneNumberRules("RO", frozenset({"RO"}))


def refusal(written: str, rules: PhoneNumberRules = RULES) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as refused:
        rules.normalise(written)
    assert refused.value.field == "phoneNumber"
    return refused.value


@pytest.mark.parametrize(
    "written",
    [
        "+40721234567",
        "0721234567",
        "0721 234 567",
        "0721.234.567",
        "0721-234-567",
        "0721/234567",
        "(0721) 234 567",
        "+40 (0)721.234.567",
        "+40(0)721234567",
        "0040721234567",
        "tel:+40721234567",
        " \t+40 721\u00a0234\u2009567\r\n",
        "\u202a+40721234567\u202c",
        "07\u200b21\u200d234\ufeff567",
        "\u2066+40\u00ad721234567\u2069",
    ],
    ids=ascii,
)
def test_one_number_is_one_number_however_it_is_written(written: str) -> None:
    assert RULES.normalise(written).e164 == "+40721234567"


def test_a_mobile_number_of_any_allowed_country_is_taken() -> None:
    rules = PhoneNumberRules("RO", frozenset({"RO", "MD"}))

    assert rules.normalise("+373 621 12 345").e164 == "+37362112345"


def test_a_number_without_country_code_belongs_to_the_default_region() -> None:
    rules = PhoneNumberRules("MD", frozenset({"RO", "MD"}))

    assert rules.normalise("0621 12 345").e164 == "+37362112345"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("", "invalid-phone-number", id="nothing"),
        pytest.param("112", "invalid-phone-number", id="emergency"),
        pytest.param("1234", "invalid-phone-number", id="short code"),
        pytest.param("0721 234 56", "invalid-phone-number", id="too short"),
        pytest.param("0721 234 5678", "invalid-phone-number", id="too long"),
        pytest.param("0" * 300, "invalid-phone-number", id="far too long"),
        pytest.param("0721 CALL ME", "invalid-phone-number", id="letters"),
        pytest.param("+40721234567;ext=1", "invalid-phone-number", id="extension"),
        pytest.param("0721234567,0722345678", "invalid-phone-number", id="two numbers"),
        pytest.param("٠٧٢١٢٣٤٥٦٧", "invalid-phone-number", id="other digits"),
        pytest.param("++40721234567", "invalid-phone-number", id="two plus signs"),
        pytest.param("+", "invalid-phone-number", id="a plus sign"),
        pytest.param("+999721234567", "invalid-phone-number", id="no such country"),
        pytest.param("+1 202 555 0123", "country-not-allowed", id="United States"),
        pytest.param("+44 7400 123456", "country-not-allowed", id="United Kingdom"),
        pytest.param("+373 621 12 345", "country-not-allowed", id="Moldova"),
        pytest.param("+800 1234 5678", "country-not-allowed", id="no country's number"),
        pytest.param("0900 123 456", "number-type-not-allowed", id="premium"),
        pytest.param("0800 123 456", "number-type-not-allowed", id="free of charge"),
        pytest.param("0801 123 456", "number-type-not-allowed", id="shared cost"),
        pytest.param("021 234 5678", "number-type-not-allowed", id="landline"),
    ],
)
def test_a_number_no_sms_should_go_to_is_refused_with_the_reason(written: str, code: str) -> None:
    assert refusal(written).code == code


def test_a_refused_country_is_named() -> None:
    error = refusal("+33 6 12 34 56 78")

    assert error.details == {"country": "FR"}
    assert "FR" in str(error)


@pytest.mark.parametrize(
    "written",
    ["+1 202 555 0123", "0900 123 456", "021 234 5678", "+40721234567890", "0721 234 56"],
)
def test_a_refusal_does_not_repeat_the_number(written: str) -> None:
    shown = "".join(traceback.format_exception_only(refusal(written))) + repr(refusal(written))

    digits = "".join(filter(str.isdigit, written))
    assert [part for part in (written, digits, digits[-6:]) if part in shown] == []


NUMBER_LIKE = st.text(st.sampled_from("+0123456789 ().-/;,#*\u200b\u202eptel:x"), max_size=30)


@given(st.text() | NUMBER_LIKE)
@example("tel:")
@example("+(0)")
@example("(0)")
def test_no_text_is_too_strange_to_be_read_or_refused(written: str) -> None:
    try:
        number = RULES.normalise(written).e164
    except InvalidValueError as error:
        verdict = error.code
    else:
        verdict = "taken" if number.startswith("+407") and len(number) == 12 else number
    assert verdict in {
        "taken",
        "invalid-phone-number",
        "country-not-allowed",
        "number-type-not-allowed",
    }
