"""Look for passwords, keys and tokens in everything that is in git, or would be after `git add`.

What looks like one and is none stands in `.secrets-allowed.toml`, with the reason. There is no
other way to have something left out: no baseline of hashes, no comment in the line. The scanner
asks nothing of the network.

    python -m tools.secret_scan            # all files
    python -m tools.secret_scan README.md  # before a commit: those that it changes
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from tools.repository import ROOT

ALLOWED_FILE: Final = ".secrets-allowed.toml"
_LOCKS: Final = (
    "requirements/*.txt",
    "layers/*/requirements.txt",
    "benchmarks/peers/*/requirements.txt",
)
"""Names, versions and hashes; `tests/template/test_packaging.py` lets nothing else in."""
_WHAT_NEXT: Final = (
    "Take each of these out, and change it wherever it is in use: what was committed once is "
    f"known for good. If it is no secret, add it to {ALLOWED_FILE} with the reason."
)


@dataclass(frozen=True, order=True)
class Found:
    """What looks like a secret. Its value is never printed."""

    file: str
    line: int
    kind: str
    value: str

    def __str__(self) -> str:
        """Where it is and what it looks like."""
        return f"{self.file}:{self.line}: {self.kind}"


@dataclass(frozen=True)
class Allowed:
    """What is no secret: values that match one of `values` as a whole, in `files`."""

    because: str
    files: str
    values: tuple[str, ...]

    def matches(self, found: Found) -> Iterable[str]:
        """Those of `values` that let it pass."""
        if fnmatch(found.file, self.files):
            yield from (value for value in self.values if re.fullmatch(value, found.value))


def scan(root: Path, files: Sequence[str]) -> list[Found]:
    """Whatever looks like a secret in these files, whose names are relative to the root."""
    with default_settings() as settings:
        settings.disable_filters("detect_secrets.filters.allowlist.is_line_allowlisted")
        secrets = SecretsCollection(root=str(root))
        secrets.scan_files(*files)
    found = (
        (file, secret.line_number, secret.type, secret.secret_value) for file, secret in secrets
    )
    return sorted(Found(file, line, kind, value or "") for file, line, kind, value in found)


def allowances(root: Path) -> list[Allowed]:
    """The repository's list; a repository without one allows nothing."""
    path = root / ALLOWED_FILE
    listed = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return [
        Allowed(entry["because"], entry["files"], tuple(entry["values"]))
        for entry in listed.get("allowed", [])
    ]


def _all_files(root: Path) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  git is git
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return [file for file in listed.split("\0") if file]


def _is_scanned(root: Path, file: str) -> bool:
    return (root / file).is_file() and not any(fnmatch(file, lock) for lock in _LOCKS)


def problems(root: Path, some: Sequence[str] = ()) -> list[str]:
    """A line for each secret, and for each allowance that nothing needs any more.

    If only some files are looked at, nothing is said of allowances.
    """
    files = [file for file in some or _all_files(root) if _is_scanned(root, file)]
    allowed = allowances(root)
    used = set()
    told = []
    for found in scan(root, files):
        passing = {(entry, value) for entry in allowed for value in entry.matches(found)}
        used |= passing
        if not passing:
            told.append(str(found))
    if told:
        told.append(_WHAT_NEXT)
    if some:
        return told
    unused = [
        f"{ALLOWED_FILE}: {value} in {entry.files} is found no longer. Take it out of the list."
        for entry in allowed
        for value in entry.values
        if (entry, value) not in used
    ]
    return told + unused


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was found; returns 1 if that is anything."""
    parser = argparse.ArgumentParser(prog="secret_scan", description="Look for secrets in git.")
    parser.add_argument("--root", type=Path, default=ROOT, help="another repository")
    parser.add_argument("files", nargs="*", help="only these, relative to the repository")
    given = parser.parse_args(arguments)
    told = problems(given.root, given.files)
    sys.stdout.write(("\n".join(told) or "No secret in any file.") + "\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
