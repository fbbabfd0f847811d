"""What stands on a page of `docs/`, for tests that do what the page says."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tools.repository import ROOT


def page(name: str) -> Path:
    """A page of `docs/` by its file's name."""
    return ROOT / "docs" / name


def code_blocks(text: str, language: str) -> list[str]:
    """The code blocks in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def block_commands(text: str, *programs: str) -> list[str]:
    """The commands of these programs in the page's code blocks, each once, in order.

    A command goes on after a backslash, and until its quotes are closed.
    """
    found = [
        command
        for block in re.findall(r"^ *```\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
        for command in _commands(block)
        if command.split(maxsplit=1)[0] in programs
    ]
    return list(dict.fromkeys(found))


def filled_in(command: str, **values: str) -> str:
    """The command with the reader's own values in place of `<name>`; `_` stands for a space."""
    return re.sub(r"<([a-z ]+)>", lambda name: values[name[1].replace(" ", "_")], command)


def _commands(block: str) -> Iterator[str]:
    begun = ""
    for line in block.replace("\\\n", " ").splitlines():
        begun = f"{begun}\n{line}" if begun else line.strip()
        if begun and _is_whole(begun):
            yield begun
            begun = ""


def _is_whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:  # a quote is still open
        return False
    return True
