"""What axe-core finds on a page, shadow roots included."""

from collections.abc import Container
from typing import Final

from playwright.sync_api import Page

from tools.repository import ROOT

_AXE: Final = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
ALL: Final = frozenset({"minor", "moderate", "serious", "critical"})


def findings(page: Page, impacts: Container[str] = ALL) -> list[str]:
    """The rule, how grave it is, and the elements that break it, for each of these impacts."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8") + ";0")
    results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']} ({each['impact']}): {[node['html'] for node in each['nodes']]}"
        for each in results["violations"]
        if each["impact"] in impacts
    ]


def serious_findings(page: Page) -> list[str]:
    """The serious and the critical ones."""
    return findings(page, {"serious", "critical"})
