"""Programs of other people that make clients of the contract, and what they make of it.

`make generators` installs them in `.generators`, which is not in git. There their code is made
too, once for a contract and a set of programs.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pages.contract import contract
from tests.support.pages import code_blocks, page
from tools.repository import ROOT

FOLDER: Final = ROOT / "tests" / "generators"
USES: Final = FOLDER / "uses"
_INSTALLED: Final = ROOT / ".generators"
MADE: Final = _INSTALLED / "made"
PAGE: Final = MADE / "page"
"""Where the files of the page about TypeScript are put."""
PYTHON: Final = _INSTALLED / "venv" / "bin"
NODE: Final = _INSTALLED / "node_modules" / ".bin"
_LOCKS: Final = (
    ROOT / "requirements" / "generators.txt",
    FOLDER / "node" / "package-lock.json",
)
_WITHIN: Final = 240.0
"""Seconds: Java starts slowly on a busy machine."""
_WARNING: Final = re.compile(r"^(?!.* INFO ).*(?:warn|deprecat|skipping|error)", re.IGNORECASE)

MISSING: Final = (
    None
    if (_INSTALLED / "ready").exists()
    else "The generators are not installed: run `make generators` (it needs Node.js 20 or newer)."
)
"""Why no client can be made here, if so."""


@dataclass(frozen=True, slots=True)
class Generator:
    """One of the programs: `command` makes a client of {contract} in {folder}."""

    name: str
    command: Sequence[str]

    def make(self, document: Mapping[str, Any], folder: Path) -> set[str]:
        """Make the client in the folder; the warnings. Raises `AssertionError` if it fails."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        source = folder.with_suffix(".json")
        source.write_text(json.dumps(document), encoding="utf-8")
        printed = run([each.format(contract=source, folder=folder) for each in self.command])
        return {line.strip() for line in printed.splitlines() if _WARNING.search(line)}


def _openapi_generator(name: str, kind: str, *options: str) -> Generator:
    command = [str(PYTHON / "openapi-generator-cli"), "generate", "--input-spec", "{contract}"]
    return Generator(name, [*command, "--generator-name", kind, "--output", "{folder}", *options])


_GENERATORS: Final = (
    Generator(
        "openapi-python-client",
        [
            str(PYTHON / "openapi-python-client"),
            "generate",
            "--path={contract}",
            "--output-path={folder}",
            "--meta=none",
            "--overwrite",
            f"--config={FOLDER / 'openapi-python-client.yaml'}",
        ],
    ),
    Generator(
        "datamodel-code-generator",
        [
            str(PYTHON / "datamodel-codegen"),
            "--input={contract}",
            "--input-file-type=openapi",
            "--output={folder}/models.py",
            "--output-model-type=pydantic_v2.BaseModel",
            "--formatters=builtin",
        ],
    ),
    _openapi_generator("openapi-generator", "python", "--package-name=openapi_generator_made"),
    _openapi_generator("typescript-fetch", "typescript-fetch"),
    _openapi_generator(
        "java",
        "java",
        "--library=native",
        "--global-property=models,supportingFiles",
        "--additional-properties=openApiNullable=false",
    ),
    Generator(
        "openapi-typescript",
        [str(NODE / "openapi-typescript"), "{contract}", "--output={folder}/index.ts"],
    ),
    Generator("hey-api", [str(NODE / "openapi-ts"), "--input={contract}", "--output={folder}"]),
)
GENERATORS: Final = {each.name: each for each in _GENERATORS}
_FOLDERS: Final = {"openapi-python-client": "openapi_python_client_made"}
"""Where the folder's name is the package's."""


def run(command: Sequence[str], **variables: str) -> str:
    """What the program prints, with these variables. Raises `AssertionError` if it fails."""
    done = subprocess.run(  # noqa: S603  programs that the lock files name, with our arguments
        list(command),
        cwd=FOLDER,
        env=os.environ | {"NO_COLOR": "1"} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_WITHIN,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}"
    return done.stdout


@contextmanager
def alone(making: str) -> Iterator[None]:
    """Wait until no other process makes this: those of two test runs share the folder."""
    MADE.mkdir(parents=True, exist_ok=True)
    with (_INSTALLED / f"{making}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class Made:
    """The client that a generator has made of the contract, and its warnings about it."""

    folder: Path
    warnings: frozenset[str]


def made(name: str) -> Made:
    """The client of this generator, made if it is not there yet."""
    folder = MADE / _FOLDERS.get(name, name)
    record = folder.with_suffix(".made")
    wanted = _digest(GENERATORS[name])
    with alone(name):
        known = json.loads(record.read_text()) if record.exists() else {}
        if known.get("digest") != wanted:
            warnings = sorted(GENERATORS[name].make(contract(), folder))
            known = {"digest": wanted, "warnings": warnings}
            record.write_text(json.dumps(known))
    return Made(folder, frozenset(known["warnings"]))


@cache
def compiled() -> Path:
    """The folder of the TypeScript programs, compiled with the clients that they use.

    These are the programs in `uses`, and those on the page about TypeScript.
    """
    types = made("openapi-typescript").folder / "index.ts"
    sources = {MADE / use.name: use.read_text(encoding="utf-8") for use in USES.glob("*.ts")}
    sources |= {PAGE / name: code for name, code in page_files().items()}
    sources[PAGE / "contract.ts"] = types.read_text(encoding="utf-8")
    sources[_INSTALLED / "tsconfig.json"] = (FOLDER / "tsconfig.json").read_text(encoding="utf-8")
    clients = ("typescript-fetch", "hey-api")
    for name in clients:
        made(name)
    parts = [*sources.values(), *(_digest(GENERATORS[name]) for name in clients)]
    wanted = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    record = MADE / "compiled.made"
    with alone("compiled"):
        if not record.exists() or record.read_text() != wanted:
            for file, code in sources.items():
                file.parent.mkdir(exist_ok=True)
                file.write_text(code, encoding="utf-8")
            run([str(NODE / "tsc"), "--project", str(_INSTALLED / "tsconfig.json")])
            record.write_text(wanted)
    return MADE / "compiled"


def page_files() -> dict[str, str]:
    """The files on the page about TypeScript, each named by its first line."""
    blocks = code_blocks(page("start/typescript.md").read_text(encoding="utf-8"), "ts")
    return {block.partition("\n")[0].removeprefix("// "): block for block in blocks}


def page_program() -> list[str]:
    """The program on that page, ready to run: its id, number and text follow."""
    return ["node", str(compiled() / PAGE.name / "send.js")]


def python_path() -> str:
    """Where the Python clients are imported from, made if need be."""
    folders = [made("openapi-python-client").folder.parent, made("openapi-generator").folder]
    return os.pathsep.join(map(str, folders))


def programs() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """The programs in `uses` that are ready to run: their name, command and variables."""
    for use in sorted(USES.glob("*.py")):
        yield use.stem, [str(PYTHON / "python"), str(use)], {"PYTHONPATH": python_path()}
    for script in sorted(compiled().glob("with_*.js")):
        yield script.stem, ["node", str(script)], {}


def _digest(generator: Generator) -> str:
    parts = [json.dumps(contract()), *(lock.read_text() for lock in _LOCKS), *generator.command]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
