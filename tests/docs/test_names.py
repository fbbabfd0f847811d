"""Whatever a page names is there: files, tests, other pages and their headings."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path, PurePosixPath

import pytest

from tools.repository import ROOT

PACKAGE = PurePosixPath("layers/sms_gateway/src/sms_gateway")
LEFT_ALONE = PurePosixPath("docs/decisions")
"""Dated pages: they tell of the files as they were on that day. Their links are looked at."""
READERS_OWN = {
    "env.json",
    "import.yaml",
    "people.csv",
    "people.csv.results.csv",
    "receive.py",
    "send.py",
    "send.sh",
    "server.py",
}
"""Files that a reader makes."""

_SPAN = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^(```|~~~).*?^\1$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"[\w.…/-]*\w\.(?:csv|ini|in|json|md|py|sh|toml|txt|yaml|yml)|Makefile")
_FOLDER = re.compile(r"[\w.…/-]+/")
_TEST = re.compile(r"test_\w+")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
_NO_WORD = re.compile(r"[^\w\- ]")


@cache
def tracked() -> frozenset[PurePosixPath]:
    """Every file that belongs to the project: git knows them, and the new ones it would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return frozenset(PurePosixPath(name) for name in listed if name and (ROOT / name).exists())


@cache
def folders() -> frozenset[PurePosixPath]:
    return frozenset(chain.from_iterable(path.parents for path in tracked()))


@cache
def names_of_tests() -> frozenset[str]:
    return frozenset(
        node.name
        for path in tracked()
        if path.parts[0] == "tests" and path.suffix == ".py"
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


PAGES = sorted(path for path in tracked() if path.suffix == ".md" and path.parts[0] != "tests")
SPEAKING = [
    page for page in PAGES if LEFT_ALONE not in page.parents and page.name != "CHANGELOG.md"
]


def text_of(page: PurePosixPath) -> str:
    """The page without its code blocks: what stands in them is a reader's to type."""
    return _FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))


def named(text: str) -> Iterator[str]:
    """The files and folders that a text names in code spans."""
    for span in _SPAN.findall(text):
        if _FILE.fullmatch(span) or _FOLDER.fullmatch(span):
            yield span


def is_there(name: str, page: PurePosixPath) -> bool:
    """Whether a name means a file or folder: seen from the root, the page or the package.

    A bare file name (`test_crashes.py`) may be anywhere. `…/` stands for the package.
    """
    path = PurePosixPath(name.removeprefix("…/"))
    places = [path, page.parent / path, PACKAGE / path]
    found = tracked() | folders()
    if any(place in found for place in places):
        return True
    return len(path.parts) == 1 and any(path.name == one.name for one in tracked())


def broken_names(text: str, page: PurePosixPath) -> list[str]:
    ours = (name for name in named(text) if name not in READERS_OWN)
    return [
        name for name in ours if not name.startswith(("/", ".local/")) and not is_there(name, page)
    ]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {_NO_WORD.sub("", title.lower()).replace(" ", "-") for title in _HEADING.findall(text)}


def broken_links(text: str, page: PurePosixPath) -> list[str]:
    broken = []
    for link in _LINK.findall(text):
        if ":" in link:
            continue  # another site, or a mail address
        target, _, anchor = link.partition("#")
        there = Path(ROOT / page.parent / target).resolve() if target else ROOT / page
        if not there.exists() or (
            anchor and anchor not in anchors(_FENCE.sub("", there.read_text(encoding="utf-8")))
        ):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", SPEAKING, ids=str)
def test_a_file_that_a_page_names_is_there(page: PurePosixPath) -> None:
    assert broken_names(text_of(page), page) == []


@pytest.mark.parametrize("page", SPEAKING, ids=str)
def test_a_test_that_a_page_names_is_there(page: PurePosixPath) -> None:
    spans = {span for span in _SPAN.findall(text_of(page)) if _TEST.fullmatch(span)}

    assert spans - names_of_tests() == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_link_of_a_page_leads_somewhere(page: PurePosixPath) -> None:
    assert broken_links(text_of(page), page) == []


def test_a_name_that_leads_nowhere_is_noticed() -> None:
    page = PurePosixPath("docs/architecture.md")
    text = "`domain/status.py` `…/domain/status.py` `fixed-address.yaml` `gone.py` `lost/` `a.b`"

    assert broken_names(text, page) == ["gone.py", "lost/"]
    assert broken_links(
        "[a](guarantees.md#guarantees) [b](guarantees.md#gone) [c](gone.md) [d](https://gone.example)",
        page,
    ) == ["guarantees.md#gone", "gone.md"]


def test_the_pages_name_many_things() -> None:
    architecture = text_of(PurePosixPath("docs/architecture.md"))

    assert len(set(named(architecture))) > 60
    assert sum(bool(_TEST.fullmatch(span)) for span in _SPAN.findall(architecture)) > 15
    assert len(names_of_tests()) > 500
    assert any(_LINK.findall(text_of(page)) for page in PAGES)
