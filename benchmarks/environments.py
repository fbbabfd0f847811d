"""What a template puts into a function's environment, with its parameters at their defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]  # has no types

from benchmarks.processes import Stubs

REGION: Final = "eu-central-1"
ACCOUNT: Final = "123456789012"
CALLBACK_URL: Final = "https://callback.bench.example/"
VOIPIT_HOST: Final = "client.voipit.ro"
"""Where the template has functions ask Voipit."""
HOSTS: Final = (f"*.{REGION}.amazonaws.com", VOIPIT_HOST)
"""What the stubs are asked for (`redirect/sitecustomize.py`)."""
_PARTITION: Final = {
    "AWS::StackName": "sms-gateway",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
_BRANCH_ON_AWS: Final = {"OnAws": 0, "MapFunctionUrls": 1}
"""Which branch of a condition holds on AWS itself; the second name is that of `c0dde20`."""
_KEY: Final = "a made-up signing key of the benchmarks"


class Template:
    """A template, and the names that its resources have in a measurement."""

    def __init__(self, path: Path) -> None:
        self._template = yaml_parse(path.read_text(encoding="utf-8"))
        self._resources: dict[str, Any] = self._template["Resources"]

    def tables(self) -> dict[str, Any]:
        """The tables' properties, by name."""
        return self._of_type("AWS::DynamoDB::Table")

    def secrets(self, account: str) -> dict[str, str]:
        """Texts of the secrets by ARN; the one of the account at Voipit holds this."""
        names = self._of_type("AWS::SecretsManager::Secret")
        return {self._name(n): account if n == "VoipitAccount" else _KEY for n in names}

    def timeout(self, function: str) -> float:
        """Seconds that Lambda lets the function run."""
        return float(self._function(function)["Timeout"])

    def handler(self, function: str) -> str:
        """`module.function`."""
        return str(self._function(function)["Handler"])

    def variables(self, function: str) -> dict[str, str]:
        """The function's environment."""
        shared = self._template["Globals"]["Function"]["Environment"]["Variables"]
        own = self._function(function).get("Environment", {}).get("Variables", {})
        return {name: str(self._resolved(value)) for name, value in (shared | own).items()}

    def memory(self) -> int:
        """Megabytes of each function."""
        return int(self._template["Globals"]["Function"]["MemorySize"])

    def _of_type(self, kind: str) -> dict[str, Any]:
        resources = self._resources.items()
        return {name: each["Properties"] for name, each in resources if each["Type"] == kind}

    def _function(self, function: str) -> dict[str, Any]:
        properties: dict[str, Any] = self._resources[f"{function.capitalize()}Function"][
            "Properties"
        ]
        return properties

    def _name(self, logical_id: str) -> str:
        """What `!Ref` gives of a resource."""
        kind = self._resources[logical_id]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{logical_id}"
        if kind == "AWS::SNS::Topic":
            return f"arn:aws:sns:{REGION}:{ACCOUNT}:{logical_id}"
        if kind == "AWS::SecretsManager::Secret":
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{logical_id}-a1B2c3"
        return logical_id

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        ((function, argument),) = value.items()
        return getattr(self, f"_{function.removeprefix('Fn::').lower()}")(argument)

    def _ref(self, name: str) -> Any:
        if name in _PARTITION:
            return _PARTITION[name]
        parameter = self._template["Parameters"].get(name)
        if parameter is None:
            return self._name(name)
        default = parameter.get("Default", "")
        return default.split(",") if parameter["Type"].startswith(("Comma", "List")) else default

    def _getatt(self, argument: Any) -> str:
        if argument not in (
            "CallbackFunctionUrl.FunctionUrl",
            ["CallbackFunctionUrl", "FunctionUrl"],
        ):
            raise KeyError(f"The benchmarks know no attribute {argument}.")
        return CALLBACK_URL

    def _join(self, argument: Any) -> str:
        separator, parts = self._resolved(argument)
        return str(separator).join(map(str, parts))

    def _sub(self, text: Any) -> str:
        for name, value in _PARTITION.items():
            text = text.replace(f"${{{name}}}", value)
        return str(text)

    def _if(self, argument: Any) -> Any:
        """The branch of a stack on AWS: no other condition decides about a variable."""
        condition, *branches = argument
        return self._resolved(branches[_BRANCH_ON_AWS[condition]])


def lambda_variables(function: str, stubs: Stubs, *, memory: int) -> dict[str, str]:
    """What Lambda itself sets, and where the stubs are."""
    return {
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_SESSION_TOKEN": "bench" * 100,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": f"bench-{function}",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/bench-{function}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/27/[$LATEST]0123456789abcdef",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's file system is read-only
        "BENCH_AWS_PORT": str(stubs.aws_port),
        "BENCH_VOIPIT_PORT": str(stubs.voipit_port),
        "BENCH_VOIPIT_HOST": VOIPIT_HOST,
    }
