"""The SAM CLI of the project's own virtual environment."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.repository import ROOT, SAM_CONFIG

_TOOLS: Final = Path(sys.executable).parent
SAM: Final = _TOOLS / "sam"
_LAYER: Final = "SmsGatewayLayer"


def run_sam(arguments: Sequence[str], *, env: Mapping[str, str], log: Path) -> int:
    """Run it in the root of the repository, asking nothing; returns its exit code.

    What it says is in the log. Raises `FileNotFoundError` if it is not installed.
    """
    # The layer's makefile runs `python3 -m pip`: ours, which certainly has pip.
    path = f"{_TOOLS}{os.pathsep}{env.get('PATH', os.defpath)}"
    with log.open("wb") as output:
        return subprocess.run(  # noqa: S603  our own program, and arguments of our own
            [str(SAM), *arguments, "--config-file", str(SAM_CONFIG)],
            env={**env, "PATH": path, "SAM_CLI_TELEMETRY": "0"},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def layer_has_byte_code(built: Path) -> bool:
    """Whether the layer that `sam build` has put into this folder has any."""
    return any((built / _LAYER).rglob("*.pyc"))


def forget_layer_without_byte_code(built: Path) -> None:
    """Have the next `sam build` make the layer anew if the last one could not compile it.

    An interpreter might be there by now, and SAM's cache looks at nothing but the sources.
    """
    if (built / _LAYER).exists() and not layer_has_byte_code(built):
        shutil.rmtree(built.with_name("cache"), ignore_errors=True)
