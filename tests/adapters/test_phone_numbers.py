import traceback
from dataclasses import replace

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from sms_gateway.adapters.number_ranges import digits_in_common
from sms_gateway.adapters.phone_numbers import PhoneNumberRules
from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import ExaminedNumber, NumberType

RULES = PhoneNumberRules("RO", frozenset({"RO"}))
ACCEPTING = replace(RULES, accepts_unknown=True)
ANYWHERE = PhoneNumberRules(
    "RO",
    frozenset(phonenumbers.SUPPORTED_REGIONS),
    frozenset({NumberType.MOBILE, NumberType.FIXED_LINE, NumberType.VOIP}),
    accepts_unknown=True,
)
UNKNOWN = "+40610123456"
"""As long as a mobile number, and in no range that libphonenumber knows."""


def refusal(written: str, rules: PhoneNumberRules = RULES) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as refused:
        rules.normalise(written)
    assert refused.value.field == "phoneNumber"
    return refused.value


def example_number(region: str, kind: int, form: int = PhoneNumberFormat.E164) -> str:
    number = phonenumbers.example_number_for_type(region, kind)
    assert number
    return phonenumbers.format_number(number, form)


def verdicts(examined: ExaminedNumber) -> dict[str, str]:
    return {
        v.rule: "failed" if v.problem else "passed" if v.checked else "not-checked"
        for v in examined.verdicts
    }


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
        "[0721] 234·567",
        "+40 (0)721.234.567",
        "+40(0)721234567",
        "+40-(0)-721-234-567",
        "(+40)(0)721 234 567",
        "07/21/23/45/67",
        "0721.23.45.67",
        "+40 0721 234 567",
        "0040721234567",
        "00 40 (0)721 234 567",
        "tel:+40721234567",
        "TEL: 0721-234-567",
        "tel:+40721234567;phone-context=+40",
        "tel:0721234567;phone-context=+40",
        "Tel:721-234-567;Phone-Context=+40",
        "tel:(0721).234-567;phone-context=+4-0",
        "tel:1234567;phone-context=+4072",
        "tel:0721234567;phone-context=example.com",
        "sms:+40721234567",
        "SMS: 0721 234 567",
        "sms:0721234567;phone-context=+40",
        "+0721 234 567",
        "+(0)721 234 567",
        "040 721 234 567",
        "00040 721 234 567",
        "000040721234567",
        "+040721234567",
        "+0040721234567",
        "+400721234567",
        "\u200btel:\u00a0+40721234567",
        " \t+40 721\u00a0234\u2009567\r\n",
        "0721\u2010234\u2011567",
        "0721\u2012234\u2013567",
        "0721\u2014234\u2015567",
        "0721\u2212234\u2043567",
        "0721\u3000234\u202f567\u2028",
        "\u202a+40721234567\u202c",
        "07\u200b21\u200d234\ufeff567",
        "\u2066+40\u00ad721234567\u2069",
        "\u200e+40721234567\u061c",
        "\uff0b\uff14\uff10\uff17\uff12\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
        "\uff08\uff10\uff17\uff12\uff11\uff09\u3000\uff12\uff13\uff14\uff0d\uff15\uff16\uff17",
    ],
    ids=ascii,
)
def test_one_number_is_one_number_however_it_is_written(written: str) -> None:
    assert RULES.normalise(written).e164 == "+40721234567"
    assert RULES.read(written).e164 == "+40721234567"


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
        pytest.param("0721 234 56", "invalid-phone-number", id="too short"),
        pytest.param("0721 234 5678", "invalid-phone-number", id="too long"),
        pytest.param("0721", "invalid-phone-number", id="the beginning of one"),
        pytest.param("0" * 300, "invalid-phone-number", id="far too long"),
        pytest.param("0721 CALL ME", "invalid-phone-number", id="letters"),
        pytest.param("072123456.0", "invalid-phone-number", id="from a table of numbers"),
        pytest.param("+40 72123456.00", "invalid-phone-number", id="with two decimals"),
        pytest.param("+40 72123456/7", "invalid-phone-number", id="extension after a stroke"),
        pytest.param("+407(0)21234567", "invalid-phone-number", id="no country's code"),
        pytest.param("0721 234 567 x5", "invalid-phone-number", id="extension"),
        pytest.param("0721 234 567 #5", "invalid-phone-number", id="keys"),
        pytest.param("+40721234567;ext=1", "invalid-phone-number", id="extension of tel"),
        pytest.param("tel:112234567;ext=1", "invalid-phone-number", id="extension of a link"),
        pytest.param("tel:tel:0721234567", "invalid-phone-number", id="tel twice"),
        pytest.param("0721234567,0722345678", "invalid-phone-number", id="two numbers"),
        pytest.param("٠٧٢١٢٣٤٥٦٧", "invalid-phone-number", id="other digits"),
        pytest.param("0721234567\u00b9", "invalid-phone-number", id="a footnote"),
        pytest.param("++40721234567", "invalid-phone-number", id="two plus signs"),
        pytest.param("+40+721234567", "invalid-phone-number", id="a plus sign within"),
        pytest.param("+", "invalid-phone-number", id="a plus sign"),
        pytest.param("+999721234567", "invalid-phone-number", id="no such country"),
        pytest.param("0902 123 456", "invalid-phone-number", id="in no range"),
        pytest.param("+1 202 555 0123", "country-not-allowed", id="United States"),
        pytest.param("+1 555 123 4567", "country-not-allowed", id="nowhere in North America"),
        pytest.param("+44 7400 123456", "country-not-allowed", id="United Kingdom"),
        pytest.param("+373 621 12 345", "country-not-allowed", id="Moldova"),
        pytest.param("+800 1234 5678", "country-not-allowed", id="no country's number"),
        pytest.param("021 234 5678", "number-type-not-allowed", id="landline"),
        pytest.param("0800 123 456", "number-type-not-allowed", id="free of charge"),
    ],
)
def test_a_number_no_sms_should_go_to_is_refused_with_the_reason(written: str, code: str) -> None:
    assert refusal(written).code == code


def test_a_refused_country_is_named() -> None:
    error = refusal("+33 6 12 34 56 78")

    assert error.details == {"country": "FR"}
    assert "FR" in str(error)


ALL_TYPES = frozenset({NumberType.MOBILE, NumberType.FIXED_LINE, NumberType.VOIP})


@pytest.mark.parametrize(
    ("written", "number_type"),
    [
        pytest.param("0900 123 456", "premium-rate", id="premium"),
        pytest.param("+40906123456", "premium-rate", id="premium from abroad"),
        pytest.param("0801 123 456", "shared-cost", id="shared cost"),
        pytest.param("0370 123 456", "uan", id="of a company"),
        pytest.param("112", "emergency", id="emergency"),
        pytest.param(" 1-1-2 ", "emergency", id="emergency in disguise"),
        pytest.param("tel:112", "emergency", id="emergency link"),
        pytest.param("+40112", "emergency", id="emergency from abroad"),
        pytest.param("0040 112", "emergency", id="emergency from abroad, written out"),
        pytest.param("1234", "short", id="short code"),
        pytest.param("118 932", "short", id="short code as long as some landlines"),
        pytest.param("7474", "short", id="a network's short code"),
    ],
)
def test_some_types_are_refused_by_name_whatever_the_settings(
    written: str, number_type: str
) -> None:
    lenient = replace(
        RULES, allowed_types=ALL_TYPES, accepts_unknown=True, allowed_prefixes=("+40",)
    )
    for rules in (RULES, lenient):
        error = refusal(written, rules)

        assert error.code == "number-type-not-allowed"
        assert error.details == {"numberType": number_type}
        assert number_type in str(error)


def test_a_voicemail_is_refused_though_a_prefix_allows_it() -> None:
    written = example_number("CH", PhoneNumberType.VOICEMAIL)
    rules = PhoneNumberRules("CH", frozenset({"CH"}), ALL_TYPES, allowed_prefixes=("+41",))

    assert refusal(written, rules).details == {"numberType": "voicemail"}


@pytest.mark.parametrize(
    ("region", "written"),
    [("US", "911"), ("GB", "999"), ("GB", "112"), ("AU", "000"), ("DE", "110"), ("JP", "119")],
)
def test_an_emergency_number_is_one_in_its_region(region: str, written: str) -> None:
    rules = PhoneNumberRules(region, frozenset({region}), ALL_TYPES, accepts_unknown=True)

    assert refusal(written, rules).details == {"numberType": "emergency"}


@pytest.mark.parametrize(
    ("allowed", "written"),
    [
        (NumberType.FIXED_LINE, "021 234 5678"),
        (NumberType.MOBILE, "0721 234 567"),
        (NumberType.VOIP, example_number("GB", PhoneNumberType.VOIP)),
        (NumberType.MOBILE, "+1 202 555 0123"),
        (NumberType.FIXED_LINE, "+1 202 555 0123"),
    ],
    ids=["landline", "mobile", "voip", "either, as a mobile", "either, as a landline"],
)
def test_only_the_types_of_the_setting_are_taken(allowed: NumberType, written: str) -> None:
    countries = frozenset({"RO", "GB", "US"})
    rules = PhoneNumberRules("RO", countries, frozenset({allowed}))
    others = replace(rules, allowed_types=frozenset())

    assert rules.normalise(written) == rules.read(written)
    assert refusal(written, others).code == "number-type-not-allowed"


def test_a_number_in_no_known_range_follows_the_setting() -> None:
    assert refusal(UNKNOWN).code == "invalid-phone-number"
    assert ACCEPTING.normalise(UNKNOWN).e164 == UNKNOWN


@pytest.mark.parametrize(
    "written",
    ["0721 234 56", "0721 234 5678", "00 721 234 567", "+00 721 234 567", "12345", "0721 123"],
)
def test_a_number_of_the_wrong_length_is_no_unknown_number(written: str) -> None:
    assert refusal(written, ACCEPTING).code in {"invalid-phone-number", "number-type-not-allowed"}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param("0721123", "so many digits", id="as long as some landlines"),
        pytest.param("407211234", "country code twice", id="country code for a zero"),
        pytest.param("+40 40 721 1234", "country code twice", id="country code twice"),
        pytest.param("+4040721234567", "No phone", id="country code twice and too long"),
        *(
            pytest.param(f"0{begin} 123 456", "cost more", id=f"0{begin}, beside {beside}")
            for begin, beside in {
                "902": "premium", "904": "premium", "909": "premium", "91 0": "premium",
                "802": "shared cost", "806": "company numbers", "39 0": "company numbers",
            }.items()
        ),
    ],
)  # fmt: skip
def test_an_unknown_number_that_is_no_mobile_one_is_not_accepted(written: str, reason: str) -> None:
    error = refusal(written, ACCEPTING)

    assert error.code == "invalid-phone-number"
    assert reason in str(error)


@pytest.mark.parametrize(
    ("region", "written"),
    [
        ("RO", "0610 123 456"),
        ("RO", "0702 923 456"),
        ("RO", "0789 123 456"),
        ("RO", "0502 123 456"),
        ("KZ", "+7 709 123 4567"),
    ],
)
def test_an_unknown_number_beside_mobile_ones_is_accepted(region: str, written: str) -> None:
    rules = replace(ANYWHERE, default_region=region)
    assert not phonenumbers.is_valid_number(phonenumbers.parse(written, region))

    assert rules.normalise(written) == rules.read(written)


def test_no_mobile_number_of_any_region_would_be_refused_if_it_were_unknown() -> None:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS - {"TA"}):
        number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        assert number
        national = phonenumbers.national_significant_number(number)
        mobile = digits_in_common(national, region, ("mobile",))
        assert mobile == len(national)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("044 7400 123456", id="another country's code after a zero"),
        pytest.param("07712345678", id="a digit too many"),
        pytest.param("0372 5123 4567", id="two digits too many, and Estonia's code"),
        pytest.param("0298 211 234", id="as long as it should be, and the Faroe Islands' code"),
        pytest.param("+721 234 567", id="no zero"),
        pytest.param("0040 40721234567", id="country code twice"),
        pytest.param("0 40 0721 234 56", id="a digit too few"),
        pytest.param("+0 902 123 456", id="in no range"),
    ],
)
def test_a_number_that_is_more_than_its_prefix_away_is_not_put_right(written: str) -> None:
    everywhere = replace(RULES, allowed_countries=frozenset(phonenumbers.SUPPORTED_REGIONS))

    assert refusal(written, everywhere).code == "invalid-phone-number"


def test_a_prefix_that_can_be_read_in_two_ways_is_not_put_right() -> None:
    rules = replace(ANYWHERE, default_region="US")
    assert rules.normalise("479 555 0123").e164 == "+14795550123"
    assert rules.normalise("+479 555 0123").e164 == "+4795550123"  # in Norway

    assert refusal("+0 479 555 0123", rules).code == "invalid-phone-number"
    assert rules.normalise("+0 212 555 0123").e164 == "+12125550123"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("tel:0721234567;ext=12", "extension"),
        ("+40721234567;EXT=1", "extension"),
        ("tel:+40721234567;isub=7", "subaddress"),
        ("sms:+40721234567?body=Hello", "message"),
        ("SMS:+40721234567?Body=Hello", "message"),
        ("sms:+40721234567&body=Hello", "message"),
        ("sms:+40721234567;body=Hello", "message"),
        ("sms:+40721234567?subject=x", "?subject="),
        ("sms:+40721234567,+40722345678", "several numbers"),
        ("sms:+40721234567,0722345678?body=x", "several numbers"),
        ("tel:+40721234567;tsp=x", ";tsp="),
        ("tel:+40721234567;phone-context=+49", "phone-context"),
        ("tel:0721234567;phone-context=", "phone-context"),
        ("tel:0721234567;phone-context=+", "phone-context"),
        ("tel:0721234567;phone-context=40", "phone-context"),
        ("tel:0721234567;phone-context=+40;phone-context=+40", "phone-context"),
    ],
)
def test_a_part_of_a_link_that_is_no_number_is_refused_by_name(written: str, says: str) -> None:
    error = refusal(written)

    assert error.code == "invalid-phone-number"
    assert says in str(error)
    assert "721" not in str(error)


def test_a_parameter_that_could_be_a_number_is_not_shown() -> None:
    assert "0722" not in str(refusal("tel:0721234567;0722345678=1"))


def test_an_unknown_number_needs_every_country_that_has_its_calling_code() -> None:
    written = "+44 6011 123456"
    some = PhoneNumberRules("GB", frozenset({"GB"}), accepts_unknown=True)
    every = replace(some, allowed_countries=frozenset({"GB", "GG", "IM", "JE"}))
    assert not phonenumbers.is_valid_number(phonenumbers.parse(written))

    error = refusal(written, some)

    assert (error.code, error.details) == ("country-not-allowed", {})
    assert every.normalise(written).e164 == "+446011123456"
    assert refusal(written, replace(some, accepts_unknown=False)).code == "invalid-phone-number"


@pytest.mark.parametrize(
    "written", [UNKNOWN, "021 234 5678", "0800 123 456"], ids=["unknown", "landline", "toll-free"]
)
def test_a_number_with_an_allowed_prefix_is_a_good_mobile_number(written: str) -> None:
    number = RULES.read(written).e164
    rules = replace(RULES, allowed_prefixes=("+4079", number[:6]))

    assert refusal(written).code in {"invalid-phone-number", "number-type-not-allowed"}
    assert rules.normalise(written).e164 == number
    assert rules.examine(written).number_type == "mobile"


def test_a_prefix_allows_no_other_country_and_no_other_length() -> None:
    rules = replace(RULES, allowed_prefixes=("+44", "+40"))

    assert refusal("0721 123", rules).code == "invalid-phone-number"

    assert refusal("+44 7400 123456", rules).code == "country-not-allowed"
    assert refusal("0721 234 5678", rules).code == "invalid-phone-number"


@pytest.mark.parametrize("written", ["0721 234 567", "+40721234567"])
def test_a_refused_prefix_goes_before_everything_else(written: str) -> None:
    rules = replace(RULES, refused_prefixes=("+40722", "+40721"), allowed_prefixes=("+40721",))

    assert refusal(written, rules).code == "prefix-not-allowed"
    assert rules.normalise("0723 234 567").e164 == "+40723234567"
    assert refusal("+44 7400 123456", replace(RULES, refused_prefixes=("+44",))).code == (
        "prefix-not-allowed"
    )


def test_any_possible_number_can_be_read_wherever_it_is() -> None:
    rules = replace(RULES, refused_prefixes=("+",))

    for written in ("+1 202 555 0123", "0900 123 456", UNKNOWN, "021 234 5678"):
        assert rules.read(written).e164.startswith("+")
    for written in ("112", "0721", "+40112", "0721 234 56", "x", "", "+800", "+49 123"):
        with pytest.raises(InvalidValueError) as refused:
            rules.read(written)
        assert refused.value.code == "invalid-phone-number"


def test_a_number_longer_than_any_is_refused_although_germany_has_room_for_it() -> None:
    written = "+49 1212 12345678901"
    assert phonenumbers.is_possible_number(phonenumbers.parse(written))

    assert refusal(written, ANYWHERE).code == "invalid-phone-number"


def test_a_good_number_is_examined_with_all_there_is_to_know() -> None:
    examined = RULES.examine("0721 234 567")

    assert examined.number
    assert examined.number.e164 == "+40721234567"
    assert (examined.country, examined.number_type, examined.problem) == ("RO", "mobile", None)
    assert list(verdicts(examined).items()) == [
        ("invalid-phone-number", "passed"),
        ("country-not-allowed", "passed"),
        ("number-type-not-allowed", "passed"),
        ("prefix-not-allowed", "passed"),
    ]


@pytest.mark.parametrize(
    ("written", "known", "each"),
    [
        ("0721", (None, None, None), ("failed", "not-checked", "not-checked", "not-checked")),
        ("112", (None, None, "emergency"), ("passed", "not-checked", "failed", "not-checked")),
        (UNKNOWN, (UNKNOWN, "RO", None), ("failed", "passed", "not-checked", "passed")),
        (
            "+3906 698 12345",
            ("+390669812345", "VA", "fixed-line"),
            ("passed", "failed", "failed", "failed"),
        ),
        (
            "+80012345678",
            ("+80012345678", None, "toll-free"),
            ("passed", "failed", "failed", "passed"),
        ),
    ],
    ids=["no number", "emergency", "unknown", "everything wrong", "of no country"],
)
def test_each_rule_has_its_verdict_as_far_as_it_can_be_told(
    written: str, known: tuple[str | None, ...], each: tuple[str, ...]
) -> None:
    examined = replace(RULES, refused_prefixes=("+39",)).examine(written)

    number = examined.number and examined.number.e164
    assert (number, examined.country, examined.number_type) == known
    assert tuple(verdicts(examined).values()) == each


@pytest.mark.parametrize("region", ["XX", "ro", "", "001"])
def test_a_region_nobody_knows_is_noticed_at_once(region: str) -> None:
    with pytest.raises(ValueError, match="no such countries"):
        PhoneNumberRules(region, frozenset({"RO"}))
    with pytest.raises(ValueError, match="no such countries"):
        PhoneNumberRules("RO", frozenset({"RO", region}))


@pytest.mark.parametrize(
    "written",
    ["+1 202 555 0123", "0900 123 456", "021 234 5678", "+40721234567890", "0721 234 56", "112"],
)
def test_a_refusal_does_not_repeat_the_number(written: str) -> None:
    shown = "".join(traceback.format_exception_only(refusal(written))) + repr(refusal(written))
    shown += repr(RULES.examine(written)) + str(refusal(written).details)

    digits = "".join(filter(str.isdigit, written))
    assert [part for part in (written, digits, digits[-6:]) if part in shown] == []


def test_a_mobile_number_of_every_region_is_taken_where_it_is_allowed() -> None:
    refused = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS - {"TA"}):  # has no mobile numbers
        rules = replace(ANYWHERE, default_region=region, accepts_unknown=False)
        e164 = example_number(region, PhoneNumberType.MOBILE)
        for form in (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL):
            written = example_number(region, PhoneNumberType.MOBILE, form)
            if rules.normalise(written).e164 != e164:
                refused.append((region, written))
    assert refused == []


NUMBER_LIKE = st.text(
    st.sampled_from("+0123456789 ().-/;,#*[]\u2013\u200b\u202e\uff17ptel:xsms=?&"), max_size=30
)
LINKS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["tel:", "SMS:", "sms:", ""]),
    st.from_regex(r"(\+|0|00|000|\+0)?(40)?0?7[0-9]{7,9}", fullmatch=True),
    st.sampled_from(
        ["", ";phone-context=+40", ";phone-context=a.ro", ";phone-context=+7", ";ext=1"]
    ),
)
INTERNATIONAL = st.builds(
    "{}{}".format,
    st.sampled_from(["+40", "0040", "0", "00", "+1", "+44", "+49", "+39", "+375", "+7", "+54", ""]),
    st.from_regex(r"[0-9]{2,13}", fullmatch=True),
)
WRITTEN = st.text() | NUMBER_LIKE | INTERNATIONAL | LINKS


@given(WRITTEN)
@example("tel:")
@example("+(0)")
@example("(0)")
@example("+40" + "0" * 9)
def test_no_text_is_too_strange_to_be_read_or_refused(written: str) -> None:
    try:
        number = RULES.normalise(written).e164
    except InvalidValueError as error:
        verdict = error.code
    else:
        mobile = number.startswith(("+406", "+407")) and len(number) == 12
        verdict = "taken" if mobile else number
    assert verdict in {
        "taken",
        "invalid-phone-number",
        "country-not-allowed",
        "number-type-not-allowed",
    }


@given(WRITTEN, st.sampled_from([RULES, ACCEPTING, ANYWHERE]))
@example("0188908561", ANYWHERE)
@example("+375037503756773", ANYWHERE)
def test_a_number_that_was_read_once_stays_what_it_is(
    written: str, rules: PhoneNumberRules
) -> None:
    for read in (rules.normalise, rules.read):
        try:
            number = read(written)
        except InvalidValueError:
            continue
        assert read(number.e164) == number
        assert rules.examine(number.e164).number == number


@given(WRITTEN, st.sampled_from([RULES, ACCEPTING, ANYWHERE]))
def test_normalising_and_examining_agree(written: str, rules: PhoneNumberRules) -> None:
    examined = rules.examine(written)
    refused = {v.problem for v in examined.verdicts if v.problem}

    if examined.problem:
        assert examined.problem in refused
        assert refusal(written, rules).code == examined.problem.code
    else:
        assert refused == set()
        assert rules.normalise(written) == examined.number
    assert list(verdicts(examined)) == list(verdicts(RULES.examine("")))


@given(st.from_regex(r"7[2-7][0-9]{7}", fullmatch=True), st.data())
def test_separators_and_invisible_marks_never_make_another_number(
    digits: str, data: st.DataObject
) -> None:
    noise = st.text(st.sampled_from(" .-/()[]\u00a0\u2013\u200b\u2060\u202c\t"), max_size=3)
    begin = data.draw(st.sampled_from(["0", "+40", "0040", "+40(0)", "+40 (0)"]))
    written = begin + "".join(data.draw(noise) + digit for digit in digits) + data.draw(noise)

    try:
        read = RULES.read(written)
    except InvalidValueError:
        # One stroke may begin an extension, one dot the decimals of a table.
        assert 1 in (written.count("/"), written.count("."))
    else:
        assert read.e164 == f"+40{digits}"
