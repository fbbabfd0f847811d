import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from sms_gateway.adapters.voipit.number_form import VoipitNumberForm
from sms_gateway.adapters.voipit.number_format import NumberFormat
from sms_gateway.domain.phone_number import PhoneNumber


@pytest.mark.parametrize(
    ("number_format", "number", "written"),
    [
        ("e164", "+40721234567", "+40721234567"),
        ("00", "+40721234567", "0040721234567"),
        ("national", "+40721234567", "0721234567"),
        ("e164", "+37362112345", "+37362112345"),
        ("00", "+37362112345", "0037362112345"),
        ("national", "+37362112345", "0037362112345"),
        ("national", "+40902123456", "0902123456"),
        *(("national", f"+40{first}00000000", f"0{first}00000000") for first in "145"),
    ],
    ids=[
        "E.164", "double zero", "national", "abroad in E.164", "abroad with double zero",
        "abroad where others are national", "unknown range", "no format for 1", "for 4", "for 5",
    ],
)  # fmt: skip
def test_a_number_is_written_in_the_form_of_the_setting(
    number_format: str, number: str, written: str
) -> None:
    form = VoipitNumberForm(NumberFormat(number_format), "RO")

    assert form.write(PhoneNumber(number)) == written


def test_a_number_is_national_only_at_home_though_others_share_its_calling_code() -> None:
    form = VoipitNumberForm(NumberFormat.NATIONAL, "US")

    assert form.write(PhoneNumber("+12025550123")) == "2025550123"
    assert form.write(PhoneNumber("+12042345678")) == "0012042345678"


@pytest.mark.parametrize("number_format", NumberFormat)
def test_every_form_is_read_as_the_same_number_again(number_format: NumberFormat) -> None:
    different = []
    for region in ("RO", "MD", "DE", "FR", "IT", "HU", "ES"):
        example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        assert example
        number = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        written = VoipitNumberForm(number_format, region).write(PhoneNumber(number))
        if phonenumbers.parse(written, region) != example:
            different.append((region, written))
    assert different == []
