"""uv, with the index, the proxy and the certificates that pip is configured for.

uv reads none of pip's configuration, so it would leave the company's index alone and ask the
public one. What is set for uv itself comes first.

    python requirements/uv_like_pip.py pip install --requirement requirements/dev.txt
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

# Not among them: extra indexes and folders of wheels. All that is locked comes from one index, and
# `make lock` shall not write down the few files of a package that lie in such a place.
_VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTP_PROXY", "HTTPS_PROXY"),
    "timeout": ("UV_HTTP_TIMEOUT",),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
}
_SECTIONS: Final = ("global", "install", ":env:")
"""Where pip looks for what `pip install` is told; what comes later is stronger."""


def _configured() -> dict[str, str]:
    """What pip is told: `index-url` and the like."""
    listed = subprocess.run(  # pip of the Python that runs this
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    lines = (line.partition("=") for line in listed.splitlines())
    found = {name: str(ast.literal_eval(value)) for name, _, value in lines}
    return {
        name.removeprefix(f"{section}."): value
        for section in _SECTIONS
        for name, value in found.items()
        if name.startswith(f"{section}.")
    }


def _as_variables(configured: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in configured.items():
        for variable in _VARIABLES.get(name, ()):
            if variable not in os.environ and variable.lower() not in os.environ:
                yield variable, " ".join(value.split())  # pip takes several hosts on several lines


if __name__ == "__main__":
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        sys.exit("uv is not installed.")
    environment = {**os.environ, **dict(_as_variables(_configured()))}
    os.execve(uv, [uv.name, *sys.argv[1:]], environment)  # noqa: S606  no shell is wanted
