"""A local AWS onto which releases of the gateway are deployed in turn, as an operator does it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from local.deploy import mend_concurrency
from local.ministack import REGION, aws_environment, client
from local.stack import LocalStack, described, subscribed_queue
from sms_gateway_client import Gateway
from tests.support.pages import filled_in
from tests.support.releases import check_out
from tests.support.simulator import Simulator

STACK: Final = "voipit-sms-gateway"
ACCOUNT_NUMBER: Final = "400123"
PASSWORD: Final = "Only-Voipit+may%41see&this"
UPGRADE: Final = "make deploy STACK=<stack> REGION=<region>"
"""As docs/upgrading.md says it."""
ALARMS_TO: Final = "AlarmEmail=on-call@example.com"


@dataclass(slots=True)
class Cloud:
    """One account and region of a local AWS, an operator's checkouts, and a consumer of events.

    `repeated` are the ids of events that can come again, since the AWS SDK repeated its call.
    """

    endpoint_url: str
    simulator: Simulator
    folder: Path
    repeated: set[str]
    deployed: LocalStack | None = None
    release: str | None = "none yet"
    """The one that is deployed: its commit, or `None` for the project as it is on the disk."""
    _checkouts: dict[str | None, Path] = field(default_factory=dict)
    _events_queue_url: str = ""

    def deploy(self, release: str | None) -> LocalStack:
        """`make deploy` in a checkout of this release; returns the stack.

        The account at Voipit is typed in the first time; after that, no question is answered.
        """
        said = self.run(
            release,
            [*filled_in(UPGRADE, stack=STACK, region=REGION).split(), *self._settings(release)],
            typed="" if self.deployed else f"{ACCOUNT_NUMBER}\n{PASSWORD}\n",
        )
        assert "is deployed" in said
        self.release = release
        return self.look()

    def look(self) -> LocalStack:
        """The stack as it is now, with a queue that has got every event of its topic."""
        mend_concurrency(self.endpoint_url)
        stacks = self.aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        outputs = {o["OutputKey"]: o["OutputValue"] for o in stacks[0]["Outputs"]}
        if not self._events_queue_url:
            self._events_queue_url = subscribed_queue(
                self.endpoint_url, outputs["TopicArn"], "consumer"
            )
        self.deployed = described(
            self.endpoint_url, self.simulator.url, outputs, self._events_queue_url
        )
        return self.deployed

    def _settings(self, release: str | None) -> list[str]:
        """What the local AWS needs, and an answer to what a release asks that 0.2.0 did not."""
        alarms = [ALARMS_TO] if release is None else []
        return [f"PARAMETERS={' '.join([*self.local_settings, *alarms])}"]

    @property
    def local_settings(self) -> list[str]:
        """The parameters of the template without which it does not work on the local AWS."""
        return [
            f"VoipitBaseUrl={self.simulator.url}",
            f"FunctionUrlBase={self.endpoint_url}/_aws/lambda-url",
        ]

    def run(self, release: str | None, command: list[str], typed: str = "") -> str:
        """What a program says, run in a checkout of this release."""
        environment = {**os.environ, **aws_environment(self.endpoint_url)}
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "MAKEFLAGS"):
            environment.pop(name, None)
        checkout = self.checkout(release)
        environment["PATH"] = f"{checkout / '.venv' / 'bin'}{os.pathsep}{environment['PATH']}"
        program = shutil.which(command[0], path=environment["PATH"])
        assert program, command
        result = subprocess.run(  # noqa: S603  a program of ours, with arguments of ours
            [program, *command[1:]],
            cwd=checkout,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def checkout(self, release: str | None) -> Path:
        """Where a release is; `None` for the project as it is on the disk."""
        if release not in self._checkouts:
            folder = self.folder / (release or "today")
            check_out(release, folder)
            self._checkouts[release] = folder
        return self._checkouts[release]

    def add_client(self, release: str | None, name: str, *options: str) -> str:
        """A new API key of a client, made as the page says."""
        said = self.run(
            release,
            ["make", "client", f"NAME={name}", *options, f"STACK={STACK}", f"REGION={REGION}"],
        )
        told = re.search(r"x-api-key +(\S+)", said)
        assert told
        return told[1]

    def use_password(self, password: str) -> None:
        """Put another password into the stack's secret."""
        assert self.deployed
        account = f'{{"accountNumber": "{ACCOUNT_NUMBER}", "password": "{password}"}}'
        self.aws("secretsmanager").put_secret_value(
            SecretId=self.deployed.stack_outputs["VoipitSecretArn"], SecretString=account
        )

    def watch(self) -> None:
        """Let `watch` run now, and not within a minute."""
        assert self.deployed
        self.aws("lambda").invoke(
            FunctionName=self.deployed.stack_outputs["WatchFunctionName"], Payload=b"{}"
        )

    def gateway(self, key: str | None = None) -> Gateway:
        """A client of the stack, at its address of now."""
        assert self.deployed
        return self.deployed.gateway(key)

    def aws(self, service: str) -> Any:
        """A boto3 client of the local AWS."""
        return client(service, self.endpoint_url)
