"""`docs/event-reference.md`, made from asyncapi.yaml and docs/event.schema.json (`make docs`)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from pages.markdown import head, row
from tools.repository import ROOT

DOCUMENT: Final = ROOT / "asyncapi.yaml"
SCHEMA: Final = ROOT / "docs" / "event.schema.json"
PAGE: Final = ROOT / "docs" / "event-reference.md"

_INTRODUCTION: Final = """\
# Event reference

Made by `make docs` from [asyncapi.yaml](../asyncapi.yaml) and
[event.schema.json](event.schema.json). How to subscribe, and what to do with events that repeat or
overtake each other: [events](events.md).

{description}

{message}: {summary}. The name of the schema is `{name}`
(`dataschema`). An event can have attributes and fields that are not listed here: ignore them.
"""


def page() -> str:
    """The event's attributes, its data, the message attributes, and an example."""
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    message = document["components"]["messages"]["MessageEvent"]
    attributes = document["components"]["schemas"]["MessageAttributes"]
    data = schema["properties"]["data"]
    example = json.dumps(message["examples"][0]["payload"], indent=2, ensure_ascii=False)
    return "\n".join(
        [
            _INTRODUCTION.format(
                description=document["channels"]["statusEvents"]["description"] + ".",
                message=message["title"],
                summary=message["summary"],
                name=schema["$id"],
            ),
            "## Attributes\n",
            *_table(schema),
            "\n## Data\n",
            *_table(data),
            "\n## Message attributes\n",
            f"{attributes['description']}.\n",
            *_table(attributes),
            "\n## Example\n",
            f"```json\n{example}\n```\n",
        ]
    )


def _table(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from head("Name", "Type", "Always", "Meaning")
    for name, each in schema["properties"].items():
        always = "yes" if name in schema["required"] else ""
        meaning = each["description"].removesuffix(".") + "."
        if "enum" in each:
            values = " ".join(f"`{value}`" for value in each["enum"])
            meaning += f" {'One of' if len(each['enum']) > 1 else 'It is'} {values}."
        yield row(f"`{name}`", each["type"], always, meaning)


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
