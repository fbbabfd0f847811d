"""How a destination number is written toward Voipit, which does not say what it expects.

See voipit-api.md, part 3.
"""

from dataclasses import dataclass

from sms_gateway.adapters.voipit.number_format import NumberFormat
from sms_gateway.domain.phone_number import PhoneNumber


@dataclass(frozen=True, slots=True)
class VoipitNumberForm:
    """Writes numbers in one of the formats. `default_region` (`RO`) matters to `national` only."""

    number_format: NumberFormat = NumberFormat.E164
    default_region: str = ""

    def write(self, phone_number: PhoneNumber) -> str:
        """The value of the form field `phoneNumber`."""
        if self.number_format is NumberFormat.E164:
            return phone_number.e164
        if self.number_format is NumberFormat.NATIONAL:
            # Here, because the other formats can do without libphonenumber.
            from sms_gateway.adapters.voipit.national_form import national_form  # noqa: PLC0415

            if national := national_form(phone_number, self.default_region):
                return national
        return f"00{phone_number.e164.removeprefix('+')}"
