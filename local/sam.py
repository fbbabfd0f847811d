"""The SAM CLI of the project's own virtual environment."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_TOOLS: Final = Path(sys.executable).parent
SAM: Final = _TOOLS / "sam"


def run_sam(arguments: Sequence[str], *, env: Mapping[str, str], root: Path, log: Path) -> int:
    """Run it in the project's folder, asking nothing; returns its exit code.

    What it says is in the log. Raises `FileNotFoundError` if it is not installed.
    """
    # The layer's makefile runs `python3 -m pip`: ours, which certainly has pip.
    path = f"{_TOOLS}{os.pathsep}{env.get('PATH', os.defpath)}"
    with log.open("wb") as output:
        return subprocess.run(
            [str(SAM), *arguments, "--config-file", str(root / "samconfig.toml")],
            env={**env, "PATH": path, "SAM_CLI_TELEMETRY": "0"},
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
