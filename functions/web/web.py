"""The files of the console and of `<click-to-sms>`: to any program that asks, and nothing else.

This function has no table, no secret, no setting and no right beyond its log group.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sms_gateway.entrypoints.site import Site

SITE: Final = Site.read(Path(__file__).with_name("site"))


def handler(event: Mapping[str, Any], _: object) -> dict[str, Any]:
    """Entry point of the Lambda function `web`."""
    return SITE.answer(event)
