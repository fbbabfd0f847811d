"""The layer as `sam build` has made it."""

import pytest

from pages.licences import LAYER_LOCK, pinned, texts
from tools.repository import LOCAL_FILES


@pytest.mark.usefixtures("stack")
def test_the_layer_brings_every_licence_and_notice_of_what_it_carries() -> None:
    built = LOCAL_FILES / "build" / "SmsGatewayLayer" / "python"
    carried = {package: texts(package) for package in pinned(LAYER_LOCK)}
    left_out = [str(f) for files in carried.values() for f in files if not (built / f).exists()]
    assert all(carried.values())
    assert left_out == []
