"""`make send`: what the program has explained is no error of make's, and what it has not is one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.gateway_server import API_KEY, GatewayServer
from tools.repository import ROOT
from tools.send_csv import KEY_VARIABLE, URL_VARIABLE


def make(gateway: GatewayServer, *arguments: str) -> tuple[int, str]:
    """Exit status and output of make, which takes the set-up for done."""
    command = [str(shutil.which("make")), "--assume-old=.venv/ready", *arguments]
    where = {URL_VARIABLE: gateway.url, KEY_VARIABLE: API_KEY}
    done = subprocess.run(  # noqa: S603  our own Makefile
        command,
        cwd=ROOT,
        env=os.environ | where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def a_file(folder: Path, text: str) -> str:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return f"CSV={path}"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("number,message\n0722000001,Da\n", "", "queued"),
        ("number,message\n0722000001,\n", "", "1 of 1 rows are wrong. Nothing was sent."),
        ("number,note\n0722000001,Da\n", "--check", 'there is no "message"'),
        ("number,message\n0722000001,Da\n", "--wait=long", "invalid seconds value"),
    ],
)
def test_below_an_explanation_there_is_no_error_of_make(
    tmp_path: Path, gateway: GatewayServer, text: str, options: str, said: str
) -> None:
    status, output = make(gateway, "send", a_file(tmp_path, text), f"OPTIONS={options}")

    assert (status, "***" in output, said in output) == (0, False, True), output


def test_what_the_program_did_not_expect_is_an_error(
    tmp_path: Path, gateway: GatewayServer
) -> None:
    broken = tmp_path / "requests.py"
    broken.write_text("raise RuntimeError('out of order')")
    file = a_file(tmp_path, "number,message\n0722000001,Da\n")

    status, output = make(gateway, "send", file, f"PYTHONPATH={tmp_path}")

    assert status == 2
    assert "RuntimeError: out of order" in output
    assert "***" in output
