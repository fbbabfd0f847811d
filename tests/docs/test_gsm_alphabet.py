"""Pages in a browser count an SMS as the gateway does: their table is made from its own."""

from pages import gsm_alphabet


def test_the_table_of_the_pages_is_the_domains() -> None:
    assert gsm_alphabet.TABLE.read_text(encoding="utf-8") == gsm_alphabet.table(), "run make docs"


def test_the_examples_are_what_the_domain_answers() -> None:
    written = gsm_alphabet.EXAMPLES.read_text(encoding="utf-8")
    assert written == gsm_alphabet.examples(), "run make docs"
