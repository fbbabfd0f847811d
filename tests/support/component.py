"""The component `<click-to-sms>` as the gateway serves it."""

import json
from pathlib import Path
from typing import Any, Final

from tools.repository import ROOT

SOURCE: Final = ROOT / "web" / "click-to-sms"
SITE: Final = ROOT / "functions" / "web" / "site"
PACKAGE: Final[dict[str, Any]] = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
VERSION: Final[str] = PACKAGE["version"]
RELEASES: Final[dict[str, str]] = json.loads((SOURCE / "releases.json").read_text(encoding="utf-8"))
"""The integrity of each version that pages can name."""


def bundle(version: str = VERSION) -> Path:
    """The file of a version."""
    return SITE / "web" / version / "click-to-sms.js"


BUNDLE: Final = bundle()
