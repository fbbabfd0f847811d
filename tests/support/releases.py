"""Releases of the gateway by their commits, for tests of what an update from them does."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, Final

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from tools.repository import ROOT

RELEASE_0_2_0: Final = "929dadf43b8c879a9a977d1e6e3718fdf75c7f84"
"""The commit that gave the changelog and `pyproject.toml` the version 0.2.0."""
_DEPLOYABLE: Final = (
    *("LICENSE", "Makefile", "README.md", "functions", "layers", "local", "requirements"),
    *("samconfig.toml", "template.yaml", "tools"),
)
"""What `make deploy` and `make client` need of a checkout."""


class MissingReleaseError(Exception):
    """This clone does not have the commit; the message says how to get it."""


def template_of(commit: str) -> dict[str, Any]:
    """The template as it was then, as it is written. Raises `MissingReleaseError`."""
    template: dict[str, Any] = yaml_parse(_git(commit, "show", f"{commit}:template.yaml").decode())
    return template


def check_out(commit: str | None, folder: Path) -> None:
    """Puts what can be deployed into a new folder, with this environment as its own.

    `None` is the project as it is on the disk now. Raises `MissingReleaseError`.
    """
    folder.mkdir()
    if commit:
        archive = _git(commit, "archive", commit, *_DEPLOYABLE)
    else:
        files = _git("HEAD", "ls-files", "--cached", "--others", "--exclude-standard", *_DEPLOYABLE)
        archive = _packed(files.decode().splitlines())
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")
    lend_environment(Path(sys.prefix), folder / ".venv")


def lend_environment(lender: Path, folder: Path) -> None:
    """A virtual environment, as one of the folder's own that is set up.

    The folder itself is no link: `make` clears an environment that is older than its list of
    packages, and through a link it would clear the one that these tests run in.
    """
    folder.mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / part).symlink_to(lender / part)
    (folder / "ready").touch()


def _packed(names: list[str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name in names:
            if (ROOT / name).is_file():
                archive.add(ROOT / name, name)
    return content.getvalue()


def _git(commit: str, *arguments: str) -> bytes:
    there = _run("cat-file", "-e", f"{commit}^{{commit}}")
    if there.returncode:
        raise MissingReleaseError(
            f"This clone has no commit {commit}, which an earlier release was made from. It is a"
            " shallow clone, or no clone at all. `git fetch --unshallow` gets the commit; in a"
            " workflow of GitHub it is `fetch-depth: 0` at actions/checkout."
        )
    answer = _run(*arguments)
    answer.check_returncode()
    return answer.stdout


def _run(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(  # noqa: S603  git, with arguments of ours
        ["git", *arguments],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
