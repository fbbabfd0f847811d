"""The form in which Voipit gets numbers: the setting reaches the wire in both functions."""

import phonenumbers
import pytest

from sms_gateway.adapters.parsed_numbers import parse_number
from tests.fakes.clock import FakeClock
from tests.handlers.lambdas import ColdStart
from tests.handlers.voipit import FakeVoipit
from tests.support.samples import sample

FORMS = [("e164", "+40721234567"), ("00", "0040721234567"), ("national", "0721234567")]


@pytest.mark.parametrize(("setting", "written"), FORMS)
def test_a_message_that_is_sent_at_once_has_the_number_in_the_form_of_the_setting(
    cold_start: ColdStart, voipit: FakeVoipit, setting: str, written: str
) -> None:
    answer = cold_start("send", VOIPIT_NUMBER_FORMAT=setting)(sample("send-post-message"))

    assert answer.body["phoneNumber"] == "+40721234567", "callers always see E.164"
    assert [form["phoneNumber"] for form in voipit.taken] == [written]


def test_libphonenumber_reads_each_spelling_of_a_messages_number_once(
    cold_start: ColdStart, voipit: FakeVoipit, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    parse = phonenumbers.parse

    def noting(text: str, region: str | None = None) -> phonenumbers.PhoneNumber:
        read.append(text)
        return parse(text, region)

    send = cold_start("send", VOIPIT_NUMBER_FORMAT="national")
    monkeypatch.setattr(phonenumbers, "parse", noting)
    parse_number.cache_clear()
    send(sample("send-post-message"))

    assert [form["phoneNumber"] for form in voipit.taken] == ["0721234567"]
    assert read == ["0721234567", "+40721234567"]


@pytest.mark.parametrize(("setting", "written"), FORMS)
def test_a_queued_message_has_it_too(
    cold_start: ColdStart, voipit: FakeVoipit, clock: FakeClock, setting: str, written: str
) -> None:
    cold_start("send")(sample("send-scheduled-message"))
    clock.advance(3600)
    cold_start("dispatch", VOIPIT_NUMBER_FORMAT=setting).invoke(sample("dispatch-queue-batch"))

    assert [form["phoneNumber"] for form in voipit.taken] == [written]
