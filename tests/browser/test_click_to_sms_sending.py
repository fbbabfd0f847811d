"""The component sends one SMS for each text that is composed, and says where it stands."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.host_page import (
    TEXT,
    FakeGateway,
    Visiting,
    problem,
    until,
    wait_for,
)

SENT = "Sent: the carrier has it. We cannot see whether the phone got it."
CUT = "The connection broke. Try again: it will not be sent twice."
_NOTE_PAUSES = """
const later = setTimeout;
window.pauses = [];
window.setTimeout = (run, pause) => {
  if (pause >= 1000) pauses.push(pause);
  return later(run, pause);
};
"""
UNCONFIRMED = "We do not know if it was sent. Sent again, it may arrive twice."


def test_it_sends_and_shows_each_status_without_a_reload(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["sending", "submitted", "sent"]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(SENT)
    (message,) = gateway.messages
    assert gateway.sends == [
        {"messageId": message, "phoneNumber": "0721 234 567", "message": TEXT, "token": "token-1"}
    ]
    told = [
        (each["previousStatus"], each["status"], each["final"]) for each in tab.told("c2s-status")
    ]
    assert told == [
        (None, "sending", False),
        ("sending", "submitted", False),
        ("submitted", "sent", True),
    ]
    assert tab.told("c2s-before-send") == [
        {"type": "c2s-before-send", "messageId": message, "phoneNumber": "0721 234 567"}
    ]
    assert tab.sms.evaluate("sms => [sms.status, sms.messageId]") == ["sent", message]
    assert tab.state("settled")
    assert TEXT not in str(tab.page.evaluate("told"))


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("queued", None, "Waiting; it goes out by itself. Do not send again."),
        ("submitted", None, "Handed to the SMS provider. Waiting for its report."),
        ("failed", "refused", "Not sent. The SMS provider refused it."),
        ("failed", "made-next-year", "Not sent."),
        ("unconfirmed", None, UNCONFIRMED),
        ("no_report", None, "No report came. It may have been sent; we do not know."),
        ("made_next_year", None, "made_next_year"),
    ],
)
def test_each_status_is_said_in_honest_words(
    visit: Visiting, gateway: FakeGateway, status: str, reason: str | None, words: str
) -> None:
    gateway.life, gateway.reason = [status], reason
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(words)


def test_a_double_click_sends_once(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit()
    tab.write()
    tab.button("Send SMS").dblclick()
    tab.sms.evaluate("sms => { sms.send(); sms.send(); }")
    expect(tab.status).to_have_text(SENT)
    assert len(gateway.sends) == 1
    assert len(gateway.messages) == 1


def test_a_reload_while_it_sends_keeps_its_id(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.refusals, gateway.takes_what_it_cuts = [None], True
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("Sending…")
    tab.page.reload()
    expect(tab.message).to_have_value(TEXT)
    tab.send()
    expect(tab.status).to_have_text(SENT)
    assert len(gateway.messages) == 1
    assert len({each["messageId"] for each in gateway.sends}) == 1


def test_a_reload_goes_on_with_the_status_of_what_was_accepted(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["queued", "queued", "queued", "sent"]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("Waiting; it goes out by itself. Do not send again.")
    tab.page.reload()
    expect(tab.status).to_have_text(SENT)
    assert len(gateway.sends) == 1


def test_a_second_tab_that_sends_the_same_while_the_first_does_uses_its_id(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.refusals = [None]
    first, second = visit(), visit()
    first.write()
    second.write()
    first.send()
    expect(first.status).to_have_text("Sending…")
    second.send()
    expect(second.status).to_have_text(SENT)
    expect(first.status).to_have_text(SENT)
    assert len(gateway.messages) == 1


def test_a_second_tab_says_that_this_text_was_sent_and_offers_a_new_message(
    visit: Visiting, gateway: FakeGateway
) -> None:
    first = visit()
    first.write()
    first.send()
    expect(first.status).to_have_text(SENT)
    second = visit()
    second.write()
    second.send()
    expect(second.status).to_contain_text("You sent this text to this number at ")
    assert len(gateway.sends) == 1
    kept = second.page.evaluate("JSON.stringify(localStorage)")
    assert next(iter(gateway.messages)) in kept
    assert TEXT not in kept
    assert "721234567" not in kept.replace(" ", "")
    second.button("New message").click()
    expect(second.message).to_be_focused()
    second.send()
    expect(second.status).to_have_text(SENT)
    assert len(gateway.messages) == 2


def test_a_cut_connection_is_tried_again_after_1_3_and_8_seconds_under_one_id(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.refusals = [None, problem("store-unavailable", 503), None, None]
    tab = visit(clock=True, before=_NOTE_PAUSES)
    tab.write()
    tab.send()
    for tries, pause in ((1, 1000), (2, 3000), (3, 8000)):
        tab.page.wait_for_function(f"pauses.length === {tries}")
        tab.page.clock.run_for(pause - 1)
        assert len(gateway.sends) == tries
        tab.page.clock.run_for(1)
    expect(tab.status).to_have_text(CUT)
    assert tab.told("c2s-error")[0]["code"] == "cut"
    tab.send()
    expect(tab.status).not_to_have_text(CUT)
    until(lambda: len(gateway.sends) == 5, tab.page)
    assert len({each["messageId"] for each in gateway.sends}) == 1
    assert len(gateway.messages) == 1


def test_other_text_gets_another_id(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.refusals = [problem("recipient-limit-reached", 429, retryAfter=60)]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("Too many messages for now. Try after ")
    tab.message.fill("Alt text")
    tab.send()
    expect(tab.status).to_have_text(SENT)
    assert gateway.sends[0]["messageId"] != gateway.sends[1]["messageId"]


def test_the_hosts_own_id_is_never_replaced(visit: Visiting, gateway: FakeGateway) -> None:
    own = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
    gateway.refusals = [problem("message-id-reused", 422, title="Used.", field="messageId")]
    tab = visit(f'message-id="{own}"')
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("Used.")
    assert [each["messageId"] for each in gateway.sends] == [own]


def test_what_is_unconfirmed_is_sent_again_under_a_new_id_and_a_new_token(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["unconfirmed"]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(UNCONFIRMED)
    tab.button("Send again anyway").click()
    until(lambda: len(gateway.messages) == 2, tab.page)
    assert gateway.asked == ["first", "resend"]
    assert [each["token"] for each in gateway.sends] == ["token-1", "token-2"]


def test_a_late_report_is_shown_instead_of_sending_again(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["unconfirmed", "sent"]
    tab = visit()
    tab.write()
    tab.send()
    tab.button("Send again anyway").click()
    expect(tab.status).to_have_text(SENT)
    assert len(gateway.sends) == 1


def test_a_host_that_lets_nothing_be_sent_again_leaves_what_is_known(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["unconfirmed"]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(UNCONFIRMED)
    gateway.mints = False
    tab.button("Send again anyway").click()
    expect(tab.status).to_have_text(f"No permission to send. Try again. {UNCONFIRMED}")
    expect(tab.button("Send again anyway")).to_be_visible()
    assert len(gateway.messages) == 1


def test_a_token_that_is_over_is_renewed_once_under_the_same_id(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.expired = {"token-1"}
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(SENT)
    assert gateway.asked == ["first", "expired"]
    assert [each["token"] for each in gateway.sends] == ["token-2"]


def test_a_second_refused_token_is_said(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.expired = {"token-1", "token-2"}
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("Permission to send ran out. Reload the page.")
    assert gateway.asked == ["first", "expired"]
    assert tab.told("c2s-error")[0]["code"] == "token-expired"


def test_a_token_is_renewed_before_it_is_over(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.life = ["submitted"]
    tab = visit(clock=True)
    tab.page.evaluate(
        """() => {
          const began = Date.now(), reasons = (window.reasons = []);
          document.querySelector("click-to-sms").getToken = async ({ reason }) => {
            const expiresAt = new Date(began + 60_000 * reasons.push(reason)).toISOString();
            return { token: ["token", reasons.length].join("-"), expiresAt };
          };
        }"""
    )
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("Handed to the SMS provider. Waiting for its report.")
    tab.page.clock.run_for(29_000)
    assert tab.page.evaluate("reasons") == ["first"]
    wait_for(tab.page, "reasons.length > 1", step=5000)
    assert tab.page.evaluate("reasons") == ["first", "expired"]


def test_a_used_up_token_is_said_and_another_one_asked_for_when_the_person_insists(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.refusals = [problem("token-used-up", 403)]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("All permitted messages were sent.")
    assert gateway.asked == ["first"]
    tab.send()
    expect(tab.status).to_have_text(SENT)
    assert gateway.asked == ["first", "used"]


def test_the_next_message_asks_for_a_token_with_the_reason_used(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(SENT)
    tab.button("New message").click()
    expect(tab.message).to_have_value("")
    tab.write("Alt text")
    tab.send()
    until(lambda: len(gateway.messages) == 2, tab.page)
    assert gateway.asked == ["first", "used"]


def test_no_token_is_said(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.mints = False
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("No permission to send. Try again.")
    (error,) = tab.told("c2s-error")
    assert (error["code"], error["detail"]) == ("no-token", "Error: the host says no")


def test_a_number_that_the_token_is_not_for_is_said(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.refusals = [problem("token-not-allowed", 403, field="phoneNumber")]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("This page may not send to this number.")


def test_a_token_for_the_number_before_is_changed_for_one_for_this_number(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = visit()
    tab.write()
    until(lambda: gateway.asked == ["first"], tab.page)
    gateway.refusals = [problem("token-not-allowed", 403, field="phoneNumber")]
    tab.number.fill("0722 000 111")
    tab.send()
    expect(tab.status).to_have_text(SENT)
    assert gateway.asked == ["first", "first"]


def test_an_origin_that_is_not_allowed_is_named(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.refusals = [problem("token-not-allowed", 403, field="Origin")]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("The gateway does not allow https://crm.example.")


def test_a_gateway_that_lets_the_page_read_nothing_is_told_from_a_cut(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.allows_origin = "https://shop.example"
    tab = visit(clock=True)
    tab.write()
    tab.send()
    wait_for(tab.page, "told.some(({ type }) => type === 'c2s-error')", step=1000)
    expect(tab.status).to_have_text(
        f"{CUT} The gateway cannot be reached, or it does not allow https://crm.example."
    )


def test_offline_is_said_and_nothing_is_asked(
    opened: tuple[BrowserContext, Visiting], gateway: FakeGateway
) -> None:
    context, visit = opened
    tab = visit()
    tab.write()
    context.set_offline(True)
    tab.send()
    expect(tab.status).to_have_text("You are offline. Nothing was sent.")
    assert gateway.sends == []


@pytest.mark.parametrize(
    ("refusal", "field", "words"),
    [
        (problem("suppressed", 422, field="phoneNumber"), "number", "do-not-contact list."),
        (problem("invalid-phone-number", 422, field="phoneNumber"), "number", "Not a valid mobile"),
        (
            problem("country-not-allowed", 422, field="phoneNumber"),
            "number",
            "This page may not send",
        ),
        (problem("mis-decoded-text", 422, field="message"), "message", "Mis decoded text. D."),
    ],
)
def test_a_refused_field_is_marked_and_gets_the_focus(
    visit: Visiting, gateway: FakeGateway, refusal: dict[str, object], field: str, words: str
) -> None:
    gateway.refusals = [refusal]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.sms.locator(f"#{field}-error")).to_contain_text(words)
    wrong = tab.sms.locator(f"#{field}")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    (error,) = tab.told("c2s-error")
    assert error["code"] == str(refusal["type"]).rsplit(":", 1)[1]
    wrong.press_sequentially("1")
    expect(wrong).not_to_have_attribute("aria-invalid", "true")


def test_the_host_can_keep_a_message_back(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit()
    tab.page.evaluate("addEventListener('c2s-before-send', e => e.preventDefault(), {once: true})")
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("")
    assert gateway.sends == []
    tab.send()
    expect(tab.status).to_have_text(SENT)
