"""However it goes wrong, the component sends a text once, and none that was not asked for."""

from playwright.sync_api import expect

from tests.browser.host_page import HOST, FakeGateway, Visiting, problem, until

LATER = problem("too-many-requests", 429)
UNCONFIRMED = "We do not know if it was sent. Sent again, it may arrive twice."


def test_what_was_cut_and_then_refused_keeps_its_id_when_it_is_sent_again(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["unconfirmed"]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text(UNCONFIRMED)
    gateway.refusals, gateway.takes_what_it_cuts = [None, LATER], True
    tab.button("Send again anyway").click()
    expect(tab.status).to_contain_text("Too many messages for now.")
    expect(tab.button("Send again anyway")).to_be_hidden()  # it would have a third id
    tab.send()
    until(lambda: len(gateway.sends) == 4, tab.page)
    assert len({each["messageId"] for each in gateway.sends[1:]}) == 1
    assert len(gateway.messages) == 2


def test_another_tab_knows_the_id_of_what_was_cut_then_refused_and_then_kept_back(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.refusals, gateway.takes_what_it_cuts = [None, LATER], True
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("Too many messages for now.")
    tab.page.evaluate("addEventListener('c2s-before-send', e => e.preventDefault())")
    tab.send()
    until(lambda: len(tab.told("c2s-before-send")) == 2, tab.page)
    other = visit()
    other.write()
    other.send()
    until(lambda: len(gateway.sends) == 3, other.page)
    assert len(gateway.messages) == 1


def test_a_text_that_the_host_sets_while_it_is_asked_for_a_token_is_not_sent(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.token = {"phoneNumber": "+40721234567"}
    tab = visit("phone-fixed")
    tab.sms.evaluate(
        """sms => {
          const ask = sms.getToken;
          sms.getToken = (request) =>
            new Promise((done) => { window.letGo = () => done(ask(request)); });
        }"""
    )
    tab.message.fill("The text of one contact.")
    sending = "window.sending = document.querySelector('click-to-sms').send(); null"
    tab.page.evaluate(sending)
    tab.page.wait_for_function("'letGo' in window")
    tab.sms.evaluate("sms => { sms.text = 'The text of the next one.'; }")
    assert tab.page.evaluate("letGo(), sending.then((id) => id ?? null)") is None
    assert gateway.sends == []
    expect(tab.number).to_have_value("")


def test_what_was_sent_on_one_page_is_not_shown_on_the_page_of_another_contact(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["submitted"]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_have_text("Handed to the SMS provider. Waiting for its report.")
    html = tab.page.content()
    tab.page.route(
        f"{HOST}/contact?*", lambda route: route.fulfill(body=html, content_type="text/html")
    )
    tab.page.goto(f"{HOST}/contact?id=2")
    tab.page.wait_for_function("window.told")
    expect(tab.message).to_have_value("")
    expect(tab.status).to_have_text("")


def test_a_gateway_that_asks_for_an_hour_is_not_waited_for_without_a_word(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.refusals = [problem("service-unavailable", 503, retryAfter=3600)]
    tab = visit()
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("The SMS gateway does not answer. Try again")
    tab.send()
    until(lambda: len(gateway.messages) == 1, tab.page)
    assert len({each["messageId"] for each in gateway.sends}) == 1
