"""The secret scan finds what must never be committed.

The samples are put together when the tests run, so that the scan finds none in this file.
"""

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tools.secret_scan import ALLOWED_FILE, main

RANDOM: Final = base64.b64encode(hashlib.sha512(b"a made-up key").digest()).decode()
PASSWORD: Final = "Kp7v" + "R2mXq9tL"
KEY: Final = "AKIA" + "Q3EGRTY7ZK4PLM2X"
PLANTED: Final = {
    "an AWS key": ("deploy.sh", f"export AWS_ACCESS_KEY_ID={KEY}", "AWS Access Key"),
    "an AWS secret key": (
        "tool.py",
        f"aws_secret_access_key = '{RANDOM[:40]}'",
        "AWS Access Key",
    ),
    "a private key": (
        "server.pem",
        "-----BEGIN RSA PRIVATE" + f" KEY-----\n{RANDOM}",
        "Private Key",
    ),
    "Voipit's password in code": ("send.py", f'VOIPIT_PASSWORD = "{PASSWORD}"', "Secret Keyword"),
    "Voipit's password in a secret's text": (
        "account.json",
        f'{{"accountNumber": "400123", "password": "{PASSWORD}"}}',
        "Secret Keyword",
    ),
    "Voipit's password in the environment": (
        ".env",
        f"VOIPIT_PASSWORD={PASSWORD}",
        "Secret Keyword",
    ),
    "Voipit's password in a template": (
        "template.yaml",
        f"VoipitPassword: {PASSWORD}",
        "Secret Keyword",
    ),
    "a client's API key": (
        "page.js",
        f'fetch(url, {{headers: {{"x-api-key": "{RANDOM[40:72]}"}}}})',
        "Base64 High Entropy String",
    ),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)  # noqa: S603, S607  git is git
    (tmp_path / "README.md").write_text("Nothing to see.\n")
    return tmp_path


@pytest.mark.parametrize(("file", "text", "kind"), PLANTED.values(), ids=list(PLANTED))
def test_a_planted_secret_is_reported_by_place_and_kind_and_not_by_its_value(
    repository: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, kind: str
) -> None:
    (repository / file).write_text(f"# first\n{text}\n")
    assert main(["--root", str(repository)]) == 1
    said = capsys.readouterr().out
    assert any(line.startswith(f"{file}:") and kind in line for line in said.splitlines()), said
    assert "Take each of these out" in said
    assert text.splitlines()[0] not in said
    assert PASSWORD not in said


def test_a_repository_without_a_secret_passes(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(repository)]) == 0
    assert capsys.readouterr().out == "No secret in any file.\n"


def test_a_comment_in_the_line_hides_nothing(repository: Path) -> None:
    (repository / "a.py").write_text(f'password = "{PASSWORD}"  # pragma: allowlist secret\n')
    assert main(["--root", str(repository)]) == 1


def test_before_a_commit_only_the_files_that_it_changes_are_looked_at(repository: Path) -> None:
    (repository / "a.py").write_text(f'password = "{PASSWORD}"\n')
    assert main(["--root", str(repository), "README.md"]) == 0
    assert main(["--root", str(repository), "a.py"]) == 1


def allow(repository: Path, values: str) -> None:
    entry = f'[[allowed]]\nbecause = "a test"\nfiles = "a.*"\nvalues = [{values}]\n'
    (repository / ALLOWED_FILE).write_text(entry)


def test_what_is_listed_with_a_reason_passes_in_the_files_it_is_listed_for(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "a.py").write_text(f'password = "{PASSWORD}"\n')
    allow(repository, "'Kp7v\\w+'")
    assert main(["--root", str(repository)]) == 0
    (repository / "b.py").write_text(f'password = "{PASSWORD}"\n')
    assert main(["--root", str(repository)]) == 1
    assert "b.py:1: Secret Keyword" in capsys.readouterr().out


def test_an_entry_of_the_list_that_nothing_needs_any_more_is_reported(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allow(repository, "'gone'")
    assert main(["--root", str(repository)]) == 1
    assert capsys.readouterr().out.startswith(f"{ALLOWED_FILE}: gone in a.* is found no longer.")
