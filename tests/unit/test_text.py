# ruff: noqa: RUF001  look-alike characters are what these tests are about
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.text import MAX_SEPTETS, septets, shown_text

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    "^{}\\[~]|€"
)
LIKELY = st.text(
    st.sampled_from(sorted(GSM)) | st.characters(max_codepoint=0x24F) | st.characters(), max_size=90
)


def refusal(text: str) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as refused:
        shown_text(text)
    assert refused.value.field == "message"
    return refused.value


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_romanian_sentence_is_shown_in_plain_letters(form: str) -> None:
    sentence = "Bună ziua, ești așteptat la ora 10 – mulțumim…"
    written = unicodedata.normalize(form, sentence)  # type: ignore[arg-type]

    assert shown_text(written) == "Buna ziua, esti asteptat la ora 10 - multumim..."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ȘșȚțĂăÂâÎî", "SsTtAaAaIi"),
        ("ŞşŢţ", "SsTt"),
        ("S\u0326s\u0326T\u0326t\u0326", "SsTt"),
        ("S\u0327s\u0327T\u0327t\u0327", "SsTt"),
        ("áÄâÅçéÉñõöüÝž", "aAaAceEnoouYz"),
        ("ỆẾ", "EE"),
        ("E\u0323\u0302", "E"),
        ("Straße Łódź Ærø Œuvre ǿ đ þ", "Strasse Lodz AEro OEuvre o d th"),
        ("„citat” «citat» “citat”", '"citat" "citat" "citat"'),
        ("l’ami ‘x’ ‚y‘ ‹z› `q´", "l'ami 'x' 'y' 'z' 'q'"),
        ("a‐b‑c‒d–e—f―g−h", "a-b-c-d-e-f-g-h"),
        ("9\u00a0h\u202f30\u2009min\tok", "9 h 30 min ok"),
        ("so\u00adft\u200bhy\u2060ph\ufeffen", "softhyphen"),
        ("• unu · doi", "* unu . doi"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("\u212a\u212b\u2126", "KAΩ"),
        ("\u1fef\u1ffd\u037e\u0387", "'';."),
        ("5 € = 4 £ @ §1 ¿que? ¡hola! Δ", "5 € = 4 £ @ §1 ¿que? ¡hola! Δ"),
        ("^{}\\[~]|", "^{}\\[~]|"),
    ],
    ids=[
        "comma below", "cedilla", "decomposed comma below", "decomposed cedilla", "western",
        "two marks", "two marks decomposed", "letters without decomposition", "double quotes",
        "single quotes", "dashes", "spaces", "invisible", "dots", "line ends", "doubles of letters",
        "doubles of punctuation", "GSM signs", "GSM extension",
    ],
)  # fmt: skip
def test_what_a_phone_can_show_in_plain_form_is_shown_so(written: str, shown: str) -> None:
    assert shown_text(written) == shown


@pytest.mark.parametrize(
    ("text", "room"),
    [("", 0), ("abc", 3), ("€", 2), ("^{}\\[~]|€", 18), ("a€b", 4), ("Δ\n", 2)],
    ids=["empty", "letters", "euro", "extension", "mixed", "Greek and line end"],
)
def test_characters_of_the_extension_take_two_septets(text: str, room: int) -> None:
    assert septets(text) == room


@pytest.mark.parametrize(
    "text", ["a" * 160, "€" * 80, "ă" * 160, "s\u0326" * 160], ids=lambda text: ascii(text[:2])
)
def test_exactly_one_sms_fits(text: str) -> None:
    assert septets(shown_text(text)) == MAX_SEPTETS == 160


@pytest.mark.parametrize(
    ("text", "room"),
    [("a" * 161, 161), ("€" * 80 + "a", 161), ("…" * 54, 162)],
    ids=["letters", "euros", "ellipses"],
)
def test_one_septet_more_is_refused_and_counted(text: str, room: int) -> None:
    error = refusal(text)

    assert error.code == "text-too-long"
    assert error.details == {"septets": room, "maxSeptets": 160}
    assert str(room) in str(error)


@pytest.mark.parametrize(
    ("text", "unsupported"),
    [
        ("Hi 😀!", [("😀 (GRINNING FACE)", 4)]),
        ("Дa", [("Д (CYRILLIC CAPITAL LETTER DE)", 1)]),
        ("a\u0416b\u0416", [("Ж (CYRILLIC CAPITAL LETTER ZHE)", p) for p in (2, 4)]),
        ("1\u0301", [("\u0301 (COMBINING ACUTE ACCENT)", 2)]),
        ("\u0301a", [("\u0301 (COMBINING ACUTE ACCENT)", 1)]),
        ("a≠b", [("≠ (NOT EQUAL TO)", 2)]),
        ("\x1b", [("U+001B", 1)]),
        ("x\ud800", [("U+D800", 2)]),
        ("\u202e", [("RIGHT-TO-LEFT OVERRIDE", 1)]),
    ],
    ids=[
        "emoji", "Cyrillic", "twice", "mark on a digit", "mark on nothing", "no letter",
        "escape", "lone surrogate", "direction",
    ],
)  # fmt: skip
def test_a_character_no_sms_can_show_is_refused_by_name(
    text: str, unsupported: list[tuple[str, int]]
) -> None:
    error = refusal(text)

    assert error.code == "unsupported-characters"
    assert error.details == {
        "unsupportedCharacters": [{"character": c, "position": p} for c, p in unsupported]
    }
    assert unsupported[0][0] in str(error)


def test_a_character_is_named_once_in_the_sentence() -> None:
    assert str(refusal("😀😀")).count("GRINNING FACE") == 1


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u200b\ufeff", "\u00a0"], ids=ascii)
def test_a_blank_text_is_refused(text: str) -> None:
    assert refusal(text).code == "blank-text"


@given(LIKELY)
def test_a_text_is_shown_in_one_gsm_sms_or_refused_for_a_reason(text: str) -> None:
    try:
        shown = shown_text(text)
    except InvalidValueError as error:
        code, shown = error.code, "nothing"
    else:
        code = "shown"
    assert code in {"shown", "blank-text", "unsupported-characters", "text-too-long"}
    assert set(shown) <= GSM
    assert 0 < septets(shown) <= 160
    assert shown_text(shown) == shown


@given(LIKELY)
def test_composed_and_decomposed_letters_are_shown_alike(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    try:
        shown = shown_text(composed)
    except InvalidValueError:
        return
    assert shown_text(unicodedata.normalize("NFD", composed)) == shown


def test_every_character_of_the_first_two_planes_stays_the_same_when_shown_twice() -> None:
    changed = []
    for code_point in range(0x20000):
        try:
            shown = shown_text(f"a{chr(code_point)}")
        except InvalidValueError:
            continue
        if not set(shown) <= GSM or shown_text(shown) != shown:
            changed.append(f"U+{code_point:04X}")
    assert changed == []


def test_positions_count_the_characters_that_were_sent() -> None:
    with pytest.raises(InvalidValueError) as caught:
        shown_text("a\r\nb😀")

    assert caught.value.details["unsupportedCharacters"] == [
        {"character": "😀 (GRINNING FACE)", "position": 5}
    ]
    assert shown_text("a\r\nb\rc") == "a\nb\nc"
