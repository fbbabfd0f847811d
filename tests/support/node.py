"""Node.js, which makes and tests what is in `web`."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tools.repository import ROOT

WEB: Final = ROOT / "web"
_NODE: Final = shutil.which("node")
_MISSING: Final = (
    "There is no Node.js on this machine."
    if _NODE is None
    else None
    if (WEB / "node_modules" / "esbuild").exists()
    else "The programs of web/ are not installed: run `make web`."
)
_WITHIN: Final = 120.0
"""Seconds."""

needs_node: Final = pytest.mark.skipif(
    _MISSING is not None and "CI" not in os.environ, reason=_MISSING or ""
)
"""Skips the test where there is no Node.js; in CI it fails instead."""


def node(script: str) -> str:
    """What the module prints. Raises `AssertionError` if it fails."""
    return _run([_node(), "--input-type=module", "--eval", script], WEB)


def node_program(*command: str, folder: Path) -> str:
    """What a program of the folder prints. Raises `AssertionError` if it fails."""
    return _run([_node(), *command], folder)


def npm(*command: str, folder: Path) -> str:
    """What npm prints. Raises `AssertionError` if it fails."""
    return _run(["npm", "--silent", *command], folder)


def passed_in_javascript() -> int:
    """Run the tests that are written in JavaScript: how many have passed. Raises if one fails."""
    printed = _run([_node(), "--test", "--test-reporter=tap"], WEB)
    counted = re.search(r"^# pass (\d+)$", printed, re.MULTILINE)
    return int(counted[1]) if counted else 0


def _node() -> str:
    assert _NODE, _MISSING
    return _NODE


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(  # noqa: S603  programs of this repository
        command, cwd=folder, capture_output=True, text=True, timeout=_WITHIN, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
