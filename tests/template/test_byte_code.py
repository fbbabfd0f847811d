"""The byte code of the layer, whatever the machine that builds has."""

import importlib.util
import marshal
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tools.repository import LAYER

PROGRAM: Final = LAYER / "byte_code.py"
OWN: Final = f"python{sys.version_info[0]}.{sys.version_info[1]}"
OTHER: Final = "python3.99"
ANSWER: Final = "cpython 3.99 final"


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    (tmp_path / "layer" / "package").mkdir(parents=True)
    (tmp_path / "layer" / "package" / "module.py").write_text("def f():\n    return 4711\n")
    return tmp_path / "layer"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine that has nothing but a shell, which the stubs below need."""
    for folder in ("bin", "home"):
        (tmp_path / "machine" / folder).mkdir(parents=True)
    return tmp_path / "machine"


def build(layer: Path, machine: Path, runtime: str = OTHER, *, home: str | None = None) -> str:
    """What the build says. It never fails for want of an interpreter."""
    environment = {"PATH": str(machine / "bin"), "HOME": home or str(machine / "home")}
    return subprocess.run(  # noqa: S603  our own program
        [sys.executable, str(PROGRAM), runtime, str(layer)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def compiled(layer: Path) -> list[Path]:
    return list(layer.rglob("*.pyc"))


def put(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('sh')}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def put_python(path: Path, answer: str = ANSWER) -> Path:
    """One that says it is of this version, and compiles as the real one would: with our own."""
    return put(path, f'case "$*" in *compileall*) exec {sys.executable} "$@";; esac; echo {answer}')


def put_uv(machine: Path, install: str) -> None:
    """uv, which knows no Python before it has installed one."""
    python = put_python(machine / "uvs" / "python")
    installed = machine / "installed"
    put(
        machine / "bin" / "uv",
        '[ "$UV_PYTHON_PREFERENCE$UV_PYTHON_INSTALL_BIN" = only-managed0 ] || exit 1\n'
        f'case "$1 $2 $3" in "python install 3.99") {install.format(installed=installed)};;'
        f' "python find 3.99") [ -e {installed} ] && echo {python};; *) exit 1;; esac',
    )


def test_byte_code_has_the_runtimes_magic_number_and_does_not_look_at_dates(
    layer: Path, machine: Path
) -> None:
    assert build(layer, machine, OWN) == ""
    (byte_code,) = compiled(layer)
    head, code = byte_code.read_bytes()[:16], byte_code.read_bytes()[16:]
    assert head[:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(head[4:8], "little") == 0b01, "by hash, and unchecked (PEP 552)"
    assert marshal.loads(code).co_filename == "/opt/python/package/module.py"  # noqa: S302  made above


@pytest.mark.parametrize("home", ["/", "//"])
def test_a_builder_whose_home_is_the_root_is_warned_as_any_other(
    home: str, layer: Path, machine: Path
) -> None:
    """As in a container that runs under any user's number."""
    assert build(layer, machine, home=home) == build(layer, machine) != ""


def test_python_uses_the_byte_code_though_sams_zip_dates_the_source_1980(
    layer: Path, machine: Path
) -> None:
    build(layer, machine, OWN)
    source = layer / "package" / "module.py"
    source.write_text("raise AssertionError('compiled anew')\n", encoding="utf-8")
    os.utime(source, (315_532_800, 315_532_800))
    found = subprocess.run(
        [sys.executable, "-B", "-c", "from package.module import f; print(f())"],
        cwd=layer,
        check=True,
        capture_output=True,
        text=True,
    )
    assert found.stdout == "4711\n"


def test_without_an_interpreter_the_layer_is_built_and_the_build_says_loudly_what_to_do(
    layer: Path, machine: Path
) -> None:
    said = build(layer, machine)
    assert compiled(layer) == []
    assert "WARNING: no Python 3.99" in said
    assert "THE LAYER HAS NO BYTE CODE" in said
    assert "uv python install 3.99" in said


@pytest.mark.parametrize(
    "place",
    [
        f"bin/{OTHER}",
        f"home/.pyenv/versions/3.99.4/bin/{OTHER}",
        f"home/.local/share/uv/python/cpython-3.99.4-linux-x86_64-gnu/bin/{OTHER}",
        f"home/.local/share/mise/installs/python/3.99.4/bin/{OTHER}",
        f"home/.asdf/installs/python/3.99.4/bin/{OTHER}",
    ],
)
def test_an_interpreter_is_found_on_the_path_and_where_managers_of_pythons_put_it(
    layer: Path, machine: Path, place: str
) -> None:
    put_python(machine / place)
    assert build(layer, machine) == ""
    assert len(compiled(layer)) == 1


def test_a_shim_that_does_not_work_does_not_hide_an_interpreter_that_does(
    layer: Path, machine: Path
) -> None:
    put(machine / "bin" / OTHER, "exit 127")
    put_python(machine / f"home/.pyenv/versions/3.99.4/bin/{OTHER}")
    assert build(layer, machine) == ""
    assert len(compiled(layer)) == 1


@pytest.mark.parametrize(
    "answer", ["cpython 3.98 final", "cpython 3.99 candidate", "pypy 3.99 final"]
)
def test_an_interpreter_with_other_byte_code_is_not_used(
    layer: Path, machine: Path, answer: str
) -> None:
    put_python(machine / "bin" / OTHER, answer)
    assert "WARNING" in build(layer, machine)
    assert compiled(layer) == []


def test_uv_gets_an_interpreter_that_is_not_there(layer: Path, machine: Path) -> None:
    put_uv(machine, install=": > {installed}")
    assert build(layer, machine) == ""
    assert len(compiled(layer)) == 1


def test_a_uv_that_cannot_download_leaves_the_warning(layer: Path, machine: Path) -> None:
    put_uv(machine, install="echo no network >&2; exit 2")
    said = build(layer, machine)
    assert "WARNING: no Python 3.99" in said
    assert "no network" not in said
    assert compiled(layer) == []
