"""Every package that is shipped or used has a licence that is allowed, and stands on the page."""

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from pages import licences
from pages.licences import DEV_LOCK, LAYER_LOCK, SHIPPED, TOOLS, is_allowed, licence, pinned

PAGE = licences.PAGE.read_text(encoding="utf-8")


def test_the_page_is_made_from_the_locks_and_from_what_is_installed() -> None:
    assert licences.page() == PAGE, "run make docs"


def test_every_package_of_the_locks_is_on_the_page_once() -> None:
    tables = "".join(line for line in PAGE.splitlines() if line.startswith("|"))
    named = re.findall(r"`([^`]+)`", tables)
    assert sorted(named) == sorted({*pinned(LAYER_LOCK), *pinned(DEV_LOCK)})


def test_what_the_layer_carries_may_be_shipped() -> None:
    refused = {name: licence(name) for name in pinned(LAYER_LOCK)}
    assert {n: its for n, its in refused.items() if not is_allowed(its, SHIPPED)} == {}


def test_what_is_used_to_develop_may_be_used() -> None:
    used = {name: licence(name) for name in pinned(DEV_LOCK)}
    assert {n: its for n, its in used.items() if not is_allowed(its, TOOLS)} == {}


@pytest.mark.parametrize(
    ("expression", "shipped", "used"),
    [
        ("MIT", True, True),
        ("Apache-2.0 AND MIT", True, True),
        ("GPL-3.0-only OR BSD-3-Clause", True, True),
        ("Apache-2.0 AND CNRI-Python", False, True),
        ("AGPL-3.0-or-later", False, False),
        ("MIT AND GPL-2.0-only", False, False),
        ("LicenseRef-Proprietary", False, False),
        ("", False, False),
    ],
)
def test_a_licence_is_allowed_if_one_of_its_choices_is_met_in_all_its_parts(
    expression: str, *, shipped: bool, used: bool
) -> None:
    assert (is_allowed(expression, SHIPPED), is_allowed(expression, TOOLS)) == (shipped, used)


@pytest.mark.parametrize("package", pinned(LAYER_LOCK))
def test_what_is_shipped_brings_the_text_of_its_licence(package: str) -> None:
    assert licences.texts(package)


def test_a_package_of_which_nothing_is_known_is_told_apart_by_name() -> None:
    with pytest.raises(LookupError, match=r"^no-such-package is not installed\. Run make setup"):
        licence("no-such-package")


def test_what_the_metadata_say_by_now_is_not_said_by_hand() -> None:
    def says(package: str) -> bool:
        try:
            return "License-Expression" in distribution(package).metadata
        except PackageNotFoundError:
            return False

    elsewhere = {"colorama", "pywin32", "uv"}  # a machine does without at least one of them
    assert {package for package in licences.UNCLEAR if says(package)} <= elsewhere
