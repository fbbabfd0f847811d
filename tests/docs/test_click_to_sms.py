"""docs/click-to-sms.md says what the component has: names, words and integrity."""

import json
import re

import pytest

from tests.support.component import PACKAGE, RELEASES, SOURCE, VERSION
from tests.support.node import WEB, needs_node, node
from tools.repository import ROOT

PAGE = (ROOT / "docs" / "click-to-sms.md").read_text(encoding="utf-8")
(DECLARED,) = json.loads((SOURCE / "custom-elements.json").read_text(encoding="utf-8"))["modules"][
    0
]["declarations"]


@pytest.mark.parametrize(
    "kind", ["attributes", "members", "events", "slots", "cssParts", "cssProperties", "cssStates"]
)
def test_everything_that_a_host_can_use_is_on_the_page(kind: str) -> None:
    named = set(re.findall(r"`(?::state\()?([\w-]+)(?:\(\))?\)?`", PAGE))
    assert {each["name"] for each in DECLARED[kind]} - {""} <= named


def test_the_page_names_the_file_of_this_version_and_its_integrity() -> None:
    assert f"<ApiUrl>/web/{VERSION}/click-to-sms.js" in PAGE
    assert re.findall(r'integrity="([^"]+)"', PAGE) == [RELEASES[VERSION]]
    assert PACKAGE["version"] == VERSION


@needs_node
@pytest.mark.parametrize("table", ["STATES", "STATUS_SENTENCES", "FAILED_REASONS", "BUTTONS"])
def test_the_words_are_those_of_the_component(table: str) -> None:
    words = json.loads(
        node(
            f'import {{ {table} }} from "{(WEB / "shared" / "words.js").as_uri()}";'
            f" console.log(JSON.stringify({table}))"
        )
    )
    for name, texts in words.items():
        english, romanian = (
            re.sub(r"\{n:([^}]*)\}", lambda forms: forms[1].split("|")[1], text) for text in texts
        )
        assert f"| `{name}` | `{english}` | `{romanian}` |" in PAGE
