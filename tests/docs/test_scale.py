"""docs/scale.md: made from what is stored, which is what the simulation says."""

from xml.etree import ElementTree as ET

import pytest

from pages.calls import MEMORY_GB, VOIPIT_SECONDS
from pages.lives import LIVES
from pages.scale import page, scenarios
from pages.scale.drawing import Panel, drawing
from pages.scale.gateway import (
    ANSWER_SECONDS,
    BATCH,
    CLIENT_ROWS,
    GUARDS_UNITS,
    MESSAGES_UNITS,
    PAUSES,
    Settings,
)
from pages.scale.walls import DUE_UNITS, walls
from sms_gateway.adapters.dynamodb import TRIES_OF_A_REQUEST
from sms_gateway.adapters.intake import MAX_SHARDS
from sms_gateway.adapters.voipit.transport import READ_TIMEOUT
from tests.support.template import TEMPLATE

SVG = "{http://www.w3.org/2000/svg}"
OTHER_INDEXES = 2
"""`recipient` and `client`, one unit each."""
STORED = scenarios.stored()


def test_the_page_and_the_picture_are_made_from_what_is_stored() -> None:
    assert page.page() == page.PAGE.read_text(encoding="utf-8"), "run make docs"
    assert page.picture() == page.PICTURE.read_text(encoding="utf-8"), "run make docs"


@pytest.mark.parametrize("name", ["as deployed, 1 a second", "all raised, 1 a second"])
def test_what_is_stored_is_what_the_simulation_says(name: str) -> None:
    assert scenarios.steady(*scenarios.SCENARIOS[name]) == STORED["steady"][name], "run make scale"


def test_every_run_is_stored() -> None:
    assert list(STORED["steady"]) == list(scenarios.SCENARIOS)


def test_the_model_begins_with_the_templates_settings() -> None:
    numbers, ours = page.parameters(), Settings()
    source = TEMPLATE["Resources"]["PublishFunction"]["Properties"]["Events"]["StatusChanges"]
    mapping = source["Properties"]

    assert (ours.key_rate, ours.key_burst) == (numbers["ApiRateLimit"], numbers["ApiBurstLimit"])
    assert ours.route_rate == numbers["RouteRateLimit"]
    assert ours.route_burst == numbers["RouteBurstLimit"]
    assert ours.lanes == mapping.get("ParallelizationFactor", 1)
    assert ours.window == mapping["MaximumBatchingWindowInSeconds"]
    assert mapping["BatchSize"] == BATCH
    assert TEMPLATE["Globals"]["Function"]["MemorySize"] / 1024 == MEMORY_GB
    assert ours.voipit_seconds == VOIPIT_SECONDS


def test_the_model_has_the_codes_numbers() -> None:
    assert CLIENT_ROWS == MAX_SHARDS
    assert len(PAUSES) == TRIES_OF_A_REQUEST - 1
    assert ANSWER_SECONDS == READ_TIMEOUT


def test_the_units_of_the_model_are_those_that_are_counted() -> None:
    counted = LIVES["all guards"]["straight"].writes
    assert counted == MESSAGES_UNITS + GUARDS_UNITS + DUE_UNITS + OTHER_INDEXES


def test_the_nearest_wall_stands_first() -> None:
    rates = [wall.rate for wall in walls(Settings(), page.parameters())]
    assert rates == sorted(rates)
    assert rates[0] < 1


def test_a_drawing_has_a_line_for_each_name_and_its_values_upside_down() -> None:
    panels = [Panel("a & b", {"x": [0, 5, 10], "y": [10, 10, 10]}), Panel("none", {})]

    root = ET.fromstring(drawing([0, 1, 2], "seconds", panels, title="<t>"))  # noqa: S314  our own

    rising, level = (line.get("points", "").split() for line in root.iter(f"{SVG}polyline"))
    heights = [float(point.partition(",")[2]) for point in rising]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] - heights[1] == heights[1] - heights[2]
    assert {point.partition(",")[2] for point in level} == {f"{heights[2]:.1f}"}
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"a & b", "none", "x", "y", "seconds", "10"} <= set(texts)
