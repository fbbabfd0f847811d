"""What people read of this project is written in the words of the house word list."""

import io
import re
import token
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.contract import EXAMPLES
from tools.repository import ROOT

_LIST: Final = ROOT / "CONTRIBUTING.md"
_SECTION: Final = re.compile(r"^#+ House word list\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
_ROW: Final = re.compile(r"^\| [^|`]+ \| (`[^|]+`) \| [^|]+ \|$", re.MULTILINE)
_CODE_ON_A_PAGE: Final = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_GAP: Final = r"""(?:[\s#]|["']\s*[a-z]?["'])+"""
"""Between two words: spaces, or the end of a line, of a comment's line or of a piece of a text."""
_TEXT: Final = {"STRING", "FSTRING_MIDDLE", "COMMENT"}

PAGES: Final = [
    *ROOT.glob("*.md"),
    *(
        page
        for folder in (
            "docs",
            "clients",
            "events",
            "examples",
            "local",
            "tests",
            "benchmarks",
            ".github",
        )
        for page in (ROOT / folder).rglob("*.md")
    ),
]
YAML: Final = [
    *(ROOT / name for name in ("openapi.yaml", "template.yaml", "samconfig.toml")),
    *ROOT.glob("docs/*.yaml"),
    *(ROOT / name for name in ("asyncapi.yaml", "docs/event.schema.json")),
    *ROOT.glob("examples/*/template.yaml"),
]
CODE: Final = [
    path
    for folder in (
        "layers/sms_gateway/src",
        "clients",
        "examples",
        "functions",
        "tools",
        "local",
        "pages",
        "benchmarks",
    )
    for path in (ROOT / folder).rglob("*.py")
]
EXCEPTIONS: Final[dict[tuple[str, str], str]] = {}
"""By file and phrase, the reason why it stays."""


def phrases() -> list[str]:
    """The second column of the house word list."""
    section = _SECTION.search(_LIST.read_text(encoding="utf-8"))
    assert section
    return [each for row in _ROW.findall(section[1]) for each in re.findall("`([^`]+)`", row)]


BANNED: Final = re.compile(
    rf"(?<![\w-])(?:{'|'.join(_GAP.join(phrase.split()) for phrase in phrases())})(?![\w-])",
    re.IGNORECASE,
)


def texts_of_code(code: str) -> str:
    """The comments, docstrings and other texts of Python code, each in its place."""
    lines = code.splitlines()
    shown = [[" "] * len(line) for line in lines]
    for each in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.tok_name[each.type] in _TEXT:
            (first, begin), (last, end) = each.start, each.end
            for at in range(first - 1, last):
                start = begin if at == first - 1 else 0
                stop = end if at == last - 1 else len(lines[at])
                shown[at][start:stop] = lines[at][start:stop]
    return "\n".join(map("".join, shown))


def texts_of_page(page: str) -> str:
    """A page without what stands in code spans and code blocks."""
    return _CODE_ON_A_PAGE.sub(lambda code: "\n" * code[0].count("\n"), page)


def texts_of(path: Path) -> str:
    """What the file says to people, each word in the line in which it stands."""
    text = path.read_text(encoding="utf-8")
    by_kind = {".py": texts_of_code, ".md": texts_of_page}
    return by_kind.get(path.suffix, str)(text)


def found(texts: str) -> Iterator[tuple[int, str]]:
    """Each banned phrase with its line."""
    for each in BANNED.finditer(texts):
        yield texts.count("\n", 0, each.start()) + 1, re.sub(_GAP, " ", each[0]).lower()


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*PAGES, *YAML, *CODE], ids=name)
def test_a_file_keeps_to_the_words_of_the_house(path: Path) -> None:
    allowed = {phrase for file, phrase in EXCEPTIONS if file == name(path)}
    all_found = list(found(texts_of(path)))
    faults = [f"{name(path)}:{line}: {each}" for line, each in all_found if each not in allowed]

    assert faults == [], "the house word list in CONTRIBUTING.md says what to write instead"
    assert allowed <= {each for _, each in all_found}, "an exception is not needed any more"


@pytest.mark.parametrize("phrase", phrases())
def test_every_phrase_of_the_list_is_found_as_whole_words_in_either_case(phrase: str) -> None:
    assert [each for _, each in found(f"It is, {phrase.capitalize()}.")] == [phrase]
    assert phrase not in {each for _, each in found(f"x{phrase} {phrase}x {phrase}-like")}


def test_a_phrase_is_found_where_people_read_it_and_not_in_code() -> None:
    assert list(found(texts_of_page("A\nfault `nobody`\n```\nnobody\n```\nmay\nhave"))) == [
        (6, "may have")
    ]
    code = 'nobody = """It may\nhave."""  # It may\n# have\nsay("may"\n    f" have", nobody)\n'

    assert [line for line, _ in found(texts_of_code(code))] == [1, 2, 4]


def test_what_callers_and_operators_read_is_looked_at() -> None:
    def said(path: str) -> str:
        return texts_of(ROOT / path)

    package = "layers/sms_gateway/src/sms_gateway"
    assert "This number is on the do-not-contact list." in said(f"{package}/domain/guards.py")
    assert "Nothing was changed." in said("tools/rotate.py")
    assert "The largest number of messages to one phone number" in said("template.yaml")
    assert "This number has reached its hourly or daily limit." in said("openapi.yaml")
    assert len(phrases()) > 30


@pytest.mark.parametrize(
    "detail",
    [
        pytest.param(each["value"]["detail"], id=code)
        for code, each in EXAMPLES.items()
        if "x-answered-by" in each
    ],
)
def test_a_problem_says_what_happened_and_then_what_to_do(detail: str) -> None:
    what_happened, _, what_to_do = detail.partition(". ")

    assert what_happened
    assert what_to_do.endswith(".")
