"""Byte code for the Python that the functions run on: the layer's makefile runs this.

`python3 byte_code.py python3.13 <folder>`. It needs the standard library only: it runs on the
machine that builds, with whatever Python that has from 3.11 on. The functions would ignore byte
code of any version but theirs, so an interpreter of theirs is looked for, and uv gets one if there
is none. Without one the layer works as well, and each cold start compiles it anew.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from os import environ
from pathlib import Path
from typing import Final

SECONDS_TO_ANSWER: Final = 10
SECONDS_TO_DOWNLOAD: Final = 120
SECONDS_TO_COMPILE: Final = 300
ON_LAMBDA: Final = "/opt/python"
"""Where the functions find the layer. Byte code says where its source is, for stack traces."""

_PROBE: Final = (
    "import sys; v = sys.version_info;"
    "print(f'{sys.implementation.name} {v[0]}.{v[1]} {v.releaselevel}')"
)
_PLACES: Final = (
    "{pyenv}/versions/{version}*/bin/python{version}",
    "{home}/.local/share/uv/python/cpython-{version}*/bin/python{version}",
    "{home}/.local/share/mise/installs/python/{version}*/bin/python{version}",
    "{home}/.asdf/installs/python/{version}*/bin/python{version}",
)
"""Where programs that manage Pythons put them. Their shims on the PATH answer only for the versions
that are switched on."""
_UVS_OWN: Final = {
    "UV_PYTHON_PREFERENCE": "only-managed",
    "UV_PYTHON_INSTALL_BIN": "0",
    "UV_NO_PROGRESS": "1",
}
"""uv keeps what it downloads in a folder of its own, and leaves the PATH alone."""
_WARNING: Final = """
##############################################################################################
WARNING: no Python {version} was found or could be downloaded, so THE LAYER HAS NO BYTE CODE.
All works the same, but each cold start compiles the layer anew, which takes about 0.6 s.

Looked for: this Python ({own}), python{version} on the PATH, the folders of pyenv, uv, mise and
asdf, and `uv python install {version}`{no_uv}.
Install one of these, remove the folder .aws-sam (SAM's cache does not see the difference; `make
deploy` removes it itself), and build again:

  uv python install {version}
  pyenv install {version}
  apt-get install python{version}      (if your Debian or Ubuntu has it)
  brew install python@{version}
##############################################################################################
"""


def main(arguments: Sequence[str]) -> int:
    """Compile the folder, or say loudly that nothing can; returns the exit code."""
    runtime, folder = arguments
    version = runtime.removeprefix("python")
    python = next(found(version, environ), None)
    if python is None:
        own = ".".join(str(part) for part in sys.version_info[:2])
        no_uv = "" if shutil.which("uv") else " (there is no uv)"
        # `sam build` shows what is written here, and keeps the other stream to itself.
        print(_WARNING.format(version=version, own=own, no_uv=no_uv), flush=True)  # noqa: T201
        return 0
    # SAM's zip dates each file 1980, so only byte code that does not look at dates is used.
    options = ("-q", "-j", "0", "--invalidation-mode", "unchecked-hash")
    compiling = [python, "-I", "-m", "compileall", *options, "-s", folder, "-p", ON_LAMBDA, folder]
    return subprocess.run(compiling, timeout=SECONDS_TO_COMPILE, check=False).returncode  # noqa: S603


def found(version: str, environment: Mapping[str, str]) -> Iterator[str]:
    """The interpreters of this version, each tried, the nearest first. The last is downloaded."""
    for python in _candidates(version, environment):
        said = _said([python, "-I", "-c", _PROBE], SECONDS_TO_ANSWER, environment)
        if said == f"cpython {version} final":
            yield python


def _candidates(version: str, environment: Mapping[str, str]) -> Iterator[str]:
    yield sys.executable
    if on_path := shutil.which(f"python{version}", path=environment.get("PATH")):
        yield on_path
    home = environment.get("HOME", "/nowhere")
    pyenv = environment.get("PYENV_ROOT", f"{home}/.pyenv")
    for place in _PLACES:
        pattern = place.format(version=version, home=home, pyenv=pyenv)
        yield from sorted(str(path) for path in Path("/").glob(pattern.lstrip("/")))
    if uv := shutil.which("uv", path=environment.get("PATH")):
        with_uv = {**environment, **_UVS_OWN}
        if _said([uv, "python", "install", version], SECONDS_TO_DOWNLOAD, with_uv) is not None:
            yield _said([uv, "python", "find", version], SECONDS_TO_ANSWER, with_uv) or ""


def _said(command: Sequence[str], seconds: float, environment: Mapping[str, str]) -> str | None:
    """What it writes; `None` if it fails, does not end in time, or is not there."""
    try:
        return subprocess.run(  # noqa: S603  interpreters, and uv
            command,
            timeout=seconds,
            check=True,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
