"""What axe-core finds on a page, shadow roots included."""

from typing import Final

from playwright.sync_api import Page

from tools.repository import ROOT

_AXE: Final = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


def serious_findings(page: Page) -> list[str]:
    """The serious and the critical ones: the rule, and the elements that break it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8") + ";0")
    results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {[node['html'] for node in each['nodes']]}"
        for each in results["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
