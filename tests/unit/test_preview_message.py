from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.errors import (
    InvalidValueError,
    MalformedRequestError,
    StoreUnavailableError,
)
from sms_gateway.domain.guards import Limits, Suppression
from sms_gateway.domain.message import Message
from sms_gateway.domain.message_id import new_message_id
from sms_gateway.domain.text import MAX_LISTED, TextRules
from sms_gateway.entrypoints.preview_view import batch_preview_view, preview_view
from sms_gateway.use_cases.prepare_message import MAX_AHEAD, PrepareMessage, SendRequest
from sms_gateway.use_cases.preview_message import Preview, PreviewMessage
from sms_gateway.use_cases.store_message import StoreMessage
from tests.fakes.builders import NUMBER, TEXT
from tests.fakes.clock import START, FakeClock
from tests.fakes.intake import FakeIntake, FakeSuppressions
from tests.fakes.messages import InMemoryMessages
from tests.fakes.phone_numbers import FakePhoneNumbers

SECOND = timedelta(seconds=1)


@dataclass
class Door:
    """The two ways in, preview and message, with the same rules behind them."""

    cuts_long_text: bool = False
    messages: InMemoryMessages = field(default_factory=InMemoryMessages)
    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)

    def __post_init__(self) -> None:
        clock, numbers = FakeClock(), FakePhoneNumbers()
        rules = TextRules(self.cuts_long_text)
        intake = FakeIntake(self.messages, Limits(suppressions=True), self.suppressions)
        self._store = StoreMessage(intake, self.messages)
        self._prepare = PrepareMessage(numbers, rules, clock, new_message_id, timedelta(days=30))
        self.preview = PreviewMessage(numbers, rules, self.suppressions, clock)

    def suppress(self, request: SendRequest) -> None:
        number = FakePhoneNumbers().read(request.phone_number)
        self.suppressions.put(Suppression(number, START, "clinic"))

    def store(self, request: SendRequest) -> Message:
        return self._store(self._prepare(request), id_is_chosen=False).message


def a_request(
    text: str = TEXT,
    phone_number: str = NUMBER.e164,
    send_at: datetime | None = None,
    valid_until: datetime | None = None,
) -> SendRequest:
    return SendRequest("clinic", phone_number, text, send_at=send_at, valid_until=valid_until)


def failed(preview: Preview) -> list[str]:
    return [verdict.rule for verdict in preview.verdicts if verdict.problem]


def test_what_is_no_number_is_not_looked_for_on_the_do_not_contact_list() -> None:
    preview = Door().preview(a_request(phone_number="112"))

    (verdict,) = (verdict for verdict in preview.verdicts if verdict.rule == "suppressed")
    assert not verdict.checked


def test_an_ordinary_message_passes_every_rule_and_stores_nothing() -> None:
    door = Door()
    preview = door.preview(a_request())

    assert preview.accepted
    assert len(preview.verdicts) == 11
    assert all(verdict.checked for verdict in preview.verdicts)
    assert door.messages.rows == {}
    assert door.suppressions.entries == {}


def test_a_number_on_the_list_is_told() -> None:
    door = Door()
    door.suppress(a_request())

    assert failed(door.preview(a_request())) == ["suppressed"]


def test_without_a_list_nobody_is_on_it() -> None:
    preview = PreviewMessage(FakePhoneNumbers(), TextRules(), None, FakeClock())(a_request())

    assert preview.accepted
    assert [v.rule for v in preview.verdicts if not v.checked] == ["suppressed"]


@pytest.mark.parametrize(
    ("request_", "rules"),
    [
        (a_request(send_at=START + MAX_AHEAD), []),
        (a_request(send_at=START + MAX_AHEAD + SECOND), ["time-too-far-ahead"]),
        (a_request(valid_until=START + MAX_AHEAD + SECOND), ["time-too-far-ahead"]),
        (a_request(valid_until=START + SECOND), []),
        (a_request(valid_until=START), ["already-too-late"]),
        (a_request(send_at=START - SECOND, valid_until=START), ["already-too-late"]),
        (
            a_request(send_at=START + SECOND, valid_until=START + SECOND),
            ["already-too-late"],
        ),
        (a_request(text="Ж" * 161), ["unsupported-characters"]),
        (a_request(text="ColecÈ\u203aia"), ["mis-decoded-text"]),
        (a_request(text="a" * 160 + "\n"), []),
        (a_request(phone_number="x", text=""), ["invalid-phone-number", "blank-text"]),
    ],
)
def test_every_rule_that_is_broken_is_told(request_: SendRequest, rules: list[str]) -> None:
    assert failed(Door().preview(request_)) == rules


UNREADABLE = MalformedRequestError("body", "A message must be a JSON object.")


def test_a_batch_has_one_result_per_message_in_order() -> None:
    door = Door()
    on_the_list = a_request(phone_number="+40799000001")
    door.suppress(on_the_list)

    good, unreadable, suppressed, no_number = door.preview.each(
        [a_request(), UNREADABLE, on_the_list, a_request(phone_number="x")]
    )

    assert unreadable is UNREADABLE
    assert isinstance(good, Preview)
    assert isinstance(suppressed, Preview)
    assert isinstance(no_number, Preview)
    assert [good.accepted, failed(suppressed), failed(no_number)] == [
        True,
        ["suppressed"],
        ["invalid-phone-number"],
    ]


def test_the_list_is_looked_at_once_for_a_whole_batch() -> None:
    door = Door()
    door.suppressions.be_unavailable("get", times=100)
    door.suppressions.be_unavailable("among")
    batch = [a_request(phone_number=f"+407990000{n:02}") for n in range(100)]

    with pytest.raises(StoreUnavailableError):
        door.preview.each(batch)

    assert len(door.preview.each(batch)) == 100


def test_without_a_list_nobody_in_a_batch_is_on_it() -> None:
    preview = PreviewMessage(FakePhoneNumbers(), TextRules(), None, FakeClock())
    (result,) = preview.each([a_request()])

    assert isinstance(result, Preview)
    assert [v.rule for v in result.verdicts if not v.checked] == ["suppressed"]


def test_a_batch_shows_no_more_characters_than_a_problem_does() -> None:
    changed, unsupported = Door().preview.each([a_request("ș" * 21), a_request("Ж" * 21)])
    for result in (changed, unsupported):
        assert isinstance(result, Preview)
        whole, short = preview_view(result), batch_preview_view(result)["preview"]
        for name in ("changedCharacters", "unsupportedCharacters"):
            assert short[name] == whole[name][:MAX_LISTED]
        assert len(whole["changedCharacters"] + whole["unsupportedCharacters"]) == MAX_LISTED + 1


MOMENTS = st.none() | st.sampled_from(
    [START - SECOND, START, START + SECOND, START + MAX_AHEAD, START + MAX_AHEAD + SECOND]
)
REQUESTS = st.builds(
    a_request,
    text=st.text(max_size=20)
    | st.text(st.sampled_from("aă€ș\u0306 \n…Ж"), max_size=200)
    | st.sampled_from(["ș" * 161, "ColecÈ\u203aia"]),
    phone_number=st.sampled_from([NUMBER.e164, "+40799000001", "0721", ""]),
    send_at=MOMENTS,
    valid_until=MOMENTS,
)


@given(request_=REQUESTS, cuts_long_text=st.booleans(), on_the_list=st.booleans())
def test_what_is_previewed_is_what_is_stored_or_why_it_is_not(
    *, request_: SendRequest, cuts_long_text: bool, on_the_list: bool
) -> None:
    door = Door(cuts_long_text)
    if on_the_list and len(request_.phone_number) > 6:
        door.suppress(request_)

    preview = door.preview(request_)

    if preview.accepted:
        stored = door.store(request_)
        assert (stored.phone_number, stored.text) == (preview.number.number, preview.text.shown)
        assert stored.cut_from == (preview.text.septets if preview.text.lost else None)
        assert preview_view(preview)["message"] == stored.text
    else:
        with pytest.raises(InvalidValueError) as refused:
            door.store(request_)
        assert refused.value.code in failed(preview)
        assert door.messages.rows == {}


@given(requests=st.lists(REQUESTS, max_size=8), cuts_long_text=st.booleans())
def test_a_batch_says_of_each_message_what_would_be_said_of_it_alone(
    *, requests: list[SendRequest], cuts_long_text: bool
) -> None:
    door = Door(cuts_long_text)
    door.suppress(a_request(phone_number="+40799000001"))

    together = [result for result in door.preview.each(requests) if isinstance(result, Preview)]

    alone = [preview_view(door.preview(request)) for request in requests]
    assert [preview_view(preview) for preview in together] == alone
