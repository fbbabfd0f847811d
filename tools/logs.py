"""Logs of the programs that ours start."""

from pathlib import Path


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log, with its name above them."""
    text = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
    return "\n".join([f"--- the end of {log}:", *text])
