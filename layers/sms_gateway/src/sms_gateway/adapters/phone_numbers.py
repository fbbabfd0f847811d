"""The rules for destination numbers, on libphonenumber."""

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    shortnumberinfo,
)

from sms_gateway.adapters.number_links import BadLinkError, plain_number
from sms_gateway.adapters.number_ranges import digits_in_common
from sms_gateway.adapters.parsed_numbers import parse_number, type_of_number
from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import ExaminedNumber, NumberType, PhoneNumber
from sms_gateway.domain.verdict import Verdict

_FIELD: Final = "phoneNumber"

_TYPES: Final = {
    PhoneNumberType.MOBILE: NumberType.MOBILE,
    PhoneNumberType.FIXED_LINE: NumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP: NumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: NumberType.PERSONAL,
    PhoneNumberType.PAGER: NumberType.PAGER,
    PhoneNumberType.TOLL_FREE: NumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: NumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: NumberType.SHARED_COST,
    PhoneNumberType.UAN: NumberType.UAN,
    PhoneNumberType.VOICEMAIL: NumberType.VOICEMAIL,
}
_COUNTS_AS: Final = {
    NumberType.FIXED_LINE_OR_MOBILE: frozenset({NumberType.FIXED_LINE, NumberType.MOBILE})
}
_NEVER: Final = frozenset(
    {NumberType.PREMIUM_RATE, NumberType.SHARED_COST, NumberType.UAN, NumberType.VOICEMAIL}
)
"""What no setting opens, a prefix neither: a text there costs the recipient, or reaches none."""

_MOBILE_RANGES: Final = ("mobile",)
_NEVER_RANGES: Final = ("premium_rate", "shared_cost", "uan", "voicemail")
"""What is in `_NEVER`, in the words of libphonenumber's metadata."""

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""ASCII as East Asian keyboards write it. (Not the rest of NFKC: a footnote's ¹ is no digit.)"""
_INVISIBLE: Final = re.compile(
    r"[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]"
)
"""White space and the marks that come along when a number is copied from a page."""
_SEPARATORS: Final = re.compile(r"[./\u00b7\u2022\-\u2010-\u2015\u2043\u2212\[\]]")
_NOT_A_SEPARATOR: Final = re.compile(r"^[^.]*[0-9]\.0+$|^[^/]*/[0-9]{1,2}$")
"""`491601234567.0` is how a table of numbers writes it, `43 664 1234567/8` is an extension: without
the dot or the stroke these would be other people's numbers."""
_TRUNK_PREFIX: Final = re.compile(r"^(\(?(?:\+|00)([0-9]{1,3})\)?)\(0\)")
"""`+40 (0)721 …`: the national zero, shown in brackets, is not dialled after a country code."""
_BRACKETS: Final = re.compile(r"[()]")
_DIALLED: Final = re.compile(r"\+?[0-9]+", re.ASCII)
"""Nothing else is left of a number. libphonenumber alone would take letters for digits (`0721 CALL
ME`), and put up with extensions."""


@dataclass(frozen=True, slots=True)
class PhoneNumberRules:
    """Implements the port `PhoneNumbers`.

    `default_region` is where a number without country code belongs; `allowed_countries` are the
    only ones served (both ISO 3166, `RO`). `allowed_types` are mobile, fixed-line or voip.
    `accepts_unknown`: whether a number may be texted that is in no range that libphonenumber knows,
    but might be a mobile one: as long as mobile numbers of its country are, it does not begin with
    its country code a second time, and agrees in no more digits with a range that is never texted
    (premium) than with a mobile one. Its country is told from the calling code, and every country
    that has this code must be allowed.

    Prefixes are the beginnings of E.164 numbers. Numbers with one of `refused_prefixes` are never
    texted. Those with one of `allowed_prefixes` are good mobile numbers whatever libphonenumber
    says, unless it says that they are of a type that must not be texted.

    Raises `ValueError` for an unknown region.
    """

    default_region: str
    allowed_countries: frozenset[str]
    allowed_types: frozenset[NumberType] = frozenset({NumberType.MOBILE})
    accepts_unknown: bool = False
    allowed_prefixes: tuple[str, ...] = ()
    refused_prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = {self.default_region, *self.allowed_countries} - phonenumbers.SUPPORTED_REGIONS
        if unknown:
            raise ValueError(f"no such countries: {sorted(unknown)}")

    def load(self) -> None:
        """Load and compile what is known of the default region, which its first number waits for.

        Nothing is remembered but libphonenumber's own tables and patterns.
        """
        example = phonenumbers.example_number_for_type(self.default_region, PhoneNumberType.MOBILE)
        if example is not None:
            self.examine(phonenumbers.format_number(example, PhoneNumberFormat.E164))

    def normalise(self, text: str) -> PhoneNumber:
        """The number in E.164 form, if it may be texted. Doing it twice changes nothing.

        Raises:
            InvalidValueError: `prefix-not-allowed`, `country-not-allowed`, `invalid-phone-number`
                or `number-type-not-allowed`; the sentence does not repeat the number.
        """
        examined = self.examine(text)
        if examined.number is None or examined.problem:
            raise examined.problem or _invalid("This is not a phone number.")
        return examined.number

    def read(self, text: str) -> PhoneNumber:
        """The number in E.164 form, wherever it is. Raises `invalid-phone-number`."""
        return self._read(self._repaired(_dialled(text)))[0]

    def examine(self, text: str) -> ExaminedNumber:
        """All that is known about the number, and what every rule says of it. Never raises."""
        try:
            dialled = self._repaired(_dialled(text))
            short = self._short_type(dialled)
            return _short(short) if short else self._examined(dialled, *self._read(dialled))
        except InvalidValueError as problem:
            return _unreadable(problem)

    def _examined(
        self, dialled: str, number: PhoneNumber, parsed: phonenumbers.PhoneNumber
    ) -> ExaminedNumber:
        known_type = type_of_number(dialled, self.default_region)
        is_known = known_type != PhoneNumberType.UNKNOWN
        is_good = number.e164.startswith(self.allowed_prefixes)
        number_type = _TYPES.get(known_type)
        if is_good and number_type not in _NEVER:
            number_type = NumberType.MOBILE
        may_be_in = _countries(parsed, is_known=is_known)
        country = min(may_be_in) if len(may_be_in) == 1 else None

        invalid, abroad, wrong_type, refused = None, None, None, None
        if not is_known:
            invalid = self._unknown(parsed, is_good=is_good)
        is_abroad = may_be_in.isdisjoint(self.allowed_countries)
        if is_abroad or not (invalid or may_be_in <= self.allowed_countries):
            abroad = _country_not_allowed(country)
        if number_type and not self._may_text(number_type, is_good=is_good):
            wrong_type = _type_not_allowed(number_type)
        if number.e164.startswith(self.refused_prefixes):
            refused = _prefix_not_allowed()
        return ExaminedNumber(
            verdicts=(
                Verdict("invalid-phone-number", invalid),
                Verdict("country-not-allowed", abroad),
                Verdict("number-type-not-allowed", wrong_type, checked=number_type is not None),
                Verdict("prefix-not-allowed", refused),
            ),
            problem=refused or abroad or invalid or wrong_type,
            number=number,
            country=country,
            number_type=number_type,
        )

    def _may_text(self, number_type: NumberType, *, is_good: bool) -> bool:
        counts_as = _COUNTS_AS.get(number_type, frozenset({number_type}))
        return number_type not in _NEVER and (
            is_good or not counts_as.isdisjoint(self.allowed_types)
        )

    def _unknown(
        self, parsed: phonenumbers.PhoneNumber, *, is_good: bool
    ) -> InvalidValueError | None:
        """What is wrong with a number in no known range; nothing, if it might be a mobile one."""
        if not (is_good or self.accepts_unknown):
            return _invalid("No phone has this number. Check its digits and its country code.")
        length = phonenumbers.is_possible_number_for_type_with_reason(
            parsed, PhoneNumberType.MOBILE
        )
        if length != ValidationResult.IS_POSSIBLE:
            return _invalid("No mobile number of this country has so many digits. Check them.")
        return None if is_good else _misplaced(parsed)

    def _repaired(self, dialled: str) -> str:
        """The number with its prefix put right, if that can be read in one way only.

        That is for `+0721 234 567`, `040 721 234 567` and `00040 721 234 567`, which no phone could
        have as they stand. A number that they could be in another country is another way to read
        them.
        """
        digits = dialled.lstrip("+")
        significant = digits.lstrip("0")
        if not digits.startswith("0") or not significant or self._is_possible(dialled):
            return dialled
        candidates = [f"+{significant}"]
        if digits[1] != "0":  # two zeros begin no national number
            candidates += [digits, significant]
        readings = {
            phonenumbers.format_number(parsed, PhoneNumberFormat.E164): parsed
            for candidate in candidates
            if (parsed := self._parsed_or_none(candidate)) and phonenumbers.is_valid_number(parsed)
        }
        if len(readings) != 1:
            return dialled
        ((e164, parsed),) = readings.items()
        is_here = phonenumbers.is_valid_number_for_region(parsed, self.default_region)
        return e164 if is_here else dialled

    def _is_possible(self, dialled: str) -> bool:
        parsed = self._parsed_or_none(dialled)
        return parsed is not None and phonenumbers.is_possible_number(parsed)

    def _parsed_or_none(self, dialled: str) -> phonenumbers.PhoneNumber | None:
        try:
            return self._parsed(dialled)
        except InvalidValueError:
            return None

    def _read(self, dialled: str) -> tuple[PhoneNumber, phonenumbers.PhoneNumber]:
        """The number and what libphonenumber makes of it. Raises `invalid-phone-number`."""
        parsed = self._parsed(dialled)
        length = phonenumbers.is_possible_number_with_reason(parsed)
        e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        if (
            length != ValidationResult.IS_POSSIBLE
            or _has_a_zero_too_many(parsed)
            # Whatever else is too much at the front would be taken away each time it is read.
            or self._parsed(e164) != parsed
        ):
            raise _invalid("No phone has this number. Check its digits and its country code.")
        try:
            return PhoneNumber(e164), parsed
        except ValueError:
            raise _invalid(
                "No phone has this number. Check its digits and its country code."
            ) from None

    def _parsed(self, dialled: str) -> phonenumbers.PhoneNumber:
        try:
            return parse_number(dialled, self.default_region)
        except NumberParseException as error:
            raise _invalid("This is not a phone number.") from error

    def _short_type(self, dialled: str) -> NumberType | None:
        """Whether it is a number that can be dialled in the default region only."""
        region = self.default_region
        if shortnumberinfo.is_emergency_number(dialled, region):
            return NumberType.EMERGENCY
        parsed = self._parsed(dialled)
        if type_of_number(dialled, region) != PhoneNumberType.UNKNOWN:
            return None
        if shortnumberinfo.is_valid_short_number_for_region(parsed, region):
            national = phonenumbers.national_significant_number(parsed)
            is_emergency = shortnumberinfo.is_emergency_number(national, region)
            return NumberType.EMERGENCY if is_emergency else NumberType.SHORT
        # Networks have short numbers of their own, which libphonenumber does not list.
        is_short = (
            dialled[0] not in "+0"
            and not phonenumbers.is_possible_number(parsed)
            and shortnumberinfo.is_possible_short_number_for_region(parsed, region)
        )
        return NumberType.SHORT if is_short else None


def _dialled(text: str) -> str:
    """The digits to dial, after a plus sign if there is one. Raises `invalid-phone-number`."""
    try:
        written = plain_number(_INVISIBLE.sub("", text.translate(_FULL_WIDTH)))
    except BadLinkError as error:
        raise _invalid(str(error)) from error
    if _NOT_A_SEPARATOR.search(written):
        raise _invalid("This is not a phone number.")
    written = _TRUNK_PREFIX.sub(_country_code, _SEPARATORS.sub("", written))
    dialled = _BRACKETS.sub("", written)
    if not _DIALLED.fullmatch(dialled):
        raise _invalid("This is not a phone number.")
    return dialled


def _country_code(prefix: re.Match[str]) -> str:
    """The prefix without its `(0)`, if a country has this code; `+407(0)…` has a digit too many."""
    is_code = int(prefix[2]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return prefix[1] if is_code else prefix[0]


def _has_a_zero_too_many(parsed: phonenumbers.PhoneNumber) -> bool:
    """Whether the national zero was taken for a part of an unknown number.

    `0721 234 56` lacks a digit; libphonenumber would make up the right length with the zero.
    """
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return (
        bool(parsed.italian_leading_zero)
        and phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0"
        and not phonenumbers.is_valid_number(parsed)
    )


def _countries(parsed: phonenumbers.PhoneNumber, *, is_known: bool) -> frozenset[str]:
    """The countries the number can be in; none, if it is international itself (+800)."""
    region = phonenumbers.region_code_for_number(parsed) if is_known else None
    code = parsed.country_code or 0
    regions = {region} if region else phonenumbers.region_codes_for_country_code(code)
    return frozenset(regions) - {phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY}


def _misplaced(parsed: phonenumbers.PhoneNumber) -> InvalidValueError | None:
    """What makes it certain enough that a number in no known range is not a mobile one."""
    code = str(parsed.country_code)
    national = phonenumbers.national_significant_number(parsed)
    regions = _countries(parsed, is_known=False)
    mobile, never = (
        max((digits_in_common(national, region, kinds) for region in regions), default=0)
        for kinds in (_MOBILE_RANGES, _NEVER_RANGES)
    )
    if national.startswith(code) and mobile < len(code):
        return _invalid("The number has its country code twice. Write it once.")
    if never > mobile:
        return _invalid(
            "Numbers that begin like this cost more, or lead to no phone. Give a mobile number."
        )
    return None


def _unreadable(problem: InvalidValueError) -> ExaminedNumber:
    return ExaminedNumber(
        verdicts=(
            Verdict("invalid-phone-number", problem),
            Verdict.not_checked("country-not-allowed"),
            Verdict.not_checked("number-type-not-allowed"),
            Verdict.not_checked("prefix-not-allowed"),
        ),
        problem=problem,
    )


def _short(number_type: NumberType) -> ExaminedNumber:
    problem = _type_not_allowed(number_type)
    return ExaminedNumber(
        verdicts=(
            Verdict("invalid-phone-number"),
            Verdict.not_checked("country-not-allowed"),
            Verdict("number-type-not-allowed", problem),
            Verdict.not_checked("prefix-not-allowed"),
        ),
        problem=problem,
        number_type=number_type,
    )


def _invalid(sentence: str) -> InvalidValueError:
    return InvalidValueError(_FIELD, sentence, "invalid-phone-number")


def _country_not_allowed(country: str | None) -> InvalidValueError:
    if country is None:
        return InvalidValueError(
            _FIELD,
            "The gateway sends to some countries only, and cannot tell whether this number is in"
            " one "
            "of them. Ask the operator of the gateway (AllowedCountries).",
            "country-not-allowed",
        )
    return InvalidValueError(
        _FIELD,
        f"Messages to this country ({country}) are not allowed. Ask the operator of the gateway to"
        " allow it (AllowedCountries).",
        "country-not-allowed",
        country=country,
    )


def _type_not_allowed(number_type: NumberType) -> InvalidValueError:
    return InvalidValueError(
        _FIELD,
        f"Messages to this type of number ({number_type}) are not allowed. Send to a mobile number"
        " of the recipient.",
        "number-type-not-allowed",
        numberType=number_type,
    )


def _prefix_not_allowed() -> InvalidValueError:
    return InvalidValueError(
        _FIELD,
        "Messages to numbers that begin like this are not allowed. Send to another number of the"
        " recipient, or ask the operator of the gateway (RefusedPrefixes).",
        "prefix-not-allowed",
    )
