from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.phone_number import PhoneNumber


class FakePhoneNumbers:
    """The port `PhoneNumbers`, for numbers that are written in E.164 form already."""

    def normalise(self, text: str) -> PhoneNumber:
        try:
            return PhoneNumber(text)
        except ValueError as error:
            raise InvalidValueError(
                "phoneNumber", "This is not a phone number.", "invalid-phone-number"
            ) from error
