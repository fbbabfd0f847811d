# ruff: noqa: RUF001  look-alike characters are what these tests are about
"""UTF-8 that was read as Windows-1252 or Windows-1250, and texts that only look like it."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sms_gateway.domain.mis_decoded import LETTERS, SIGNS, garbled
from sms_gateway.domain.text import TextRules
from tests.unit.alphabets import ALPHABETS

RULES = TextRules()
PAGES = ("cp1252", "cp1250")
UNDEFINED: dict[str, Callable[[int], str]] = {
    "as the Web and Windows do": chr,
    "with the replacement character": lambda _: "\ufffd",
}
"""What programs make of a byte that the code page does not define."""
DROPPED: dict[str, Callable[[int], str]] = {"dropped": lambda _: ""}
TO_CEDILLA = str.maketrans("șțȘȚ", "şţŞŢ")

PHRASES = {
    "Romanian": (
        "Bună ziua, ești așteptat la ora 10 – mulțumim…|Vă reamintim programarea de mâine|"
        "Plata întârziată|Comanda dumneavoastră a fost livrată|Ați câștigat|La mulți ani!|"
        "Școala începe luni|Țara noastră|Înainte|știre|țară|ăsta|ăla|îngheț|sfârșit|rău|vânt|"
        "București|Brașov|Iași|Târgu Mureș|Timișoara|Constanța|Bistrița-Năsăud|Sfântu Gheorghe|"
        "Reșița|Râmnicu Vâlcea|însă|fără|până|după|când|cât|două|miercuri dimineață|sâmbătă|"
        "„Casă dulce casă”|Prețul: 20 € pe lună|Închis duminică|Așa să fie|Ștefan|Țepeș|Ăștia"
    ),
    "German": (
        "Grüße aus München|Straße|Fußgängerüberführung|Äpfel|Öl|Übung|schön|für Sie geöffnet|"
        "STRAẞE|Ihr Termin ist am Dienstag – bitte pünktlich|„Größe“|Köln|Düsseldorf|süß|Tür"
    ),
    "French": (
        "Été à Orléans|garçon|Noël|œuvre|Œuvre|forêt|où êtes-vous ?|« ça va »|maïs|île|hôtel|"
        "L’été|Ça|dû|ÿ|château|très bientôt|À demain|cœur|naïve|août|déjà reçu"
    ),
    "Polish": (
        "Zażółć gęślą jaźń|Łódź|Kraków|Gdańsk|Święta|Żaba|źle|ćma|Są|Tą|się|dziękuję|Ósmy|"
        "Państwa zamówienie zostało wysłane|proszę|wtorek, środa|książka|„Życzenia”"
    ),
    "Hungarian": (
        "Árvíztűrő tükörfúrógép|Őszi szél|Üdvözöljük|kérjük|Váci út|Győr|Pécs|jó|JÓ|KÖNYV|"
        "KÖSZÖNJÜK|hétfő|időpont|ügyfelünk|Ön|Új|bérlő|hűtő|út|úton|közvetlenül"
    ),
    "Czech": (
        "Příliš žluťoučký kůň úpěl ďábelské ódy|Děkujeme|čaj|Kč|100 Kč|Vč. DPH|těšíme se|"
        "Řeka|Žďár|účet|zákazník|štěstí|Plzeň|neděle|čtvrtek|pátek|Určitě|Ústí nad Labem"
    ),
    "Slovak": "Ďakujeme|päť|dĺžka|Žilina|ľudia|mäso|vŕba|Trenčín|kôň|Ľubica|deväť|štvrtok|Ťažko",
    "Croatian": "Čestitamo|račun|Đakovo|žlica|Šibenik|kuća|vijesti|ćup|četvrtak|Županja",
    "Slovene": "Ljubljana čaka|žoga|šola|Črnomelj|Koščak",
    "Spanish": "¿Qué tal?|¡Hola!|mañana|España|pingüino|corazón|Ángel|niño|sí|SÍ|AÑO|camión",
    "Portuguese": (
        "São Paulo|ação|coração|você|amanhã|AVÔ|mãe|pôr|às dez|à noite|três|órgão|Lê|Vê|Dê"
    ),
    "Italian": "perché|città|è|È|lunedì|più|però|caffè|Già|Là|Università",
    "Swedish": "Välkommen|på|PÅ|få|Åre|Örebro|räksmörgås|SMÖR|ÄR|blå|år",
    "Danish": "rødgrød med fløde|Århus|Ærø|på gensyn|blå|NÆSTE|ØL",
    "Icelandic": "Þórður|Reykjavík|góðan daginn|Ísland|veður|æfing",
    "Lithuanian": "ačiū|Šiauliai|ežys|DIENĖ|Žąsis|ąžuolas|įmonė|ūkis",
    "Latvian": "paldies, Rīga|Ķekava|ļoti|šķērsiela|ĒKA|Ņina|ūdens|čau",
    "Turkish": "İstanbul|ışık|Çarşamba|güneş|şeker|Şişli|ağaç|kâğıt|ÖĞLE",
    "Maltese": "Ħamrun|Għawdex|Żebbuġ|ċavetta|ĠGANTIJA",
    "Welsh": "tŷ|dŵr|Ŵyr|Ŷd|ẃ",
    "Greek": "Καλημέρα|ευχαριστώ|και|ΑΘΗΝΑ",
    "Russian": "Привет|спасибо|СМС|Москва",
    "Bulgarian": "Благодаря|поръчка",
    "Ukrainian": "Дякуємо|Київ|їжак|ґанок",
    "signs": "10\u00a0lei|10 €|a – b|a — b|…|„|“|”|‘|’|«|»|•|20 °C|½|× 2|3×4|🎂|😀|✓|→|❤|№ 7",
}
PHRASE_LIST = [phrase for phrases in PHRASES.values() for phrase in phrases.split("|")]
FORMS = sorted(
    {form for p in PHRASE_LIST for form in (p, p.capitalize(), p.upper())}
    | {p.translate(TO_CEDILLA) for p in PHRASE_LIST}
)

BETTER_READ_AS_ROMANIAN = {"PÅ", "PÅ GENSYN", "FÅ", "BLÅ"}
"""Through Windows-1250 they become `PĂ…`, as a Romanian word in capitals may end. Texts of which
the other letters are garbled too are refused for those."""

GOOD = [
    "„CAFÉ”", "„CAFÉ“", "«CAFÉ»", "»CAFÉ«", "‚CAFÉ‘", "„CASĂ”", "„CASĂ“", "«CASĂ»", "‹CASĂ›",
    "„CASĂ DULCE CASĂ”, a zis", "„Ă”", "litera «Ă»", "(„MASĂ”)", "›OÌ‹",
    "„A COBORΔ", "«Â»", "„MASĂ”-ul",
    "”HYVÄ”", "„HYVÄ“", "”PÅ”", "«PÅ»", "»PÅ«", "“AMANHÔ", "«AMANHû", "„FĂRĂ… ”",
    "PLATA RESTANTĂ…", "PLATĂ ÎNTÂRZIATĂ… SUNAȚI", "HYVÄ…", "PÅ…", "ATÉ AMANHÃ…", "SĂ… TE SUN",
    "SÂMBĂTĂ–DUMINICĂ: ÎNCHIS", "PLATĂ—LIVRARE", "CASĂ – MASĂ", "CASĂ\u00a0NOUĂ",
    "VĂ\u00a0ROGI", "SĂ\u00a0NU", "ORA FIXĂ\u00a010", "PÅ\u00a010", "HYVÄ\u00a0PÄIVÄ",
    "ORĂŞEL", "CÂŞTIG", "CÂŞTIGĂTOR", "PĂŞUNE", "ĂŞTIA", "Ăştia", "Ăşti", "Îşi face", "ÎŞI",
    "PÄŤ", "DEVÄŤ", "PAMÄŤ", "RUKOVÄŤ", "PRIMÄŤ",
    "DĹŽKA", "PREDĹŽENIE", "STĹP", "TĚŠÍME SE", "PĚŠKY",
    "L’ÉTÉ", "VOCÊ’S", "CAFÉ’S", "Ç’KEMI", "PERCHÈ?", "È VERO", "ÄÄNI", "ÄRZTE", "Ärzte",
    "Äpfel", "ÅRSTA", "Åre", "Ãngela", "ÇA", "Échelle", "Ăsta", "Çok", "Êtes", "Č", "É",
    "ESPAÑA…", "„ESPAÑA”", "Ñandú", "Ørsted", "na hÉireann", "áÄâÅçéÉñõöüÝž", "5 € = 4 £",
    "preț: 20€", "20 € – 30 €", "a„b”c", "«â»", "â€", "Ð", "Đ", "ð", "Ń",
]  # fmt: skip
"""Letters and signs that stand where those of garbled text do."""


def read_as(page: str, text: str, undefined: str = "as the Web and Windows do") -> str:
    instead = (UNDEFINED | DROPPED)[undefined]
    return "".join(
        bytes([byte]).decode(page, errors="ignore") or instead(byte) for byte in text.encode()
    )


def is_garbled(text: str) -> bool:
    return garbled(unicodedata.normalize("NFC", text)) != []


def problem(text: str) -> Exception | None:
    return next(v.problem for v in RULES.examine(text).verdicts if v.rule == "mis-decoded-text")


def test_there_are_a_few_hundred_phrases() -> None:
    assert len(PHRASE_LIST) > 250
    assert len(FORMS) > 600


def test_no_phrase_is_taken_for_garbled() -> None:
    assert [phrase for phrase in FORMS if is_garbled(phrase)] == []


def test_no_decomposed_phrase_is_taken_for_garbled() -> None:
    assert [p for p in FORMS if problem(unicodedata.normalize("NFD", p))] == []


@pytest.mark.parametrize("text", GOOD)
def test_a_text_that_only_looks_like_it_is_left_alone(text: str) -> None:
    assert problem(text) is None
    assert problem(f"Bine. {text}, da") is None


@pytest.mark.parametrize("undefined", UNDEFINED)
@pytest.mark.parametrize("page", PAGES)
def test_no_garbled_phrase_passes(page: str, undefined: str) -> None:
    texts = [phrase for phrase in FORMS if not phrase.isascii()]
    passed = {text for text in texts if not is_garbled(read_as(page, text, undefined))}

    assert passed == (BETTER_READ_AS_ROMANIAN if page == "cp1250" else set())


@pytest.mark.parametrize("page", [*PAGES, "latin-1"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_no_garbled_phrase_passes_however_it_was_composed(page: str, form: str) -> None:
    scripts = PHRASES.keys() - {"Greek", "Russian", "Bulgarian", "Ukrainian"}
    phrases = {p for name in scripts for p in PHRASES[name].split("|") if not p.isascii()}
    phrases -= BETTER_READ_AS_ROMANIAN
    texts = [read_as(page, unicodedata.normalize(form, p)) for p in phrases]  # type: ignore[arg-type]

    assert [text for text in texts if not is_garbled(text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_phrase_that_was_garbled_twice_does_not_pass(page: str) -> None:
    texts = [phrase for phrase in FORMS if not phrase.isascii()]

    assert [text for text in texts if not is_garbled(read_as(page, read_as(page, text)))] == []


def test_a_list_of_what_is_written_holds_the_alphabet_of_every_language() -> None:
    two_in_one = set("ǄǅǆǇǈǉǊǋǌ")

    assert set("".join(ALPHABETS.values())) - two_in_one <= set(LETTERS)


@pytest.mark.parametrize("undefined", UNDEFINED)
@pytest.mark.parametrize("page", PAGES)
def test_every_letter_is_recognised_alone_and_inside_words(page: str, undefined: str) -> None:
    passed = []
    for letter in LETTERS:
        words = [letter, f"{letter}mare", f"ca{letter}nd", f"Ca{letter}", f"vin {letter} da"]
        if letter.isupper():
            words = [letter, f"{letter}MARE", f"CA{letter}ND", f"{letter}mare", f"VIN {letter} DA"]
        passed += [word for word in words if not is_garbled(read_as(page, word, undefined))]
    assert passed == []


@pytest.mark.parametrize("page", PAGES)
def test_every_sign_is_recognised_between_words(page: str) -> None:
    texts = [text for s in SIGNS for text in (s, f"a {s} b", f"mare{s}", f"10{s}lei", f"RON{s}100")]

    assert [text for text in texts if not is_garbled(read_as(page, text))] == []


LANGUAGES_WORDS = st.sampled_from(sorted(ALPHABETS)).flatmap(
    lambda name: st.builds(
        "{}{}{}".format,
        st.text(st.sampled_from("ABCDEFGHIJKLMNOPRSTUVZ"), max_size=5),
        st.sampled_from([c for c in ALPHABETS[name] if c.isupper()]),
        st.text(st.sampled_from("ABCDEFGHIJKLMNOPRSTUVZ"), max_size=5) | st.just(""),
    )
)
QUOTED = st.tuples(
    st.sampled_from(["„”", "„“", "“”", "””", "«»", "»«", "‚‘", "‘’", "’’", "‹›", "›‹"]),
    st.lists(LANGUAGES_WORDS, min_size=1, max_size=4).map(" ".join),
).map(lambda drawn: f"{drawn[0][0]}{drawn[1]}{drawn[0][1]}")


@given(
    st.lists(LANGUAGES_WORDS | QUOTED, min_size=1, max_size=6),
    st.sampled_from(["", ".", ", DA", "!", ": 10", " – X"]),
)
def test_capitals_and_quotes_are_left_alone(words: list[str], end: str) -> None:
    assert problem(" ".join(words) + end) is None


@given(
    st.text(st.sampled_from("abcdefghij.,10 "), max_size=20),
    st.sampled_from(LETTERS),
    st.text(st.sampled_from("abcdefghij.,10 "), max_size=20),
    st.sampled_from(PAGES),
    st.sampled_from([*UNDEFINED]),
)
def test_a_garbled_letter_is_found_wherever_it_stands(
    before: str, letter: str, after: str, page: str, undefined: str
) -> None:
    (found, *others) = garbled(read_as(page, before + letter + after, undefined))

    assert others == []
    assert found.start in {len(before), len(before) - 1}
    assert found.meant in {letter, None}
    assume(undefined != "with the replacement character")
    assert found.meant == letter


@given(st.text(st.characters(max_codepoint=0x2FF) | st.sampled_from(SIGNS), max_size=40))
def test_what_is_found_stands_in_the_text_and_does_not_overlap(text: str) -> None:
    found = garbled(text)
    places = [index for each in found for index in range(each.start, each.end)]

    assert places == sorted(set(places))
    assert all(0 <= index < len(text) for index in places)


# --- what is told about it ---------------------------------------------------------------------


def test_what_is_garbled_is_named_with_its_position_and_what_it_was() -> None:
    (first, *others) = RULES.examine("\r\nBunÄƒ ziua, eÈ™ti").verdicts[1:2]
    assert others == []
    assert first.problem

    assert first.problem.details == {
        "misDecodedCharacters": [
            {
                "position": 6,
                "characters": "Äƒ (LATIN CAPITAL LETTER A WITH DIAERESIS, "
                "LATIN SMALL LETTER F WITH HOOK)",
                "meant": "ă (LATIN SMALL LETTER A WITH BREVE)",
            },
            {
                "position": 16,
                "characters": "È™ (LATIN CAPITAL LETTER E WITH GRAVE, TRADE MARK SIGN)",
                "meant": "ș (LATIN SMALL LETTER S WITH COMMA BELOW)",
            },
        ]
    }
    sentence = str(first.problem)
    assert "Äƒ at position 6 (probably ă), È™ at position 16 (probably ș)." in sentence
    assert "UTF-8" in sentence


def test_what_cannot_be_seen_is_named_in_the_sentence() -> None:
    sentence = str(problem("10Â\u00a0lei, casÄ\u0083"))

    assert "Â[NO-BREAK SPACE] at position 3 (probably [NO-BREAK SPACE])" in sentence
    assert "Ä[U+0083] at position 13 (probably ă)" in sentence


def test_a_sentence_names_five_places_and_the_list_the_first_twenty() -> None:
    found = next(v.problem for v in RULES.examine("È™" * 100).verdicts if v.problem)

    assert str(found).count("È™") == 5
    assert "and 95 more" in str(found)
    assert len(found.details["misDecodedCharacters"]) == 20


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("eÈ™ti", ["mis-decoded-text", "unsupported-characters"]),
        ("mulÈ›umim", ["mis-decoded-text"]),
        ("ðŸŽ‚", ["mis-decoded-text"]),
        ("cas\ufffd", ["unsupported-characters"]),
        ("\ufffdtiri", ["unsupported-characters"]),
        ("Ç" + "a" * 160, ["text-too-long"]),
        ("Å£" * 81, ["mis-decoded-text", "text-too-long"]),
    ],
)
def test_it_is_told_before_the_characters_that_an_sms_cannot_show(
    text: str, rules: list[str]
) -> None:
    assert [v.rule for v in RULES.examine(text).verdicts if v.problem] == rules


def test_no_text_is_garbled_by_becoming_plain() -> None:
    assert [phrase for phrase in FORMS if garbled(RULES.examine(phrase).shown)] == []


# --- a whole dictionary --------------------------------------------------------------------------


PLACES = (Path("/usr/share/hunspell/ro_RO.dic"), Path("/usr/share/myspell/dicts/ro_RO.dic"))


@pytest.fixture(scope="module")
def words() -> list[str]:
    """Every Romanian word with a letter that is not ASCII, from Debian's package `hunspell-ro`.

    That is LibreOffice's dictionary (© Lucian Constantin and others; GPL-2, LGPL-2.1 or MPL-1.1).
    It is read where it is installed, and no part of it is in this repository.
    """
    place = next((place for place in PLACES if place.exists()), None)
    if place is None:
        pytest.skip("no list of Romanian words here; on Debian: apt-get install hunspell-ro")
    lines = place.read_text(encoding="utf-8").splitlines()
    found = {re.split(r"[/\s]", unicodedata.normalize("NFC", line))[0] for line in lines}
    return sorted(word for word in found if not word.isascii())


def forms(words: list[str]) -> Iterator[str]:
    """Each word as it is, with a capital, in capitals; with commas below and with cedillas."""
    for word in words:
        for form in dict.fromkeys((word, word.capitalize(), word.upper())):
            yield form
            with_cedilla = form.translate(TO_CEDILLA)
            if with_cedilla != form:
                yield with_cedilla


@pytest.mark.every_word
def test_of_all_romanian_words_none_is_refused(words: list[str]) -> None:
    assert len(words) > 50_000
    assert [form for form in forms(words) if garbled(form)] == []


@pytest.mark.every_word
@pytest.mark.parametrize("undefined", UNDEFINED)
@pytest.mark.parametrize("page", PAGES)
def test_of_all_romanian_words_none_passes_garbled(
    words: list[str], page: str, undefined: str
) -> None:
    table = {
        byte: bytes([byte]).decode(page, errors="ignore") or UNDEFINED[undefined](byte)
        for byte in range(0x80, 0x100)
    }
    passed = [
        form
        for form in forms(words)
        if not garbled(form.encode().decode("latin-1").translate(table))
    ]
    assert passed == []


@pytest.mark.every_word
@pytest.mark.parametrize("page", PAGES)
def test_of_all_romanian_words_in_small_letters_few_pass_with_bytes_dropped(
    words: list[str], page: str
) -> None:
    """`ăsta` becomes `Ästa`, which could be a word: nothing is left to tell them apart."""
    small = [word for word in words if word.islower()]
    passed = [word for word in small if not garbled(read_as(page, word, "dropped"))]

    assert [word for word in passed if not word.startswith("ă")] == []
    assert len(passed) < 50
