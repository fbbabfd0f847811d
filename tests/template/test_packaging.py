"""What is built, from what, and how it is deployed."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from tests.support.template import TEMPLATE, of_type
from tools.deploy import read_tags
from tools.repository import LAYER, ROOT

APPLICATION: Final[dict[str, Any]] = TEMPLATE["Metadata"]["AWS::ServerlessRepo::Application"]
OTHER_TOOLS: Final = (ROOT / "docs" / "other-tools.md").read_text(encoding="utf-8")
REFUSED_BY_THE_REPOSITORY: Final = {"AWS::CloudWatch::CompositeAlarm", "AWS::Lambda::Url"}
"""Of our types those that `sam publish` failed with (serverless-application-model #1864, #3402)."""
MOST_RESOURCES: Final = 500
MOST_PARAMETERS: Final = 200
LARGEST_TEMPLATE: Final = 1_000_000
"""Characters, through a bucket, as SAM hands it over."""

PINS: Final = {
    "layer": LAYER / "requirements.txt",
    "dev": ROOT / "requirements" / "dev.txt",
    "bench": ROOT / "requirements" / "bench.txt",
    "lean": ROOT / "benchmarks" / "peers" / "lean" / "requirements.txt",
    "tutorial": ROOT / "benchmarks" / "peers" / "tutorial" / "requirements.txt",
}
_PIN: Final = re.compile(r"([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;]+)")


def logical_lines(pins: str) -> Iterator[str]:
    text = PINS[pins].read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line


def versions(pins: str) -> dict[str, str]:
    found = [_PIN.match(line) for line in logical_lines(pins)]
    return {pin[1]: pin[2] for pin in found if pin}


@pytest.fixture(scope="module")
def samconfig() -> dict[str, Any]:
    return tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))


def test_the_layer_is_built_by_its_makefile_from_pinned_wheels_only() -> None:
    ((name, layer),) = of_type(TEMPLATE, "AWS::Serverless::LayerVersion").items()
    assert layer["Metadata"] == {"BuildMethod": "makefile"}
    assert ROOT / layer["Properties"]["ContentUri"] == LAYER
    makefile = (LAYER / "Makefile").read_text(encoding="utf-8")
    assert f"\nbuild-{name}:" in makefile
    for option in ("--require-hashes", "--no-deps", "--only-binary=:all:"):
        assert option in makefile


def test_the_layer_fits_what_the_functions_run_on() -> None:
    ((_, layer),) = of_type(TEMPLATE, "AWS::Serverless::LayerVersion").items()
    runs_on = TEMPLATE["Globals"]["Function"]
    assert runs_on["Runtime"] in layer["Properties"]["CompatibleRuntimes"]
    assert set(runs_on["Architectures"]) <= set(layer["Properties"]["CompatibleArchitectures"])
    assert runs_on["Layers"] == [{"Ref": "SmsGatewayLayer"}]


def test_the_layers_byte_code_is_for_the_python_that_the_functions_run_on() -> None:
    makefile = (LAYER / "Makefile").read_text(encoding="utf-8")
    runtime = TEMPLATE["Globals"]["Function"]["Runtime"]
    assert f"\nLAYER_RUNTIME ?= {runtime}\n" in makefile
    assert f"--python-version {runtime.removeprefix('python')} " in makefile
    own = {
        each.get("Runtime", runtime)
        for each in of_type(TEMPLATE, "AWS::Serverless::Function").values()
    }
    assert own == {runtime}


@pytest.mark.parametrize("pins", PINS)
def test_every_requirement_is_one_version_known_by_its_hash(pins: str) -> None:
    loose = [
        line
        for line in logical_lines(pins)
        if not (_PIN.match(line) and re.search(r"--hash=sha256:[0-9a-f]{64}", line))
    ]
    assert loose == []
    assert versions(pins)


@pytest.mark.parametrize("pins", PINS)
def test_requirements_say_what_and_not_where_from(pins: str) -> None:
    text = PINS[pins].read_text(encoding="utf-8")
    assert re.findall(r"(?:--(?:extra-)?index-url|--find-links|-[if] |https?:|@).*", text) == []


def test_tests_run_the_very_versions_that_the_layer_carries() -> None:
    carried = versions("layer")
    tested = versions("dev")
    assert carried == {name: tested.get(name) for name in carried}


def test_everything_the_layer_asks_for_is_pinned() -> None:
    asked = (LAYER / "requirements.in").read_text(encoding="utf-8")
    names = {line.strip() for line in asked.splitlines() if line and not line.startswith("#")}
    assert names
    assert names <= set(versions("layer"))


def test_there_is_a_way_to_deploy_here_there_and_on_this_machine(
    samconfig: dict[str, Any],
) -> None:
    ways = {name: config for name, config in samconfig.items() if name != "version"}
    assert set(ways) == {"default", "prod", "local"}
    stacks = [way["deploy"]["parameters"]["stack_name"] for way in ways.values()]
    assert len(set(stacks)) == 3


def test_sam_may_make_no_role_with_a_name_and_asks_before_it_changes_production(
    samconfig: dict[str, Any],
) -> None:
    for way in ("default", "prod", "local"):
        assert samconfig[way]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    assert samconfig["prod"]["deploy"]["parameters"]["confirm_changeset"] is True


def test_the_tables_of_production_cannot_be_deleted_by_mistake(samconfig: dict[str, Any]) -> None:
    overrides = samconfig["prod"]["deploy"]["parameters"]["parameter_overrides"].split()
    assert "TableDeletionProtection=on" in overrides


@pytest.mark.parametrize("way", ["default", "prod", "local"])
def test_every_way_to_deploy_tags_with_the_same_names(samconfig: dict[str, Any], way: str) -> None:
    tags = read_tags(samconfig[way]["deploy"]["parameters"]["tags"])
    assert tags == {"application": "voipit-sms-gateway", "environment": way}


def test_no_resource_has_tags_of_its_own_and_what_takes_none_is_on_the_page(
    cloudformation: dict[str, Any],
) -> None:
    """So the stack's tags, which CloudFormation hands on, are the whole set."""
    resources = cloudformation["Resources"].values()
    own = [str(each["Properties"].get("Tags", "")) for each in resources]
    assert {tags for tags in own if tags and "lambda:createdBy" not in tags} == set(), "SAM's own"

    kinds = {each["Type"] for each in resources}
    without = {kind for kind in kinds if not takes_tags(kind)}
    told = re.search(r"These take none:\s(.*?)\.\s", OTHER_TOOLS, re.DOTALL)
    assert told
    assert set(re.findall(r"`(AWS::[\w:]+)`", told[1])) == without


def takes_tags(kind: str) -> bool:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema
    return bool(schema.get("tagging", schema).get("taggable", True))


def test_the_stack_is_far_from_the_limits_of_cloudformation(
    cloudformation: dict[str, Any],
) -> None:
    assert len(cloudformation["Resources"]) < MOST_RESOURCES / 2
    assert len(cloudformation["Parameters"]) < MOST_PARAMETERS
    assert len(json.dumps(cloudformation)) < LARGEST_TEMPLATE / 2


# --- the Serverless Application Repository ---------------------------------------------------


def test_the_application_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert APPLICATION["SemanticVersion"] == project["version"]


def test_the_application_is_described_within_the_bounds_of_the_repository() -> None:
    """As SAM's guide says, serverless-sam-template-publishing-applications-metadata-properties."""
    assert re.fullmatch(r"[a-zA-Z0-9-]{1,140}", APPLICATION["Name"])
    assert re.fullmatch(r"[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?", APPLICATION["Author"])
    assert 1 <= len(APPLICATION["Description"]) <= 256
    assert len(APPLICATION["Labels"]) <= 10
    assert all(re.fullmatch(r"[a-zA-Z0-9+\-_:/@]{1,127}", each) for each in APPLICATION["Labels"])


def test_the_application_has_the_licence_and_the_readme_of_the_project() -> None:
    licence = (ROOT / APPLICATION["LicenseUrl"]).read_text(encoding="utf-8")
    assert licence.startswith(f"{APPLICATION['SpdxLicenseId']} License")
    assert (ROOT / APPLICATION["ReadmeUrl"]).samefile(ROOT / "README.md")


def test_what_the_repository_is_known_to_refuse_is_on_the_page(
    cloudformation: dict[str, Any],
) -> None:
    kinds = {each["Type"] for each in cloudformation["Resources"].values()}
    assert kinds >= REFUSED_BY_THE_REPOSITORY, "what is gone need not be told of"
    for kind in REFUSED_BY_THE_REPOSITORY:
        assert f"`{kind}`" in OTHER_TOOLS


def test_samconfig_overrides_parameters_that_exist(
    samconfig: dict[str, Any],
) -> None:
    overridden = {
        override.partition("=")[0]
        for way in ("default", "prod", "local")
        for override in samconfig[way]["deploy"]["parameters"]
        .get("parameter_overrides", "")
        .split()
    }
    assert overridden <= set(TEMPLATE["Parameters"])


def test_samconfig_holds_no_secret_in_any_other_place(samconfig: dict[str, Any]) -> None:
    def values(node: Any) -> Iterator[str]:
        for value in node.values() if isinstance(node, dict) else [node]:
            yield from values(value) if isinstance(value, dict) else [str(value)]

    suspicious = re.compile(r"password|secret|token|AKIA[0-9A-Z]{16}", re.IGNORECASE)
    assert [value for value in values(samconfig) if suspicious.search(value)] == []
