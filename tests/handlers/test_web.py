"""The function `web`: the files that are deployed. How a file is answered: `unit/test_site.py`."""

import json
import subprocess
import sys
from typing import Any, Final

import pytest

from tests.handlers.lambdas import FakeContext, Function
from tests.support.samples import sample
from tools.repository import LAYER_SOURCE, ROOT

SITE: Final = ROOT / "functions" / "web" / "site"
FILES: Final = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()
)
LARGEST_ANSWER: Final = 1024 * 1024
"""Bytes, by far fewer than the 6 MB that Lambda lets through."""


@pytest.fixture(scope="module")
def web() -> Function:
    """It starts without an environment, and asks AWS for nothing."""
    return Function.started("web")


def of_file(name: str) -> dict[str, Any]:
    area, _, proxy = name.partition("/")
    return sample("web-get-console") | {
        "resource": f"/{area}/{{proxy+}}",
        "path": f"/{name}",
        "pathParameters": {"proxy": proxy},
    }


def test_the_page_is_answered(web: Function) -> None:
    answer = web.invoke(sample("web-get-console"))

    assert answer["statusCode"] == 200
    assert answer["body"].startswith("<!doctype html>")
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "isBase64Encoded" not in answer


@pytest.mark.parametrize("name", FILES)
def test_every_file_that_is_deployed_is_answered_as_it_is(web: Function, name: str) -> None:
    answer = web.invoke(of_file(name))

    text = (SITE / name).read_bytes()
    assert (answer["statusCode"], answer["body"].encode()) == (200, text)
    assert len(text) < LARGEST_ANSWER


def test_of_the_functions_own_folder_nothing_is_answered(web: Function) -> None:
    assert web.invoke(of_file("console/../../web.py"))["statusCode"] == 404
    assert web.invoke(of_file("web/web.py"))["statusCode"] == 404


def test_it_starts_with_the_standard_library_alone() -> None:
    """A person waits for the page; Powertools and botocore would take most of a second to load."""
    program = (
        "import json, sys; before = set(sys.modules); import web;"
        "print(json.dumps(sorted({m.partition('.')[0] for m in set(sys.modules) - before})))"
    )
    ran = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": f"{LAYER_SOURCE}:{ROOT / 'functions' / 'web'}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(json.loads(ran.stdout))
    assert loaded - set(sys.stdlib_module_names) == {"sms_gateway", "web"}


def test_it_needs_nothing_of_its_context() -> None:
    function = Function.started("web")
    first = function.module.handler(sample("web-get-console"), None)
    assert first == function.module.handler(sample("web-get-console"), FakeContext("web", 0))
