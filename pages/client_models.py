"""The types of the Python client, made from the contract by datamodel-code-generator.

`make generators` installs that program, which `make docs` does without: where it is missing the
types stay as they are, and `make docs` says so.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from pages.contract import contract
from tools.repository import CLIENT_SOURCE, ROOT

MODELS: Final = CLIENT_SOURCE / "sms_gateway_client" / "models.py"
GENERATOR: Final = ROOT / ".generators" / "venv" / "bin" / "datamodel-codegen"
HEADER: Final = (
    '"""What requests and answers hold: made from openapi.yaml by `make docs`, not by hand."""'
)
_OPTIONS: Final = (
    "--input-file-type=openapi",
    "--output-model-type=typing.TypedDict",
    "--enum-field-as-literal=all",
    "--target-python-version=3.11",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-schema-description",
    "--use-field-description",
    "--no-use-closed-typed-dict",  # mypy does not know PEP 728 yet
    "--disable-timestamp",
    "--formatters=builtin",
)
_WITHIN: Final = 120.0
"""Seconds."""


def models() -> str:
    """The module as the contract has it today. Raises `OSError` without the generator."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "contract.json", Path(folder) / "models.py"
        source.write_text(json.dumps(contract()), encoding="utf-8")
        options = [f"--input={source}", f"--output={made}", f"--custom-file-header={HEADER}"]
        subprocess.run(  # noqa: S603  a program that requirements/generators.txt names
            [str(GENERATOR), *options, *_OPTIONS],
            check=True,
            capture_output=True,
            cwd=folder,
            timeout=_WITHIN,
        )
        return made.read_text(encoding="utf-8")


def write() -> None:
    """Put it into the package, if the generator is installed."""
    if GENERATOR.exists():
        MODELS.write_text(models(), encoding="utf-8")
    else:
        print(f"{MODELS.relative_to(ROOT)} stays as it is: `make generators` first.")  # noqa: T201


if __name__ == "__main__":
    write()
