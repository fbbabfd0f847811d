# ruff: noqa: RUF001  look-alike characters are what these tests are about
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.domain.errors import InvalidValueError
from sms_gateway.domain.text import MAX_SEPTETS, ExaminedText, ShownText, TextRules, septets

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    "^{}\\[~]|€"
)
RULES = TextRules()
CUTTING = TextRules(cuts_long_text=True)
PLAIN = st.text(st.sampled_from(sorted(GSM)), max_size=200)
LIKELY = st.lists(
    st.sampled_from([*sorted(GSM), "\r\n", "ș", "s\u0326", "…", "\u0301", "\u200d", "Ж"])
    | st.characters(max_codepoint=0x24F)
    | st.characters(),
    max_size=90,
).map("".join)
ANY = LIKELY | PLAIN


def shown_text(text: str, rules: TextRules = RULES) -> str:
    return rules.read(text).text


def refusal(text: str, rules: TextRules = RULES) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as refused:
        rules.read(text)
    assert refused.value.field == "message"
    return refused.value


def refused_rules(examined: ExaminedText) -> list[str]:
    return [verdict.rule for verdict in examined.verdicts if verdict.problem]


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
        ("Straße Łódź Ærø Œuvre ǿ đ þ STRAẞE", "Strasse Lodz Aero Oeuvre o d th STRASSE"),
        ("Ŋuorra, Əliyev, ŉ, ĸ, ſ, ǆ, ĳ", "Nguorra, Eliyev, 'n, q, s, dz, ij"),
        ("Ｆｕｌｌ ｗｉｄｔｈ（１＋２）！", "Full width(1+2)!"),
        ("„citat” «citat» “citat”", '"citat" "citat" "citat"'),
        ("l’ami ‘x’ ‚y‘ ‹z› `q´ ʼn", "l'ami 'x' 'y' 'z' 'q' 'n"),
        ("a‐b‑c‒d–e—f―g−h⁃i", "a-b-c-d-e-f-g-h-i"),
        ("9\u00a0h\u202f30\u2009min\tok", "9 h 30 min ok"),
        ("so\u00adft\u200bhy\u2060ph\ufeffen", "softhyphen"),
        ("mon\u180egol", "mongol"),
        ("\u2066left\u2069 \u200eto\u200c ri\u200dght\ufe0f", "left to right"),
        ("• unu · doi ‥ 3×4", "* unu . doi .. 3x4"),
        ("one\r\ntwo\rthree\nfour\u2028five\vsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("\r\n\r\none\r\n\r\ntwo\r\n", "one\n\ntwo"),
        ("\u212a\u212b\u2126", "KAΩ"),
        ("\u1fef\u1ffd\u037e\u0387", "'';."),
        ("5 € = 4 £ @ §1 ¿que? ¡hola! Δ", "5 € = 4 £ @ §1 ¿que? ¡hola! Δ"),
        ("^{}\\[~]|", "^{}\\[~]|"),
    ],
    ids=[
        "comma below", "cedilla", "decomposed comma below", "decomposed cedilla", "western",
        "two marks", "two marks decomposed", "letters without decomposition",
        "letters of few languages", "full width", "double quotes", "single quotes", "dashes",
        "spaces", "invisible", "Mongolian vowel separator",
        "directions that change nothing", "dots", "line ends",
        "line ends at both ends",
        "doubles of letters", "doubles of punctuation", "GSM signs", "GSM extension",
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
        ("a=\u0338b", [("≠ (NOT EQUAL TO)", 2)]),
        ("й", [("й (CYRILLIC SMALL LETTER SHORT I)", 1)]),
        ("и\u0306", [("й (CYRILLIC SMALL LETTER SHORT I)", 1)]),
        ("Ά", [("Ά (GREEK CAPITAL LETTER ALPHA WITH TONOS)", 1)]),
        ("10\u00b2", [("² (SUPERSCRIPT TWO)", 3)]),
        ("👩\u200d💻\ufe0f", [("👩 (WOMAN)", 1), ("💻 (PERSONAL COMPUTER)", 3)]),
        ("\x1b", [("U+001B", 1)]),
        ("x\ud800", [("U+D800", 2)]),
        ("\u202e", [("RIGHT-TO-LEFT OVERRIDE", 1)]),
    ],
    ids=[
        "emoji", "Cyrillic", "twice", "mark on a digit", "mark on nothing", "no letter",
        "no letter decomposed", "marked Cyrillic", "marked Cyrillic decomposed", "Greek",
        "superscript", "joined emoji", "escape", "lone surrogate", "direction",
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


@pytest.mark.parametrize(("text", "listed"), [("АБВГДЕЖ", 7), ("АБВГДЕЖ" * 100, 20)])
def test_a_sentence_names_five_characters_and_the_list_the_first_twenty(
    text: str, listed: int
) -> None:
    error = refusal(text)

    assert "Д (CYRILLIC CAPITAL LETTER DE) and 2 more." in str(error)
    assert len(error.details["unsupportedCharacters"]) == listed


def test_of_a_letter_with_a_heap_of_marks_the_first_are_named() -> None:
    (listed,) = refusal("1" + "\u0301" * 1999).details["unsupportedCharacters"]

    assert listed["character"].endswith("COMBINING ACUTE ACCENT and 1993 more)")
    assert len(listed["character"]) < 250


def test_a_mark_behind_a_line_end_stands_where_it_was_sent() -> None:
    (entry,) = RULES.examine("x\r\n\u0301").unsupported

    assert entry.position == 4


def test_positions_count_the_characters_that_were_sent() -> None:
    examined = RULES.examine("a\r\nbs\u0326😀ț")

    assert [(entry.position, entry.character) for entry in examined.unsupported] == [
        (7, "😀 (GRINNING FACE)")
    ]
    assert [(c.position, c.character, c.shown) for c in examined.changed] == [
        (5, "ș (LATIN SMALL LETTER S WITH COMMA BELOW)", "s"),
        (8, "ț (LATIN SMALL LETTER T WITH COMMA BELOW)", "t"),
    ]
    assert examined.shown == "a\nbst"


def test_what_is_shown_is_told_even_of_a_text_that_is_refused() -> None:
    examined = RULES.examine("Ж" + "ă" * 161)

    assert examined.shown == "a" * 161
    assert (examined.septets, examined.lost) == (161, "")
    assert len(examined.changed) == 161
    assert refused_rules(examined) == ["unsupported-characters", "text-too-long"]


def test_every_rule_has_its_verdict_in_one_order() -> None:
    assert [verdict.rule for verdict in RULES.examine("😀").verdicts] == [
        "blank-text",
        "mis-decoded-text",
        "unsupported-characters",
        "text-too-long",
    ]
    assert refused_rules(RULES.examine("😀")) == ["unsupported-characters"]
    assert refused_rules(RULES.examine(" " * 161)) == ["blank-text"]


def test_a_text_that_is_examined_does_not_show_itself() -> None:
    assert "taina" not in repr(CUTTING.examine("taina ă Ж" * 30)) + repr(RULES.read("taina"))


@pytest.mark.parametrize(
    ("text", "cut", "cut_from"),
    [
        pytest.param("a" * 160, "a" * 160, None, id="that fits"),
        pytest.param("a" * 161, "a" * 160, 161, id="of letters"),
        pytest.param("a" * 159 + "€", "a" * 159, 161, id="with a euro across the end"),
        pytest.param("€" * 81, "€" * 80, 162, id="of euros"),
        pytest.param("ș" * 200, "s" * 160, 200, id="of letters with marks"),
        pytest.param("a" * 158 + "…", "a" * 158 + "..", 161, id="with dots across the end"),
    ],
)
def test_a_long_text_is_cut_where_the_setting_says_so(
    text: str, cut: str, cut_from: int | None
) -> None:
    assert CUTTING.read(text) == ShownText(cut, cut_from)


BLANK = [*" \t\n\r\v\f\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000", "\r\n"]
INVISIBLE = [*"\u00ad\u180e\u200b\u200d\u2060\ufeff"]


@pytest.mark.parametrize("blank", BLANK + INVISIBLE, ids=ascii)
@pytest.mark.parametrize("rules", [RULES, CUTTING], ids=["refusing", "cutting"])
def test_white_space_at_the_ends_is_dropped_before_a_text_is_counted(
    blank: str, rules: TextRules
) -> None:
    text = "a" * 80 + "\n" + "b" * 79

    assert rules.read(f"{blank} {text}{blank}\u200b{blank}") == ShownText(text)
    assert rules.examine(blank + text + blank).septets == 160
    assert refusal(blank * 3, rules).code == "blank-text"


def test_dropped_white_space_is_told_and_counted_in_positions() -> None:
    examined = RULES.examine("\r\n aș😀 \n")

    assert [(c.position, c.character, c.shown) for c in examined.changed] == [
        (1, "U+000A", ""),
        (3, "  (SPACE)", ""),
        (5, "ș (LATIN SMALL LETTER S WITH COMMA BELOW)", "s"),
        (7, "  (SPACE)", ""),
        (8, "U+000A", ""),
    ]
    assert [entry.position for entry in examined.unsupported] == [6]
    assert examined.shown == "as"


def test_what_is_cut_off_is_counted_without_white_space_at_the_ends() -> None:
    assert CUTTING.read("\n" + "a" * 161 + " \n") == ShownText("a" * 160, 161)
    assert CUTTING.read(" " * 160 + "a") == ShownText("a")


def test_a_text_is_not_cut_behind_white_space() -> None:
    examined = CUTTING.examine("a" * 158 + " \nb")

    assert (examined.shown, examined.lost) == ("a" * 158, " \nb")
    assert CUTTING.read(examined.shown) == ShownText("a" * 158)


def test_a_mark_on_white_space_keeps_it() -> None:
    assert [entry.position for entry in RULES.examine("a \u0301").unsupported] == [3]


@given(ANY)
def test_a_text_is_shown_in_one_gsm_sms_or_refused_for_a_reason(text: str) -> None:
    for rules in (RULES, CUTTING):
        try:
            shown = shown_text(text, rules)
        except InvalidValueError as error:
            code, shown = error.code, "nothing"
        else:
            code = "shown"
        assert code in {
            "shown",
            "blank-text",
            "mis-decoded-text",
            "unsupported-characters",
            "text-too-long",
        }
        assert rules is RULES or code != "text-too-long"
        assert set(shown) <= GSM
        assert 0 < septets(shown) <= 160
        assert shown == shown.strip()
        assert shown_text(shown) == shown


@given(ANY)
def test_reading_and_examining_agree(text: str) -> None:
    for rules in (RULES, CUTTING):
        examined = rules.examine(text)
        refused = refused_rules(examined)
        if refused:
            assert refusal(text, rules).code == refused[0]
        else:
            cut_from = examined.septets if examined.lost else None
            assert rules.read(text) == ShownText(examined.shown, cut_from)


@given(ANY)
def test_composed_and_decomposed_letters_are_shown_alike(text: str) -> None:
    for rules in (RULES, CUTTING):
        composed = rules.examine(unicodedata.normalize("NFC", text))
        decomposed = rules.examine(unicodedata.normalize("NFD", text))
        assert decomposed.shown == composed.shown
        assert decomposed.lost == composed.lost
        assert decomposed.septets == composed.septets
        assert refused_rules(decomposed) == refused_rules(composed)


@given(ANY)
def test_every_character_stays_changes_or_is_unsupported(text: str) -> None:
    examined = RULES.examine(text)
    noted = [entry.position for entry in examined.changed]
    noted += [entry.position for entry in examined.unsupported]

    assert max(noted, default=0) <= len(text)
    assert all(set(entry.shown) <= GSM for entry in examined.changed)
    if not noted:
        assert examined.shown == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(st.sampled_from("a€[…\n"), max_size=200))
def test_cutting_takes_an_end_away_and_not_a_septet_more_than_it_must(text: str) -> None:
    examined, whole = CUTTING.examine(text), RULES.examine(text).shown

    assert examined.shown + examined.lost == whole
    assert examined.septets == septets(whole)
    assert septets(examined.shown) <= 160
    assert bool(examined.lost) is (examined.septets > 160)
    if examined.lost:
        gap = len(examined.lost) - len(examined.lost.lstrip())
        assert septets(examined.shown + examined.lost[: gap + 1]) > 160


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
