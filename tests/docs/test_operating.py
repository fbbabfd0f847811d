"""The operators' commands: what pages say of them, what `make` hands them, and what they take."""

import argparse
import re
import shlex
import subprocess
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import pytest

import tools.operators
from tools.operators.parts.frame import Command, Exit
from tools.repository import ROOT

MAKEFILE: Final = (ROOT / "Makefile").read_text(encoding="utf-8")
PAGE: Final = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
FORGETTING: Final = (ROOT / "docs" / "forgetting.md").read_text(encoding="utf-8")
COMMANDS: Final[dict[str, Command]] = {
    module.name: import_module(f"tools.operators.{module.name}").COMMAND
    for module in iter_modules(tools.operators.__path__)
    if not module.ispkg
}
LINES: Final = sorted(
    {
        line.partition("  #")[0].strip()
        for line in (PAGE + FORGETTING).splitlines()
        if re.match(rf"make ({'|'.join(COMMANDS)})\b", line)
    }
)


def by_make(words: list[str]) -> tuple[str, list[str]]:
    """The program that make starts for the command line, and its arguments."""
    would = subprocess.run(  # noqa: S603  make, told to do nothing
        [*words[:1], "-n", "-o", ".venv/ready", *words[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    started = shlex.split(would.replace("\\n", " "))
    program, *arguments = started[started.index("tools.by_make") + 1 :]
    return program.removeprefix("operators."), arguments


def options(parser: argparse.ArgumentParser) -> set[str]:
    """The long options, without --help."""
    actions = parser._actions  # noqa: SLF001  argparse has no other way to its options
    return {each for action in actions for each in action.option_strings} - {"-h", "--help"}


def test_each_command_has_its_row_and_its_heading_in_one_order() -> None:
    rows = re.findall(r"^\| \[`make (\w+)`\]\(#\1\)", PAGE, re.MULTILINE)
    headings = [name for name in re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) if name in COMMANDS]

    assert rows == headings
    assert set(rows) == set(COMMANDS)
    assert {name: command.name for name, command in COMMANDS.items()} == {n: n for n in COMMANDS}


def test_what_changes_something_is_said_to() -> None:
    changing = {name for name, command in COMMANDS.items() if command.changes}
    for name in COMMANDS:
        recipe = re.search(rf"^{name}: .*\n(?:\t.*\n)+", MAKEFILE, re.MULTILINE)
        assert recipe
        assert ("$(call change," in recipe[0]) == (name in changing)
    assert len(changing) == 4, "as the table of variables says"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_has_a_variable_of_make(name: str) -> None:
    parser = COMMANDS[name].parser()
    named = set(re.findall(r"\b([A-Z_]+)\b", MAKEFILE))
    variables = [f"{each}=1" for each in named if each not in {"LIST", "REPAIR", "PATH"}]
    given: set[str] = set()
    for more in ([], ["LIST=1"], ["REPAIR=1"], ["ID="]):
        given |= set(by_make(["make", name, *variables, *more])[1])

    assert options(parser) - given == set()


def test_the_exit_statuses_are_those_of_the_programs() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert [int(row) for row in rows] == list(Exit)


def test_commands_are_found() -> None:
    assert {line.split()[1] for line in LINES} == set(COMMANDS)


@pytest.mark.parametrize("text", LINES)
def test_a_command_of_a_page_is_one_that_the_program_takes(text: str) -> None:
    words = shlex.split(text.partition(" >")[0])
    program, arguments = by_make(words)
    asked = vars(COMMANDS[program].parser().parse_args(arguments))
    given = [word.partition("=")[2] for word in words[2:] if not word.endswith("=1")]

    assert set(given) <= set(arguments)
    switched_on = sum(value is True for value in asked.values())
    assert switched_on == sum(word.endswith("=1") for word in words)
