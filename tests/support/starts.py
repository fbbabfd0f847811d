"""The programs of docs/start: each stands on its page, and is run as the page says."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.generators import NODE, made, run
from tests.support.pages import page

_FENCE: Final = "^```{language}\n(.*?)^```$"
_WITHIN: Final = 90.0


@dataclass(frozen=True, slots=True)
class Start:
    """The program of a page. `command` gets the file's name, and then what it is to send."""

    page: str
    language: str
    file: str
    command: tuple[str, ...]

    def code(self) -> str:
        """The one block in this language that the page has. Raises `ValueError`."""
        text = page(f"start/{self.page}").read_text(encoding="utf-8")
        pattern = _FENCE.format(language=self.language)
        (code,) = re.findall(pattern, text, re.MULTILINE | re.DOTALL)
        return str(code)

    def ready(self, folder: Path) -> list[str]:
        """Put the program into the folder, compiled if need be; the command that runs it."""
        program = folder / self.file
        program.write_text(self.code(), encoding="utf-8")
        if self.language == "typescript":
            _compile(program)
            program = program.with_suffix(".js")
        return [*self.command, str(program)]


PYTHON: Final = Start("python.md", "python", "send.py", (sys.executable,))
PHP: Final = Start("php.md", "php", "send.php", ("php",))
SHELL: Final = Start("curl.md", "bash", "send.sh", ("sh",))
TYPESCRIPT: Final = Start("typescript.md", "typescript", "send.ts", ("node",))
RECEIVER: Final = Start("events.md", "python", "receive.py", (sys.executable,))


def _compile(program: Path) -> None:
    """With the types of the contract beside it, and the packages that the page installs."""
    folder = program.parent
    packages = folder / "node_modules"
    packages.symlink_to(NODE.parent, target_is_directory=True)
    shutil.copy(made("openapi-typescript").folder / "index.ts", folder / "gateway.ts")
    options = "--strict --target es2022 --module node16 --moduleResolution node16 --types node"
    folders = ["--typeRoots", str(packages / "@types"), "--rootDir", str(folder)]
    run([str(NODE / "tsc"), *options.split(), *folders, str(program)])


def finished(command: list[str], url: str, key: str) -> subprocess.CompletedProcess[str]:
    """The program when it has ended, with this gateway's address and key."""
    return subprocess.run(  # noqa: S603  programs of our own pages
        command,
        env=os.environ | {"SMS_GATEWAY_URL": url, "SMS_GATEWAY_KEY": key},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_WITHIN,
        check=False,
    )
