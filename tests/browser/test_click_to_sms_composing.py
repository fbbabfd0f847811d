"""What the component shows and says while a person writes: to the eye, and to a screen reader."""

from playwright.sync_api import expect

from tests.browser.host_page import TEXT, FakeGateway, Visiting, problem, until


def test_the_preview_shows_what_the_phone_will_show_and_marks_what_changes(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.preview = {"message": "Buna ziua - esti..."}
    tab = visit()
    preview = tab.sms.locator("[part=preview]")
    tab.message.fill("Bună ziua \u2013 ești…")
    expect(preview).to_have_text('The phone will show: "Buna ziua - esti..."')
    assert preview.locator("mark").all_text_contents() == ["a", "-", "s", "..."]
    assert gateway.previews == []
    tab.number.fill("0721 234 567")
    expect(tab.sms.locator("#number-hint")).to_have_text("+40721234567")
    assert [each["message"] for each in gateway.previews] == ["Bună ziua \u2013 ești…"]


def test_the_gateways_preview_has_the_last_word(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.preview = {"message": "Cut", "lostText": " off"}
    tab = visit()
    tab.write("Other " * 40)
    preview = tab.sms.locator("[part=preview]")
    expect(preview).to_have_text('The phone will show: "Cut off"')
    assert preview.locator("mark").all_text_contents() == [" off"]
    tab.send()
    until(lambda: len(gateway.sends) == 1, tab.page)


def test_a_preview_is_asked_for_when_the_person_rests_and_once_a_second_at_most(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = visit(clock=True)
    tab.number.fill("0721 234 567")
    for letter in "abcdefgh":
        tab.message.press_sequentially(letter)
        tab.page.clock.run_for(300)
    assert gateway.previews == []
    tab.page.clock.run_for(200)
    until(lambda: len(gateway.previews) == 1, tab.page)
    tab.message.press_sequentially("i")
    tab.page.clock.run_for(500)
    assert len(gateway.previews) == 1
    tab.page.clock.run_for(500)
    until(lambda: len(gateway.previews) == 2, tab.page)
    assert [each["message"] for each in gateway.previews] == ["abcdefgh", "abcdefghi"]
    assert gateway.asked == ["first"]


def test_no_token_is_asked_for_before_it_is_needed(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit('phone="0721 234 567" text="Gata"')
    expect(tab.message).to_have_value("Gata")
    expect(tab.number).to_have_attribute("autocomplete", "off")
    tab.page.wait_for_timeout(600)
    assert gateway.asked == []
    tab.message.focus()
    until(lambda: gateway.asked == ["first"], tab.page)


def test_refused_characters_are_marked_named_and_not_sent(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = visit()
    tab.write("La mulți ani! 👨‍👩‍👧 și 🎂")
    tab.send()
    expect(tab.sms.locator("#message-error")).to_have_text(
        "An SMS cannot show 👨‍👩‍👧 🎂. Remove it."
    )
    assert tab.sms.locator("mark.bad").all_text_contents() == ["👨‍👩‍👧", "🎂"]
    expect(tab.message).to_be_focused()
    expect(tab.message).to_have_attribute("aria-invalid", "true")
    assert [each["code"] for each in tab.told("c2s-error")] == ["unsupported-characters"]
    assert gateway.sends == []


def test_text_that_is_too_long_is_counted_and_not_sent(
    visit: Visiting, gateway: FakeGateway
) -> None:
    gateway.preview = {"accepted": False}
    tab = visit()
    counter = tab.sms.locator("[part=counter]")
    tab.write("a" * 150 + "€€€€€")
    expect(counter).to_have_text("You can type 0 more characters.")
    tab.write("a" * 150 + "€€€€€ă")
    expect(counter).to_have_text("1 character too many. Shorten the message.")
    assert tab.state("over")
    tab.send()
    expect(tab.message).to_be_focused()
    assert [each["code"] for each in tab.told("c2s-error")] == ["text-too-long"]
    assert gateway.sends == []


def test_an_empty_form_says_what_is_missing(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit()
    tab.send()
    expect(tab.number).to_be_focused()
    expect(tab.sms.locator("#number-error")).to_have_text("Not a valid mobile number. Check it.")
    assert [each["field"] for each in tab.told("c2s-error")] == ["phoneNumber", "message"]
    assert gateway.asked == []


def test_a_number_on_the_list_is_said_when_the_number_is_left(
    visit: Visiting, gateway: FakeGateway
) -> None:
    rule = {"rule": "suppressed", "problem": problem("suppressed", 422, field="phoneNumber")}
    gateway.preview = {"accepted": False, "rules": [rule]}
    tab = visit()
    tab.message.fill(TEXT)
    tab.number.fill("0721 234 567")
    until(lambda: len(gateway.previews) == 1, tab.page)
    error = tab.sms.locator("#number-error")
    expect(error).to_have_text("")
    tab.message.focus()
    expect(error).to_have_text("The number is on the do-not-contact list.")


def test_marks_of_direction_in_a_pasted_number_are_left_out(
    visit: Visiting, gateway: FakeGateway
) -> None:
    tab = visit()
    tab.write(number="\u202a+40\u00a0721 234 567\u202c")
    tab.send()
    until(lambda: len(gateway.sends) == 1, tab.page)
    assert gateway.sends[0]["phoneNumber"] == "+40 721 234 567"


def test_a_fixed_number_comes_from_the_token(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.token = {"phoneNumber": "+40721234567"}
    tab = visit("phone-fixed")
    expect(tab.number).not_to_be_editable()
    tab.message.fill(TEXT)
    tab.send()
    until(lambda: len(gateway.sends) == 1, tab.page)
    assert gateway.sends[0]["phoneNumber"] == "+40721234567"


def test_a_screen_reader_hears_the_count_only_near_the_end_and_on_leaving(
    visit: Visiting,
) -> None:
    tab = visit(clock=True)
    heard = tab.sms.locator("[aria-live=polite]")
    expect(heard).to_have_text("")
    tab.message.fill("a" * 100)
    tab.page.clock.run_for(1500)
    expect(heard).to_have_text("")
    tab.message.fill("a" * 145)
    tab.page.clock.run_for(900)
    expect(heard).to_have_text("")
    tab.page.clock.run_for(200)
    expect(heard).to_have_text("You can type 15 more characters.")
    tab.message.fill("a" * 161)
    tab.page.clock.run_for(1100)
    expect(heard).to_have_text("1 character too many. Shorten the message.")
    tab.message.fill("a" * 10)
    tab.page.clock.run_for(1100)
    expect(heard).to_have_text("You can type 150 more characters.")
    tab.message.fill("a" * 20)
    tab.page.clock.run_for(1100)
    expect(heard).to_have_text("You can type 150 more characters.")
    tab.message.blur()
    tab.page.clock.run_for(10)
    expect(heard).to_have_text("You can type 140 more characters.")
    expect(tab.sms.get_by_role("alert")).to_have_count(0)


def test_the_keyboard_is_enough(visit: Visiting, gateway: FakeGateway) -> None:
    tab = visit()
    keyboard = tab.page.keyboard
    keyboard.press("Tab")
    expect(tab.number).to_be_focused()
    keyboard.type("0721 234 567")
    keyboard.press("Tab")
    keyboard.type("Prima")
    keyboard.press("Tab")
    expect(tab.button("Send SMS")).to_be_focused()
    keyboard.press("Enter")
    expect(tab.status).to_contain_text("Sent:")
    expect(tab.button("Send SMS")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(tab.message).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.type("0721 234 567")
    keyboard.press("Tab")
    keyboard.type("A doua")
    keyboard.press("Control+Enter")
    until(lambda: [each["message"] for each in gateway.sends] == ["Prima", "A doua"], tab.page)
    tab.button("New message").press("Enter")
    tab.write("A treia")
    tab.number.press("Enter")
    until(lambda: len(gateway.sends) == 3, tab.page)


def test_a_poll_never_moves_the_focus(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.life = ["unconfirmed"]
    tab = visit(clock=True)
    tab.write()
    tab.send()
    again = tab.button("Send again anyway")
    expect(again).to_be_visible()
    again.focus()
    gateway.life = ["sent"]
    tab.page.clock.run_for(80_000)
    expect(tab.status).to_contain_text("Sent:")
    expect(again).to_be_focused()
    expect(again).to_have_attribute("aria-disabled", "true")
    tab.message.focus()
    expect(again).to_be_hidden()


def test_romanian_is_spoken_where_the_page_does(visit: Visiting, gateway: FakeGateway) -> None:
    gateway.life = ["unconfirmed"]
    tab = visit(lang="ro-RO")
    expect(tab.sms.locator("[part=counter]")).to_have_text("Scrieți mesajul.")
    tab.sms.get_by_label("Număr de telefon").fill("0721 234 567")
    tab.sms.get_by_label("Mesaj").fill("a" * 140)
    counter = tab.sms.locator("[part=counter]")
    expect(counter).to_have_text("Mai puteți scrie 20 de caractere.")
    tab.button("Trimite SMS").click()
    expect(tab.status).to_have_text(
        "Nu știm dacă mesajul a fost trimis. Dacă îl trimiteți din nou, poate ajunge de două ori."
    )
    expect(tab.button("Trimite totuși din nou")).to_be_visible()
    expect(tab.button("Mesaj nou")).to_be_visible()
    tab.page.evaluate("document.documentElement.lang = 'en'")
    expect(tab.button("Send again anyway")).to_be_visible()
    tab.sms.evaluate("sms => sms.lang = 'ro'")
    expect(tab.button("Mesaj nou")).to_be_visible()


def test_a_text_that_was_sent_has_no_room_left_to_tell(visit: Visiting) -> None:
    tab = visit()
    counter = tab.sms.locator("[part=counter]")
    tab.write()
    expect(counter).to_have_text("You can type 137 more characters.")
    tab.send()
    expect(tab.button("New message")).to_be_visible()
    expect(counter).to_have_text("")
    tab.button("New message").click()
    expect(counter).to_have_text("Write the message.")


def test_garbled_text_is_called_so_and_not_a_matter_of_one_character(
    visit: Visiting, gateway: FakeGateway
) -> None:
    wrong = problem("mis-decoded-text", 422, field="message")
    gateway.preview = {"accepted": False, "rules": [{"problem": wrong}]}
    tab = visit()
    tab.write("A\u00c8\u2122a")
    error = tab.sms.locator("#message-error")
    expect(error).to_have_text("Mis decoded text. D.")
    tab.send()
    expect(tab.message).to_be_focused()
    expect(error).to_have_text("Mis decoded text. D.")
    assert gateway.sends == []
