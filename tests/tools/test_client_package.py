"""The Python client as a package: what is in it, what it needs, and what its README promises."""

import ast
import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections import deque
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
import yaml

from sms_gateway_client import __all__ as public
from sms_gateway_client import __version__
from tests.support.gateway_server import API_KEY, GatewayServer
from tests.support.pages import code_blocks
from tools.repository import CLIENT, CLIENT_SOURCE, ROOT

PACKAGE: Final = CLIENT_SOURCE / "sms_gateway_client"
README: Final = (CLIENT / "README.md").read_text(encoding="utf-8")
EXAMPLES: Final = code_blocks(README, "python")
MODULES: Final = {path.name for path in PACKAGE.glob("*.py")} | {"py.typed"}
WITHIN: Final = 120


def settings() -> dict[str, object]:
    project: dict[str, object] = tomllib.loads((CLIENT / "pyproject.toml").read_text())["project"]
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and an sdist, made of a copy: a build leaves files behind."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    shutil.copytree(CLIENT, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    build = (
        "import setuptools.build_meta as b; "
        f"b.build_sdist({str(folder)!r}); b.build_wheel({str(folder)!r})"
    )
    subprocess.run(  # noqa: S603  the build backend that the package names
        [sys.executable, "-c", build], cwd=source, check=True, capture_output=True, timeout=WITHIN
    )
    return folder


def test_gateway_contract_and_client_are_of_one_version(built: Path) -> None:
    gateway = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    contract = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["info"]

    (wheel,) = built.glob("*.whl")
    assert {gateway["version"], contract["version"], __version__} == {__version__}
    assert wheel.name == f"voipit_sms_gateway_client-{__version__}-py3-none-any.whl"


def test_the_wheel_has_the_modules_the_types_and_the_licence_and_no_more(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith("/METADATA"))
        told = email.message_from_bytes(archive.read(metadata))

    assert {name for name in names if ".dist-info/" not in name} == {
        f"sms_gateway_client/{name}" for name in MODULES
    }
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert (told["License-Expression"], told["Requires-Python"]) == ("MIT", ">=3.11")
    needs = told.get_all("Requires-Dist", [])
    assert [need.partition(">")[0] for need in needs if "extra ==" not in need] == ["requests"]
    assert [need.partition(">")[0] for need in needs if 'extra == "signature"' in need] == [
        "cryptography"
    ]
    assert "## Send" in told.get_payload()


def test_the_sdist_has_what_the_wheel_is_made_of(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert names >= {"README.md", "LICENSE", "pyproject.toml"}
    assert names >= {f"src/sms_gateway_client/{name}" for name in MODULES}
    assert not any("test" in name or "__pycache__" in name for name in names)


def test_the_licence_is_the_repositorys() -> None:
    assert (CLIENT / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def imported(path: Path) -> set[str]:
    """The packages that a module imports, without Python's own and the client's."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names - {"sms_gateway_client"}


def test_the_client_imports_requests_and_nothing_else_that_is_not_pythons() -> None:
    """The signature of SNS apart, for which there is an extra."""
    by_module = {path.name: imported(path) for path in PACKAGE.glob("*.py")}

    assert by_module.pop("signature.py") == {"cryptography"}
    assert set().union(*by_module.values()) == {"requests"}
    assert settings()["dependencies"] == ["requests>=2.32"]


def test_the_client_has_what_it_says_and_nothing_else() -> None:
    client = import_module("sms_gateway_client")

    assert all(hasattr(client, name) for name in public)
    assert not hasattr(client, "Gatewy")


def test_the_readme_names_every_error() -> None:
    errors = {name for name in public if name.endswith("Error")}

    assert errors == set(re.findall(r"\b[A-Z]\w+Error\b", README))


def test_every_page_installs_the_client_from_a_clone_since_no_index_has_it() -> None:
    pages = [CLIENT / "README.md", ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "\n".join(each.read_text(encoding="utf-8") for each in pages)

    assert not re.findall(r"install [^`\n]*voipit-sms-gateway-client", text)
    assert set(re.findall(r"pip install '?(\S*clients/python)", text)) == {"./clients/python"}


def run(program: str, folder: Path, gateway: GatewayServer) -> str:
    """What a program prints that has the package on its path and nothing else of the repository."""
    script = folder / "program.py"
    script.write_text(program, encoding="utf-8")
    where = {"SMS_GATEWAY_URL": gateway.url, "SMS_GATEWAY_API_KEY": API_KEY}
    done = subprocess.run(  # noqa: S603  a program of ours
        [sys.executable, "-W", "error", str(script)],
        cwd=folder,
        env=os.environ | where | {"PYTHONPATH": str(CLIENT_SOURCE)},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_of_the_readme_do_what_it_says(tmp_path: Path, gateway: GatewayServer) -> None:
    gateway.statuses["0721 234 567"] = "sent"
    gateway.problems["112"] = deque([(422, "invalid-phone-number")] * 2)

    assert len(EXAMPLES[0].splitlines()) <= 10
    printed = [run(example, tmp_path, gateway) for example in EXAMPLES]

    assert printed == [
        "sent\n",
        "refused, invalid-phone-number: It is invalid-phone-number.\n",
        "order-1 sent\norder-2 queued\norder-3 It is invalid-phone-number.\n",
    ]


def test_the_examples_of_the_readme_are_sound(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")

    done = subprocess.run(  # noqa: S603  the type checker of the repository
        [
            str(Path(sys.executable).with_name("mypy")),
            "--strict",
            f"--cache-dir={tmp_path}",
            "--follow-imports=silent",
            *map(str, sorted(tmp_path.glob("*.py"))),
        ],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": str(CLIENT_SOURCE)},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stdout
