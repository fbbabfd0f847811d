"""The layer as `sam build` has made it."""

import pytest

from layers.sms_gateway.roots import PUBLISHED
from pages.licences import LAYER_LOCK, pinned, texts
from sms_gateway.adapters.aws import AMAZON_ROOTS, ENDPOINTS
from sms_gateway.adapters.voipit.transport import ROOTS
from tools.repository import LAYER_SOURCE, LOCAL_FILES

BUILT = LOCAL_FILES / "build" / "SmsGatewayLayer" / "python"


@pytest.mark.usefixtures("stack")
def test_the_layer_brings_every_licence_and_notice_of_what_it_carries() -> None:
    carried = {package: texts(package) for package in pinned(LAYER_LOCK)}
    left_out = [str(f) for files in carried.values() for f in files if not (BUILT / f).exists()]
    assert all(carried.values())
    assert left_out == []


@pytest.mark.usefixtures("stack")
def test_the_layer_brings_the_roots_of_aws() -> None:
    roots = (BUILT / AMAZON_ROOTS.relative_to(LAYER_SOURCE)).read_text(encoding="utf-8")
    assert roots.count("BEGIN CERTIFICATE") == len(PUBLISHED)


@pytest.mark.usefixtures("stack")
def test_the_layer_brings_the_endpoints_of_aws() -> None:
    assert (BUILT / ENDPOINTS.relative_to(LAYER_SOURCE) / "endpoints.json").exists()


@pytest.mark.usefixtures("stack")
def test_the_layer_brings_every_root_of_certifi_to_verify_voipit_with() -> None:
    roots = list((BUILT / ROOTS.relative_to(LAYER_SOURCE)).iterdir())
    bundle = (BUILT / "certifi" / "cacert.pem").read_text(encoding="utf-8")
    assert len(roots) == bundle.count("BEGIN CERTIFICATE")
