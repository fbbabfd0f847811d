"""What somebody who deploys is asked, told, and kept from."""

import re
from typing import Any

import pytest

from sms_gateway.entrypoints.settings import SettingsError
from tests.fakes.environments import api_settings
from tests.support.template import TEMPLATE, properties

PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
OUTPUTS: dict[str, dict[str, Any]] = TEMPLATE["Outputs"]
SECRETS = [
    name
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::SecretsManager::Secret"
]
TYPED = [name for name, p in PARAMETERS.items() if p["Type"] in {"String", "CommaDelimitedList"}]
NUMBERS = [name for name, p in PARAMETERS.items() if p["Type"] == "Number"]

_KEYS = (
    [
        "",
        "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
    ],
    [
        "alias/gateway",
        "arn:aws:kms:eu-central-1:123456789012:alias/gateway",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:sns:eu-central-1:123456789012:key/1234abcd",
        "arn:aws:kms:eu-central-1::key/1234abcd",
        "arn:aws:kms:eu-central-1:123456789012:key/*",
    ],
)
_PREFIXES = (
    ["", "+4", "+40799", "+40799000022"],
    ["40799", "+0", "+", "+40 799", "+40799*", "00407"],
)
EXAMPLES: dict[str, tuple[list[str], list[str]]] = {
    "VoipitBaseUrl": (
        ["https://client.voipit.ro", "https://voipit.test:8443", "http://127.0.0.1:8080"],
        [
            "http://client.voipit.ro",
            "https://client.voipit.ro/",
            "https://client.voipit.ro/path",
            "https://user:password@client.voipit.ro",
            "http://127.0.0.1.evil.example",
            "ftp://client.voipit.ro",
            "",
        ],
    ),
    "DefaultRegion": (["RO", "MD"], ["", "ro", "ROU", "R", "RO,MD", "40"]),
    "AllowedCountries": (["RO", "MD"], ["", "ro", "ROU", "R", "*", "RO;MD"]),
    "AllowedNumberTypes": (
        ["mobile", "fixed-line", "voip"],
        ["", "Mobile", "premium-rate", "mobile fixed-line", "*"],
    ),
    "AllowedPrefixes": _PREFIXES,
    "RefusedPrefixes": _PREFIXES,
    "AllowedOrigins": (
        [
            "",
            "*",
            "https://crm.example.com",
            "http://localhost:3000",
            "https://crm.example.com,http://localhost:3000",
            ",".join(f"https://page-{number}.example.com" for number in range(20)),
        ],
        [
            "https://crm.example.com/",
            "crm.example.com",
            "https://*.example.com",
            "https://CRM.example.com",  # a browser writes it in small letters
            "null",
            "https://crm.example.com,null",
            "*,https://crm.example.com",
            "https://crm.example.com,*",
            "*,*",
            "https://crm.example.com, https://shop.example.com",
            "https://crm.example.com,",
            ",".join(f"https://page-{number}.example.com" for number in range(21)),
        ],
    ),
    "BasePath": (
        ["", "/sms", "/company/sms", "/v1", "/messages-of-ours", "/sms/messages"],
        ["sms", "/", "/sms/", "//sms", "/s ms", "/sms?x", "/messages", "/provider/sms"],
    ),
    "AlarmEmail": (
        ["", "on-call@example.com", "on.call+sms@ops.example.co.uk"],
        ["on-call", "on-call@", "@example.com", "a@example.com,b@example.com", "a b@example.com"],
    ),
    "EncryptionKeyArn": _KEYS,
    "SecondKeyArn": _KEYS,
    "SubnetIds": (
        ["", "subnet-0a1b2c3d4e5f60718", "subnet-12345678", "subnet-12345678,subnet-12345679"],
        ["subnet-", "sg-12345678", "subnet-XYZ", "0a1b2c3d", "subnet-12345678, subnet-12345679"],
    ),
    "SecurityGroupIds": (
        ["", "sg-0a1b2c3d4e5f60718", "sg-12345678", "sg-12345678,sg-12345679"],
        ["sg-", "subnet-12345678", "default"],
    ),
    "FunctionUrlBase": (
        ["", "http://127.0.0.1:4566/lambda-url"],
        ["https://example.com/x", "http://127.0.0.1:4566", "http://127.0.0.1.example:80/x"],
    ),
}


def taken(parameter: str, value: str) -> bool:
    """CloudFormation wants the whole value to match (of a list: each of its values)."""
    return re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], value) is not None


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_says_what_it_is(name: str) -> None:
    assert len(PARAMETERS[name]["Description"]) > 20


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_in_is_checked(name: str) -> None:
    assert {"AllowedPattern", "AllowedValues"} & set(PARAMETERS[name])


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_has_bounds(name: str) -> None:
    parameter = PARAMETERS[name]
    least = 0 if "0 " in parameter["Description"] else 1  # a zero has to be explained
    assert "AllowedValues" in parameter or parameter["MinValue"] >= least


def test_the_examples_below_speak_of_every_pattern() -> None:
    patterns = {name for name, parameter in PARAMETERS.items() if "AllowedPattern" in parameter}
    assert patterns <= set(EXAMPLES)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (good, _) in EXAMPLES.items() for value in good]
)
def test_a_good_value_is_taken(name: str, value: str) -> None:
    assert taken(name, value)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (_, bad) in EXAMPLES.items() for value in bad]
)
def test_a_bad_value_is_refused(name: str, value: str) -> None:
    assert not taken(name, value)


@pytest.mark.parametrize(
    "name", [name for name, p in PARAMETERS.items() if "Default" in p and "AllowedPattern" in p]
)
def test_a_default_is_a_good_value(name: str) -> None:
    assert taken(name, PARAMETERS[name]["Default"])


@pytest.mark.parametrize(
    "name", [name for name, p in PARAMETERS.items() if "Default" in p and "AllowedValues" in p]
)
def test_a_default_is_one_of_the_allowed_values(name: str) -> None:
    assert PARAMETERS[name]["Default"] in PARAMETERS[name]["AllowedValues"]


def test_a_pattern_that_refuses_says_what_it_wants() -> None:
    silent = [
        name
        for name, parameter in PARAMETERS.items()
        if "AllowedPattern" in parameter and "ConstraintDescription" not in parameter
    ]
    assert silent == []


@pytest.mark.parametrize("value", EXAMPLES["AllowedOrigins"][0])
def test_the_functions_start_with_the_origins_that_the_template_takes(value: str) -> None:
    settings = api_settings({"ALLOWED_ORIGINS": value})
    assert ",".join(settings.origins) == value


@pytest.mark.parametrize("value", EXAMPLES["BasePath"][0])
def test_the_functions_start_with_the_base_path_that_the_template_takes(value: str) -> None:
    assert api_settings({"BASE_PATH": value}).base_path == value


def test_neither_the_template_nor_the_functions_take_a_route_for_a_base_path() -> None:
    """It is taken off the front of a path, wherever the request came in.

    `web` takes none off: it goes by the resource, which has no base path.
    """
    paths = {
        event["Properties"]["Path"]
        for function in properties(TEMPLATE, "AWS::Serverless::Function").values()
        for event in function["Events"].values()
        if event["Type"] == "Api" and function["CodeUri"] != "functions/web"
    }
    for first in {"/" + path.split("/")[1] for path in paths}:
        assert not taken("BasePath", first)
        with pytest.raises(SettingsError):
            api_settings({"BASE_PATH": first})


def test_no_parameter_has_to_be_given() -> None:
    """So a plain `sam deploy` works, in every environment of samconfig.toml."""
    assert [name for name, parameter in PARAMETERS.items() if "Default" not in parameter] == []


def test_no_parameter_is_a_secret() -> None:
    """A parameter ends in a shell's history, in samconfig.toml or in CloudFormation's records."""
    assert [name for name, parameter in PARAMETERS.items() if parameter.get("NoEcho")] == []
    suspicious = [name for name in PARAMETERS if "Password" in name or "Account" in name]
    assert suspicious == ["AccountConcurrency"], "a number, of the account at AWS"


def test_every_parameter_stands_in_exactly_one_group() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_says_what_it_is(name: str) -> None:
    assert len(OUTPUTS[name]["Description"]) > 10


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_shows_no_secret(name: str) -> None:
    value = OUTPUTS[name]["Value"]
    assert "resolve:secretsmanager" not in str(value)
    for secret in SECRETS:
        # A reference to a secret is its ARN.
        assert secret not in str(value) or value == {"Ref": secret}
