"""The pictures in docs/img: each is shown on a page, with words in its place, and is small."""

import re
from typing import Final

from tools.repository import ROOT

PICTURES: Final = ROOT / "docs" / "img"
LARGEST: Final = 150 * 1024
ALL_TOGETHER: Final = 1_200 * 1024
_SHOWN: Final = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)]+\.(?:png|svg))\)")


def test_every_picture_is_shown_on_a_page_with_words_for_those_who_do_not_see_it() -> None:
    shown = [
        ((page.parent / each["target"]).resolve(), each["alt"])
        for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]
        for each in _SHOWN.finditer(page.read_text(encoding="utf-8"))
    ]

    assert {path for path, _ in shown} == set(PICTURES.iterdir())
    assert [path.name for path, alt in shown if len(alt.split()) < 5] == []


def test_pictures_are_small_since_everyone_who_clones_the_repository_gets_them() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert {name for name, size in sizes.items() if size > LARGEST} == set()
    assert sum(sizes.values()) < ALL_TOGETHER
