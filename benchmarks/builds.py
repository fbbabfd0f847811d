"""The versions that are measured, each as `sam build` packs it.

A build is kept in `.local/bench/builds` under the name of its commit or, for the working tree, of
what is in it. A measurement runs a copy whose certificate bundles end with the stubs' root: so a
function trusts the stubs and reads a file as long as in real life, and no code of it is changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.processes import FILES, RUNTIME, MeasurementError
from layers.sms_gateway.roots import write_folder
from tools.repository import ROOT

OLD_COMMIT: Final = "c0dde20"
"""The commit on which the figures of the targets were measured."""
PEERS: Final = ROOT / "benchmarks" / "peers"
_BUILDS: Final = FILES / "builds"
_PACKED: Final = ("functions", "layers", "template.yaml")
"""What `sam build` reads of the repository."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of those that are compared.

    `tasks` maps functions to their folders. `layer` is what they share, as Lambda's `/opt/python`;
    a peer has none. `tree` holds its template and its sample events; a peer has those of today.
    """

    name: str
    tree: Path
    tasks: dict[str, Path]
    layer: Path | None

    @property
    def template(self) -> Path:
        """The template that its functions stand in; a peer has the gateway's of today."""
        return self.tree / "template.yaml"

    @property
    def is_peer(self) -> bool:
        """Whether it is one of `benchmarks/peers`."""
        return self.layer is None

    def python_path(self, function: str) -> str:
        """As Lambda sets it: the function's own folder before the layer's."""
        folders = [self.tasks[function], *([self.layer] if self.layer else [])]
        return os.pathsep.join(map(str, folders))


def today() -> Version:
    """The working tree."""
    digest = hashlib.sha256()
    for path in sorted(_files_of_working_tree()):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return _gateway("today", ROOT, f"tree-{digest.hexdigest()[:16]}")


def then() -> Version:
    """The commit `OLD_COMMIT`. Raises `MeasurementError` if git does not have it."""
    tree = _BUILDS / f"source-{OLD_COMMIT}"
    if not tree.exists():
        archive = subprocess.run(
            ["git", "archive", OLD_COMMIT],  # noqa: S607  the git of the developer's path
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        if archive.returncode:
            raise MeasurementError(
                f"git has no commit {OLD_COMMIT}, against which today's gateway is measured. The"
                " clone is probably shallow: run `git fetch --unshallow`, then `make bench` again."
            )
        with _whole(tree) as folder, tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
    return _gateway("then", tree, OLD_COMMIT)


def peer(name: str) -> Version:
    """One of the peers, packed as `sam build` packs a function with a `requirements.txt`."""
    source = PEERS / name
    digest = hashlib.sha256()
    for path in sorted(source.iterdir()):
        if path.is_file():
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
    built = _BUILDS / f"{name}-{digest.hexdigest()[:16]}"
    if not built.exists():
        with _whole(built) as folder:
            _install(source / "requirements.txt", folder)
            for path in source.glob("*.py"):
                shutil.copy(path, folder)
            if (source / "compiled").exists():
                _compile(folder)
    functions = [path.stem for path in source.glob("*.py")]
    return Version(name, ROOT, dict.fromkeys(functions, built), None)


def trusting(version: Version, root: Path, folder: Path) -> Version:
    """A copy, as cheap as links are, that trusts this root as well as those in it."""
    copy = folder / version.name
    shutil.rmtree(copy, ignore_errors=True)
    packed = version.layer or next(iter(version.tasks.values()))
    shutil.copytree(packed, copy, copy_function=os.link)
    for bundle in copy.rglob("*.pem"):
        content = bundle.read_bytes()
        bundle.unlink()  # a link: the build itself stays as it is
        bundle.write_bytes(content.rstrip() + b"\n" + root.read_bytes())
    for roots in copy.rglob("adapters/voipit/roots"):
        shutil.rmtree(roots)
        (bundle,) = copy.rglob("certifi/cacert.pem")
        write_folder(bundle.read_text(encoding="utf-8"), roots)
    if version.layer:
        return Version(version.name, version.tree, version.tasks, copy)
    return Version(version.name, version.tree, dict.fromkeys(version.tasks, copy), None)


def described(versions: Sequence[Version]) -> dict[str, str]:
    """Of each version: certificates in its bundles, and whether what it imports is compiled."""
    told = {}
    for version in versions:
        packed = version.layer or next(iter(version.tasks.values()))
        bundles = sorted(
            p.read_text(encoding="utf-8").count("BEGIN CERT") for p in packed.rglob("*.pem")
        )
        compiled = "with" if any(packed.rglob("*.pyc")) else "without"
        told[f"{version.name}, packed"] = f"bundles of {bundles} certificates, {compiled} byte code"
    return told


def without_interpreter() -> dict[str, bool]:
    """Whether the layer has byte code, and whether a warning was given, without `python3.13`.

    The working tree is packed with one on the path that does not run.
    """
    with TemporaryDirectory(dir=FILES) as folder:
        broken = Path(folder) / "python3.13"
        broken.write_text("#!/bin/sh\nexit 127\n")
        broken.chmod(0o755)
        log = _sam_build(ROOT, Path(folder) / "build", Path(folder))
        layer = Path(folder) / "build" / "SmsGatewayLayer"
        return {
            "byte code": any(layer.rglob("*.pyc")),
            "warned": "byte code" in log.read_text(encoding="utf-8"),
        }


def _gateway(name: str, tree: Path, build: str) -> Version:
    built = _BUILDS / build
    if not built.exists():
        with _whole(built) as folder:
            _sam_build(tree, folder, _interpreters())
    tasks = {
        path.name.removesuffix("Function").lower(): path
        for path in built.iterdir()
        if path.name.endswith("Function")
    }
    return Version(name, tree, tasks, built / "SmsGatewayLayer" / "python")


def _sam_build(tree: Path, folder: Path, first_on_path: Path) -> Path:
    """Pack a tree; returns the log. Raises `MeasurementError`."""
    tools = Path(sys.executable).parent
    path = os.pathsep.join([str(first_on_path), str(tools), os.environ["PATH"]])
    log = FILES / "logs" / "sam-build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    options = ["--no-cached", "--parallel", "--build-dir", str(folder)]
    with log.open("wb") as output:
        failed = subprocess.run(
            [str(tools / "sam"), "build", "--template", "template.yaml", *options],
            env={**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0"},
            cwd=tree,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if failed:
        raise MeasurementError(f"sam build failed for {tree}; {log} says why.")
    return log


def _interpreters() -> Path:
    """A folder with nothing but the functions' Python in it, under the name that builds look for.

    So the layer gets its byte code, whatever the machine's path has.
    """
    folder = FILES / "interpreters"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "python3.13"
    program.unlink(missing_ok=True)
    program.symlink_to(RUNTIME.resolve())
    return folder


def _install(requirements: Path, folder: Path) -> None:
    uv = [sys.executable, str(ROOT / "requirements" / "uv_like_pip.py"), "pip", "install"]
    options = [
        "--quiet",
        "--link-mode",
        "copy",
        "--no-deps",
        "--require-hashes",
        "--python",
        str(RUNTIME),
    ]
    failed = subprocess.run(
        [*uv, *options, "--target", str(folder), "-r", str(requirements)], check=False
    ).returncode
    if failed:
        raise MeasurementError(f"{requirements} could not be installed; uv says why above.")


def _compile(folder: Path) -> None:
    how = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([str(RUNTIME), *how, str(folder)], check=True)


def _files_of_working_tree() -> Iterator[Path]:
    for name in _PACKED:
        path = ROOT / name
        files = path.rglob("*") if path.is_dir() else [path]
        yield from (f for f in files if f.is_file() and "__pycache__" not in f.parts)


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A folder that is there as a whole or not at all, however the block ends."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    partial.rename(target)
