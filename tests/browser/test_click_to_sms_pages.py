"""The component inside other people's pages: their policy, their form, their looks, their tabs."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.host_page import (
    HIDE,
    STRICT,
    TEXT,
    FakeGateway,
    Visit,
    Visiting,
    a_visit,
    problem,
    until,
    wait_for,
)

_FORM = '<form id="host" action="/nowhere"><fieldset>{}</fieldset><button>Save</button></form>'


def test_the_strictest_policy_lets_it_work(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.life = ["unconfirmed"]
    tab = visit(csp=STRICT)
    tab.write("Bună 🎂")
    tab.send()
    expect(tab.message).to_be_focused()
    tab.message.fill("Bună")
    expect(tab.sms.locator("#number-hint")).to_have_text("+40721234567")
    tab.send()
    expect(tab.button("Send again anyway")).to_be_visible()
    assert tab.page.evaluate("violations") == []
    background = "sms => getComputedStyle(sms.shadowRoot.querySelector('form')).backgroundColor"
    assert tab.sms.evaluate(background) == "rgb(255, 255, 255)"


def test_a_hidden_tab_asks_nothing_and_goes_on_when_it_is_shown(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["submitted"]
    tab = visit(clock=True, before=HIDE)
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("Handed to the SMS provider.")
    tab.page.clock.run_for(1500)
    until(lambda: len(gateway.reads) > 0, tab.page)
    tab.page.evaluate("turn('hidden')")
    before = len(gateway.reads)
    tab.page.clock.run_for(300_000)
    assert len(gateway.reads) == before
    gateway.life = ["submitted", "sent"]
    tab.page.evaluate("turn('visible')")
    expect(tab.status).to_contain_text("Sent:")
    assert len(gateway.reads) == before + 1


def test_after_ten_minutes_it_asks_the_person_whether_to_go_on(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["submitted"]
    tab = visit(clock=True)
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("Handed to the SMS provider.")
    again = tab.button("Check again")
    shown = (
        "!document.querySelector('click-to-sms').shadowRoot.querySelectorAll('button')[2].hidden"
    )
    wait_for(tab.page, shown, step=9000)
    assert 20 <= len(gateway.reads) <= 27
    gateway.life = ["submitted", "sent"]
    again.click()
    tab.page.clock.run_for(10)
    expect(tab.status).to_contain_text("Sent:")


def test_removed_from_the_page_it_asks_nothing_and_put_back_it_goes_on(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.life = ["submitted"]
    tab = visit(clock=True)
    tab.write()
    tab.send()
    expect(tab.status).to_contain_text("Handed to the SMS provider.")
    tab.page.evaluate("window.sms = document.querySelector('click-to-sms'); sms.remove()")
    before = len(gateway.reads)
    tab.page.clock.run_for(60_000)
    assert len(gateway.reads) == before
    gateway.life = ["submitted", "sent"]
    tab.page.evaluate("document.querySelector('main').append(sms)")
    tab.page.clock.run_for(10)
    expect(tab.status).to_contain_text("Sent:")


def test_a_form_gets_the_id_and_can_require_that_it_was_sent(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = visit('name="sms" required', around=_FORM)
    page = tab.page
    value = "new FormData(document.forms.host).get('sms')"
    assert page.evaluate("document.forms.host.checkValidity()") is False
    assert tab.sms.evaluate("sms => sms.checkValidity()") is False
    assert page.evaluate(value) is None
    tab.write()
    tab.number.press("Enter")
    expect(tab.status).to_contain_text("Sent:")
    (message,) = gateway.messages
    assert page.url.endswith("/contact"), "Enter has sent the host's form"
    assert page.evaluate(value) == message
    assert page.evaluate("document.forms.host.checkValidity()") is True
    page.evaluate("document.forms.host.reset()")
    expect(tab.status).to_have_text("")
    expect(tab.message).to_have_value("")
    assert page.evaluate(value) is None
    assert page.evaluate("document.forms.host.checkValidity()") is False


def test_it_is_disabled_with_its_fieldset(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit('phone="0721 234 567" text="Gata"', around=_FORM)
    tab.page.evaluate("document.querySelector('fieldset').disabled = true")
    for control in (tab.number, tab.message, tab.button("Send SMS")):
        expect(control).to_be_disabled()
    tab.sms.evaluate("sms => sms.send()")
    assert gateway.asked == []
    tab.page.evaluate("document.querySelector('fieldset').disabled = false")
    expect(tab.message).to_be_enabled()
    tab.sms.evaluate("sms => { sms.disabled = true }")
    expect(tab.message).to_be_disabled()


def test_properties_that_were_set_before_it_was_loaded_count(visit: Visiting) -> None:
    tab = visit()
    tab.page.evaluate(
        "() => { const late = document.createElement('x-late');"
        " Object.assign(late, { phone: '0722', phoneFixed: true, metadata: {case: '1'} });"
        " window.late = late; }"
    )
    taken = tab.page.evaluate(
        "() => { const Base = customElements.get('click-to-sms');"
        " customElements.define('x-late', class extends Base {}); customElements.upgrade(late);"
        " return [late.phone, late.getAttribute('phone'), late.phoneFixed, late.metadata]; }"
    )
    assert taken == ["0722", "0722", True, {"case": "1"}]


def test_the_hosts_metadata_go_with_the_message(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit()
    tab.sms.evaluate("sms => { sms.metadata = {case: '4711'} }")
    tab.write()
    tab.send()
    until(lambda: len(gateway.sends) == 1, tab.page)
    assert gateway.sends[0]["metadata"] == {"case": "4711"}


def test_another_contact_begins_another_message(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit('phone="0721 234 567" text="Gata"')
    tab.send()
    expect(tab.status).to_contain_text("Sent:")
    tab.sms.evaluate("sms => { sms.phone = '0722 000 111' }")
    expect(tab.number).to_have_value("0722 000 111")
    expect(tab.status).to_have_text("")
    tab.send()
    until(lambda: len(gateway.messages) == 2, tab.page)
    assert gateway.sends[1]["phoneNumber"] == "0722 000 111"


def _empty(tab: Visit) -> None:
    expect(tab.message).to_be_visible()


def _refused(tab: Visit) -> None:
    tab.write("Bună 🎂", number="")
    tab.send()


def _over(tab: Visit) -> None:
    tab.write("ă" * 170)
    tab.send()


def _settled(tab: Visit) -> None:
    tab.write("Bună ziua")
    tab.send()
    expect(tab.button("New message")).to_be_visible()


def _failed(tab: Visit) -> None:
    tab.write("Bună ziua")
    tab.gateway.refusals = [problem("token-used-up", 403)]
    tab.send()
    expect(tab.status).not_to_have_text("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_state(
    visit: Visiting, gateway: FakeGateway, scheme: str
) -> None:
    css = f"document.documentElement.style.colorScheme = '{scheme}';"
    css += f"document.documentElement.style.background = '{_page(scheme)}';"
    css += f"document.documentElement.style.color = '{'#000' if scheme == 'light' else '#fff'}';"
    tab = visit(before=css)
    for reach, life in (
        (_empty, ["sent"]),
        (_refused, ["sent"]),
        (_over, ["sent"]),
        (_failed, ["sent"]),
        (_settled, ["sent"]),
        (_settled, ["queued"]),
        (_settled, ["submitted"]),
        (_settled, ["unconfirmed"]),
        (_settled, ["no_report"]),
        (_settled, ["failed"]),
    ):
        gateway.life = life
        tab.page.evaluate("localStorage.clear(), document.querySelector('click-to-sms').reset()")
        reach(tab)
        assert tab.findings() == [], (reach.__name__, life)


def _page(scheme: str) -> str:
    return "#f6f8fa" if scheme == "light" else "#0f1419"


def test_forced_colours_leave_borders_icons_and_marks(
    browser: Browser, gateway: FakeGateway
) -> None:
    gateway.life = ["failed"]
    with a_visit(browser, gateway, forced_colors="active") as (_, visit):
        tab = visit()
        tab.write("Bună")
        tab.send()
        expect(tab.status).to_contain_text("Not sent.")
        style = "(e, name) => getComputedStyle(e)[name]"
        text = tab.message.evaluate(style, "color")
        assert tab.sms.locator("svg").evaluate(style, "color") == text
        assert tab.sms.locator(".status").evaluate(style, "borderTopWidth") == "1px"
        assert "underline" in tab.sms.locator("mark").first.evaluate(style, "textDecorationLine")
        assert tab.button("Send SMS").evaluate(style, "borderTopStyle") == "dashed"


@pytest.mark.parametrize(("motion", "names"), [("reduce", "none"), ("no-preference", "wait")])
def test_it_moves_only_where_the_person_has_nothing_against_it(
    browser: Browser, gateway: FakeGateway, motion: str, names: str
) -> None:
    gateway.refusals = [None]
    with a_visit(browser, gateway, reduced_motion=motion) as (_, visit):
        tab = visit()
        tab.write()
        tab.send()
        expect(tab.status).to_have_text("Sending…")
        assert tab.state("sending")
        icon = tab.sms.locator("svg")
        assert icon.evaluate("e => getComputedStyle(e).animationName") == names


def test_the_host_gives_it_its_own_colours_and_reaches_its_parts(visit: Visiting) -> None:
    style = (
        "const sheet = new CSSStyleSheet(); sheet.replaceSync(`:root { --surface: rgb(7, 8, 9) }"
        " click-to-sms { --c2s-accent: rgb(1, 2, 3); --c2s-radius: 11px;"
        " --c2s-surface: var(--surface) }"
        " click-to-sms::part(counter) { color: rgb(4, 5, 6) }`);"
        " document.adoptedStyleSheets = [sheet];"
    )
    tab = visit(before=style)
    send = tab.button("Send SMS")
    assert send.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(1, 2, 3)"
    assert send.evaluate("e => getComputedStyle(e).borderRadius") == "11px"
    background = tab.message.evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgb(7, 8, 9)", "the page's variable has the name of one of its own"
    counter = tab.sms.locator("[part=counter]")
    assert counter.evaluate("e => getComputedStyle(e).color") == "rgb(4, 5, 6)"
    parts = tab.sms.evaluate(
        "sms => [...sms.shadowRoot.querySelectorAll('[part]')].flatMap(e => [...e.part])"
    )
    assert {"form", "number", "message", "counter", "preview", "send", "error", "actions"} <= {
        *parts
    }


def test_it_is_wide_enough_to_hit_and_fits_a_phone(visit: Visiting) -> None:
    tab = visit()
    tab.page.set_viewport_size({"width": 320, "height": 640})
    tab.write(TEXT)
    for control in (tab.number, tab.message, tab.button("Send SMS")):
        box = control.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 320
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert tab.number.evaluate(size) >= 16
