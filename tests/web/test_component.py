"""The component as it is served and packed: a small file that never changes once released."""

import base64
import hashlib
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.component import BUNDLE, PACKAGE, RELEASES, SITE, SOURCE, VERSION, bundle
from tests.support.node import needs_node, node, npm

MANIFEST: dict[str, Any] = json.loads((SOURCE / "custom-elements.json").read_text(encoding="utf-8"))
(DECLARED,) = MANIFEST["modules"][0]["declarations"]
CODE = BUNDLE.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", RELEASES)
def test_a_released_file_is_there_and_never_changes(version: str) -> None:
    """Pages name its hash, and browsers refuse any other file."""
    digest = hashlib.sha384(bundle(version).read_bytes()).digest()
    assert RELEASES[version] == f"sha384-{base64.b64encode(digest).decode()}"


def test_no_file_is_served_whose_hash_is_not_noted() -> None:
    assert {path.parent.name for path in SITE.glob("web/*/click-to-sms.js")} == set(RELEASES)
    assert VERSION in RELEASES


def test_it_is_small_and_says_what_it_is() -> None:
    assert len(BUNDLE.read_bytes()) < 30_000
    assert CODE.startswith(f"/*! click-to-sms {VERSION} | MIT licence | Voipit SMS gateway */\n")


def test_it_loads_nothing_and_writes_no_markup() -> None:
    assert re.findall(r"https?://[^\"'`]*", CODE) == ["http://www.w3.org/2000/svg"]
    for forbidden in ("innerHTML", "insertAdjacent", "document.write", "eval(", "import("):
        assert forbidden not in CODE


@needs_node
def test_the_package_holds_the_file_that_is_served(tmp_path: Path) -> None:
    npm("pack", "--pack-destination", str(tmp_path), folder=SOURCE)
    with tarfile.open(tmp_path / f"click-to-sms-{VERSION}.tgz") as package:
        names = {name.removeprefix("package/") for name in package.getnames()}
        packed = package.extractfile("package/click-to-sms.js")
        assert packed
        assert packed.read() == BUNDLE.read_bytes()
    assert names == {*PACKAGE["files"], "package.json", "README.md"}
    assert not (SOURCE / "click-to-sms.js").exists()


def _names(kind: str) -> set[str]:
    return {each["name"] for each in DECLARED[kind]}


def _sources() -> Iterator[str]:
    for path in SOURCE.glob("src/*.js"):
        yield path.read_text(encoding="utf-8")


def test_the_manifest_has_what_the_sources_have() -> None:
    sources = "\n".join(_sources())
    assert _names("events") == set(re.findall(r'"(c2s-[a-z-]+)"', sources))
    parts = re.findall(r'part: "([^"]+)"', sources)
    assert {*" ".join(parts).split(), "status", "error"} == _names("cssParts")
    assert set(re.findall(r'slot", \{ name: "(\w+)"', sources)) | {""} == _names("slots")
    assert set(re.findall(r'#mark\("(\w+)"', sources)) == _names("cssStates")
    css = (SOURCE / "src" / "css.js").read_text(encoding="utf-8")
    listed = re.findall(r'"([a-z-]+)"', css.split("const LOOKS")[0].split("const TONES")[1])
    named = {f"--c2s-{name}" for name in [*listed, "radius", "gap", "font"]}
    assert named == _names("cssProperties")


@needs_node
def test_the_manifest_has_the_attributes_that_are_observed() -> None:
    properties = (SOURCE / "src" / "properties.js").as_uri()
    made = node(
        f'import {{ FLAGS, STRINGS }} from "{properties}";'
        " console.log(JSON.stringify([...STRINGS, ...FLAGS]))"
    )
    assert {*json.loads(made), "message-id", "lang"} == _names("attributes")


def test_the_types_declare_what_the_manifest_has() -> None:
    types = (SOURCE / "click-to-sms.d.ts").read_text(encoding="utf-8")
    declared = types.split("declare class ClickToSms")[1].split("declare global")[0]
    found = set(re.findall(r"^  (?:readonly )?(\w+)[:(]", declared, re.MULTILINE))
    assert found - {"addEventListener"} == _names("members") - {"addEventListener"}
    assert set(re.findall(r'"(c2s-[a-z-]+)":', types)) == _names("events")
