"""The licences of what is not ours: docs/licences.md, made of the locks and what is installed."""

import re
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, PackagePath, distribution
from pathlib import Path
from typing import Final

from pages.markdown import head, row
from tools.repository import LAYER, ROOT

PAGE: Final = ROOT / "docs" / "licences.md"
LAYER_LOCK: Final = LAYER / "requirements.txt"
DEV_LOCK: Final = ROOT / "requirements" / "dev.txt"

SHIPPED: Final = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",  # asks for the source of its own files only, which are shipped as they are
        "PSF-2.0",
    }
)
"""Licences of what may be in the layer: they ask for their text and notices to be kept."""
TOOLS: Final = SHIPPED | {"Artistic-1.0-Perl", "BSD", "CNRI-Python"}
"""Licences of what may be used to develop. Nothing of it is shipped."""

UNCLEAR: Final = {
    # Only on other machines than this one.
    "colorama": "BSD-3-Clause",
    "pywin32": "PSF-2.0",
    "uv": "Apache-2.0 OR MIT",
    # Their metadata name none, or none that is clear.
    "cookiecutter": "BSD-3-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}
"""What their LICENSE files say, where the metadata do not."""
_CLASSIFIERS: Final = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_TEXT: Final = re.compile(r"(licen[cs]e|notice|copying)", re.IGNORECASE)
_INTRODUCTION: Final = """\
# Licences

Made from the locks and from what is installed by `make docs`; do not edit.

The gateway itself is under the [MIT licence](../LICENSE). A licence that is not on the list in
`pages/licences.py` fails a test, and so does a package that is missing here.
"""
_IN_THE_LAYER: Final = """\
## What the layer carries

This runs in your account. Each package brings its licence and its notices into the layer, in its
`.dist-info` folder. The versions are in `layers/sms_gateway/requirements.txt`. boto3 and botocore
are not in the layer: they come with AWS's Python runtime.
"""
_TOOLS: Final = """\
## What is used to develop, test and deploy

None of this reaches your account. The versions are in `requirements/dev.txt`; checkov (Apache-2.0)
has an environment and a lock of its own.
"""


def pinned(lock: Path) -> list[str]:
    """The names of a lock's packages, each once."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9-]+)(?:\[[a-z,]+\])?==", line) for line in lines)
    return sorted({name[1] for name in found if name})


def licence(package: str) -> str:
    """Its licence, as an SPDX expression where its makers or its LICENSE file name one.

    Raises `LookupError` if there is no telling.
    """
    if package in UNCLEAR:
        return UNCLEAR[package]
    try:
        metadata = distribution(package).metadata
    except PackageNotFoundError:
        raise LookupError(
            f"{package} is not installed. Run make setup; if it is for other machines only, add "
            "its licence to UNCLEAR in pages/licences.py."
        ) from None
    named = [*metadata.get_all("License-Expression", []), *metadata.get_all("License", [])]
    if named and ("License-Expression" in metadata or named[0] in TOOLS):
        return str(named[0])
    classifiers = [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", [])]
    known = {_CLASSIFIERS[each] for each in classifiers if each in _CLASSIFIERS}
    if len(known) != 1:
        raise LookupError(
            f"The metadata of {package} do not name one licence. Read its LICENSE file, and add it "
            "to UNCLEAR in pages/licences.py."
        )
    return known.pop()


def is_allowed(expression: str, licences: frozenset[str]) -> bool:
    """Whether these licences meet the SPDX expression. None that we have met has parentheses."""
    return any(
        all(part in licences for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def texts(package: str) -> list[PackagePath]:
    """The licence and notice files that it brings, where they are installed."""
    files = distribution(package).files or []
    return sorted(f for f in files if ".dist-info" in f.parts[0] and _TEXT.search(f.name))


def page() -> str:
    """What the layer carries, package by package; the tools, licence by licence."""
    carried = pinned(LAYER_LOCK)
    by_licence = defaultdict(list)
    for package in sorted(set(pinned(DEV_LOCK)) - set(carried)):
        by_licence[licence(package)].append(package)
    return "\n".join(
        [
            _INTRODUCTION,
            _IN_THE_LAYER,
            *head("Package", "Licence", "Files with its text"),
            *(
                row(
                    f"`{package}`",
                    licence(package),
                    ", ".join(file.name for file in texts(package)),
                )
                for package in carried
            ),
            "",
            _TOOLS,
            *head("Licence", "Packages"),
            *(
                row(name, ", ".join(f"`{package}`" for package in packages))
                for name, packages in sorted(by_licence.items())
            ),
            "",
        ]
    )


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
