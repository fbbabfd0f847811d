"""docs/event-reference.md says what the schema of events says."""

import pytest

from pages import event_reference
from tests.support.event_schema import SCHEMA

PAGE = event_reference.PAGE.read_text(encoding="utf-8")
FIELDS = [*SCHEMA["properties"], *SCHEMA["properties"]["data"]["properties"]]


def test_the_page_is_made_from_the_document_and_the_schema() -> None:
    assert event_reference.page() == PAGE, "run make docs"


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_has_its_row(name: str) -> None:
    assert f"\n| `{name}` | " in PAGE
