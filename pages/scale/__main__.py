"""`make scale`: simulate once more, then write results.json, the picture and docs/scale.md."""

from pages.scale import page, scenarios

scenarios.store(scenarios.results())
page.write()
