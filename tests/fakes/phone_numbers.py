from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import ExaminedNumber, NumberType, PhoneNumber
from sms_gateway.domain.verdict import Verdict

_RULES = (
    "invalid-phone-number",
    "country-not-allowed",
    "number-type-not-allowed",
    "prefix-not-allowed",
)


class FakePhoneNumbers:
    """The port `PhoneNumbers`, for numbers that are written in E.164 form already."""

    def normalise(self, text: str) -> PhoneNumber:
        return self.read(text)

    def read(self, text: str) -> PhoneNumber:
        try:
            return PhoneNumber(text)
        except ValueError as error:
            raise InvalidValueError(
                "phoneNumber", "This is not a phone number.", "invalid-phone-number"
            ) from error

    def examine(self, text: str) -> ExaminedNumber:
        try:
            number = self.read(text)
        except InvalidValueError as problem:
            first, *others = _RULES
            verdicts = Verdict(first, problem), *map(Verdict.not_checked, others)
            return ExaminedNumber(verdicts, problem)
        return ExaminedNumber(
            tuple(map(Verdict, _RULES)), None, number, country="RO", number_type=NumberType.MOBILE
        )
