"""The programs of docs/start: each stands on its page, and is run as the page says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.generators import FOLDER, MISSING, page_program, run
from tests.support.pages import page
from tools.repository import CLIENT_SOURCE

_FENCE: Final = "^```{language}\n(.*?)^```$"
_WITHIN: Final = 90.0


@dataclass(frozen=True, slots=True)
class Start:
    """The program of a page. `command` gets the file's name, and then what it is to send.

    `needs` are the programs that have to be on the machine.
    """

    page: str
    language: str
    file: str
    command: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    def code(self) -> str:
        """The one block in this language that the page has. Raises `ValueError`."""
        text = page(f"start/{self.page}").read_text(encoding="utf-8")
        pattern = _FENCE.format(language=self.language)
        (code,) = re.findall(pattern, text, re.MULTILINE | re.DOTALL)
        return str(code)

    def in_a_test(self) -> Any:
        """It as a parameter; the test is skipped where something is missing, and fails in CI."""
        missing = [name for name in self.needs if shutil.which(name) is None]
        if self.language == "typescript" and MISSING:
            missing.append(MISSING)
        skip = pytest.mark.skipif(
            bool(missing) and "CI" not in os.environ, reason=f"missing: {', '.join(missing)}"
        )
        return pytest.param(self, marks=skip, id=self.language)

    def ready(self, folder: Path) -> list[str]:
        """What runs it, once it is in the folder. In TypeScript it is compiled elsewhere."""
        if self is TYPESCRIPT:
            return page_program()
        program = folder / self.file
        program.write_text(self.code(), encoding="utf-8")
        return [*self.command, str(program)]


PYTHON: Final = Start("python.md", "python", "send.py", (sys.executable,))
PHP: Final = Start("php.md", "php", "send.php", ("php",), ("php",))
SHELL: Final = Start("curl.md", "bash", "send.sh", ("sh",), ("curl", "jq"))
TYPESCRIPT: Final = Start("typescript.md", "typescript", "send.ts", needs=("node",))
RECEIVER: Final = Start("events.md", "python", "receive.py", (sys.executable,))
PAGE: Final = Start("page.md", "html", "page.html")
PAGE_SERVER: Final = Start("page.md", "python", "server.py", (sys.executable,))
_PAGE_SCRIPT: Final = Start("page.md", "js", "sms.js")
SENDERS: Final = tuple(each.in_a_test() for each in (PYTHON, TYPESCRIPT, PHP, SHELL))
_DRIVER: Final = FOLDER / "page_driver.mjs"


def told(url: str, key: str) -> dict[str, str]:
    """The variables in which every program of docs/start finds its gateway."""
    return {"SMS_GATEWAY_URL": url, "SMS_GATEWAY_API_KEY": key}


def finished(command: list[str], url: str, key: str) -> subprocess.CompletedProcess[str]:
    """The program when it has ended, with this gateway's address and key."""
    return subprocess.run(  # noqa: S603  programs of our own pages
        command,
        env=os.environ | told(url, key) | {"PYTHONPATH": str(CLIENT_SOURCE)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_WITHIN,
        check=False,
    )


def sent_by_a_page(
    folder: Path, origin: str, number: str, text: str, answers: Sequence[Any] | None = None
) -> dict[str, Any]:
    """What a page of this origin shows that sends with the script in docs/start/page.md.

    With `answers` the page is not on the network: each is a status, a body and headers, or `None`
    for a request that gets no answer. What was `asked` is in the result then, with its token.
    """
    script = folder / "sms.js"
    script.write_text(_PAGE_SCRIPT.code(), encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    instead = [] if answers is None else [json.dumps(answers)]
    result: dict[str, Any] = json.loads(
        run(["node", str(_DRIVER), str(script), origin, number, text, *instead])
    )
    return result
