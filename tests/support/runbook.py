"""`docs/runbook.md`: its entries, and the commands that stand in them, word for word."""

import re
from typing import Final

from tools.repository import ROOT

PAGE: Final = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
STACK: Final = "voipit-sms-gateway"
REGION: Final = "eu-central-1"
"""The stack that the page's commands are for, and where it is."""


def entries() -> dict[str, str]:
    """The text of each entry, by heading."""
    found = re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return dict(found)


def commands(program: str, text: str = PAGE) -> list[str]:
    """Those of the page, or of a part of it, as they stand there."""
    in_lines = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    in_blocks = [
        line
        for block in re.findall(r"```\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    return [each for each in [*in_blocks, *in_lines] if each.startswith(f"{program} ")]
