"""The real template, built and deployed with the real SAM CLI onto the local AWS."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from local.ministack import REGION, aws_environment, client
from local.processes import LocalStackError
from tools.logs import tail
from tools.repository import LOCAL_FILES
from tools.sam import run_sam

STACK_NAME: Final = "sms-gateway"
_ARTIFACTS_BUCKET: Final = "sam-artifacts"
_BUILT_TEMPLATE: Final = LOCAL_FILES / "build" / "template.yaml"


@contextmanager
def building_alone() -> Iterator[None]:
    """Between `build` and the end of `deploy`: another process that builds here has to wait.

    Its build would take the files away that this one is about to deploy.
    """
    LOCAL_FILES.mkdir(exist_ok=True)
    with (LOCAL_FILES / "build.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed
        yield


def build() -> None:
    """`sam build`; what has not changed is taken from the cache. Raises `LocalStackError`."""
    # The local AWS runs functions with its own Python, whatever their runtime is.
    _sam("build", env={**os.environ, "LAYER_RUNTIME": "none"})


def deploy(
    endpoint_url: str, parameters: Mapping[str, str], stack_name: str = STACK_NAME
) -> dict[str, str]:
    """`sam deploy`; returns the stack's outputs. Raises `LocalStackError`."""
    client("s3", endpoint_url).create_bucket(
        Bucket=_ARTIFACTS_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    environment = {**os.environ, **aws_environment(endpoint_url)}
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        environment.pop(name, None)  # the user's own account is none of our business
    _sam(
        "deploy",
        "--template-file",
        str(_BUILT_TEMPLATE),
        "--stack-name",
        stack_name,
        "--parameter-overrides",
        *overrides,
        env=environment,
    )
    mend_concurrency(endpoint_url)
    return outputs(endpoint_url, stack_name)


def fill_account(
    endpoint_url: str, outputs: Mapping[str, str], account_number: str, password: str
) -> None:
    """Do what `make account` does, and let `watch` look at once instead of within a minute."""
    account = {"accountNumber": account_number, "password": password}
    client("secretsmanager", endpoint_url).put_secret_value(
        SecretId=outputs["VoipitSecretArn"], SecretString=json.dumps(account)
    )
    client("lambda", endpoint_url).invoke(FunctionName=outputs["WatchFunctionName"], Payload=b"{}")


def mend_concurrency(endpoint_url: str) -> None:
    """Say the queues' concurrency again, as a number: after each deployment.

    MiniStack keeps a parameter's value as the text it came as, and its poller then stumbles over
    comparing it: no queue would be read at all.
    """
    functions = client("lambda", endpoint_url)
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        concurrency = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if concurrency is not None:
            functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": int(concurrency)}
            )


def outputs(endpoint_url: str, stack_name: str = STACK_NAME) -> dict[str, str]:
    """The outputs of the deployed stack."""
    answer: Any = client("cloudformation", endpoint_url).describe_stacks(StackName=stack_name)
    return {o["OutputKey"]: o["OutputValue"] for o in answer["Stacks"][0]["Outputs"]}


def _sam(command: str, *arguments: str, env: Mapping[str, str]) -> None:
    log = LOCAL_FILES / f"sam-{command}.log"
    if run_sam([command, "--config-env", "local", *arguments], env=env, log=log) != 0:
        hint = "" if shutil.which("make") else " GNU make is missing: install it."
        raise LocalStackError(f"`sam {command}` failed.{hint}\n{tail(log)}")
