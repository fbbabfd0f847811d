"""Pictures of the pages for the documentation; with `PICTURES=1` the tests publish them.

They are drawn alike every time on a machine with the same fonts; another machine has others, so no
test compares them.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Locator, Page

from tools.repository import LOCAL_FILES, ROOT

PUBLISHED: Final = ROOT / "docs" / "img"
LARGEST: Final = 150 * 1024
"""Bytes of a picture: everyone who clones the repository gets it."""
WIDE: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 844}
LOOKS: Final[Mapping[str, Any]] = {
    "device_scale_factor": 1,
    "locale": "en-GB",
    "timezone_id": "Europe/Bucharest",
    "reduced_motion": "reduce",
}
"""What a browser context for pictures is made with, besides its viewport and its colour scheme."""


def picture(of: Page | Locator, name: str) -> Path:
    """Write `name`.png of a page as far as its window goes, or of one part of it.

    It goes to docs/img where the environment variable `PICTURES` is set, otherwise to
    .local/pictures, so that a run of the tests changes no file of the repository.
    """
    folder = PUBLISHED if os.environ.get("PICTURES") else LOCAL_FILES / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    # A pointer that rests on something would draw it as it is drawn under a pointer.
    (of if isinstance(of, Page) else of.page).mouse.move(0, 0)
    of.screenshot(path=path, animations="disabled", caret="hide", scale="device")
    assert path.stat().st_size < LARGEST, f"{path} is too large for the repository"
    return path
