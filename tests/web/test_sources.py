"""The JavaScript of `web`: its own tests pass, and the committed bundles are made from it."""

from tests.support.component import SITE
from tests.support.node import WEB, needs_node, node_program, passed_in_javascript


@needs_node
def test_the_tests_of_the_modules_pass() -> None:
    """They are in JavaScript, beside the modules: `npm test` in `web`."""
    assert passed_in_javascript() > 0


@needs_node
def test_the_bundles_are_made_from_the_sources() -> None:
    """`sam build` needs no Node.js, so they are committed. If this fails, run `make web`."""
    node_program("build.mjs", "--check", folder=WEB)


def test_the_site_has_text_only() -> None:
    """API Gateway hands it out as text."""
    for path in SITE.rglob("*"):
        if path.is_file():
            path.read_text(encoding="utf-8")
