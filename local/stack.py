"""The local stack: MiniStack, the deployed template, Voipit's simulator and a subscribed queue."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from local.deploy import STACK_NAME, build, building_alone, deploy, fill_account
from local.ministack import REGION, client, running_ministack
from local.simulator.server import running_simulator
from local.simulator.settings import Settings
from sms_gateway_client import Gateway
from sms_gateway_client.gateway import PATIENCE
from tools.progress import step
from tools.repository import LOCAL_FILES, STACK_FILE

_TIMEOUT: Final = (5.0, 60.0)
"""Seconds to connect and to wait: the local AWS starts a Lambda slowly on a busy machine."""


@dataclass(frozen=True, slots=True)
class LocalStack:
    """Where everything is. Addresses are complete; `apiUrl` is up to and including the stage.

    `operator_key` and `demo_page_url` are empty without `local.front_ends`.
    """

    api_url: str
    api_key: str
    console_url: str
    callback_url: str
    topic_arn: str
    messages_table: str
    aws_endpoint_url: str
    region: str
    voipit_url: str
    events_queue_url: str
    stack_outputs: dict[str, str]
    operator_key: str = ""
    demo_page_url: str = ""

    def gateway(
        self,
        api_key: str | None = None,
        *,
        patience: float = PATIENCE,
        on_pause: Callable[[str, float], None] | None = None,
    ) -> Gateway:
        """A client of the gateway, with this key or else the stack's own."""
        return Gateway(
            self.api_url,
            key=api_key or self.api_key,
            patience=patience,
            on_pause=on_pause,
            timeout=_TIMEOUT,
        )

    def aws(self, service: str) -> Any:
        """A boto3 client of the local AWS."""
        return client(service, self.aws_endpoint_url)


@dataclass(frozen=True, slots=True)
class Provider:
    """A Voipit to use: its address, and an account there."""

    url: str
    account_number: str = "400123"
    password: str = field(default="a-password-of-the-local-stack", repr=False)

    @classmethod
    def from_environment(cls) -> "Provider | None":
        """The one at `VOIPIT_BASE_URL`, with `VOIPIT_ACCOUNT_NUMBER` and `VOIPIT_PASSWORD`."""
        url = os.environ.get("VOIPIT_BASE_URL")
        if not url:
            return None
        return cls(
            url.rstrip("/"),
            os.environ.get("VOIPIT_ACCOUNT_NUMBER", cls("").account_number),
            os.environ.get("VOIPIT_PASSWORD", cls("").password),
        )


@contextmanager
def running_stack(
    provider: Provider | None = None,
    parameters: Mapping[str, str] | None = None,
    inherited: Mapping[str, str] | None = None,
    stack_name: str = STACK_NAME,
) -> Iterator[LocalStack]:
    """Bring everything up, and take everything down again however the block ends.

    Without a provider it is the one in the environment (`Provider.from_environment`), or else a
    simulator of the stack's own. `parameters` are given to the template, beside the stack's own;
    `inherited` are variables that every function finds in its environment, beside the template's.

    Raises:
        LocalStackError: something did not start; the message says what to do.
    """
    with ExitStack() as stack:
        with building_alone():
            with step("building the gateway (sam build)"):
                build()
            with step("starting the local AWS (MiniStack)"):
                log = LOCAL_FILES / f"ministack-{stack_name}.log"
                log.unlink(missing_ok=True)
                endpoint_url = stack.enter_context(running_ministack(log, inherited))
            provider = provider or Provider.from_environment()
            if provider is None:
                with step("starting the simulator of Voipit"):
                    account = Provider("")
                    settings = Settings(
                        account_number=account.account_number,
                        password=account.password,
                        carrier_delay=1.5,  # long enough to be seen, and for our own write
                    )
                    url = stack.enter_context(running_simulator(settings))
                    provider = replace(account, url=url)
            with step("deploying the gateway (sam deploy)"):
                outputs = deploy(
                    endpoint_url,
                    {
                        "VoipitBaseUrl": provider.url,
                        "FunctionUrlBase": f"{endpoint_url}/_aws/lambda-url",
                        "AllowedOrigins": "*",
                        **(parameters or {}),
                    },
                    stack_name,
                )
        with step("putting the Voipit account into its secret"):
            fill_account(endpoint_url, outputs, provider.account_number, provider.password)
        with step("subscribing a queue to the topic"):
            queue_url = subscribed_queue(endpoint_url, outputs["TopicArn"], "events")
        yield described(endpoint_url, provider.url, outputs, queue_url)


def subscribed_queue(endpoint_url: str, topic_arn: str, name: str) -> str:
    """A new queue that gets every event of the topic as it was published; returns its URL."""
    sqs = client("sqs", endpoint_url)
    queue_url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    client("sns", endpoint_url).subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=attributes["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    return queue_url


@contextmanager
def stack_file(stack: LocalStack, path: Path = STACK_FILE) -> Iterator[Path]:
    """Tell other programs where everything is, as long as it is there."""
    path.write_text(json.dumps(_camel_case(asdict(stack)), indent=2) + "\n")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def described(
    endpoint_url: str, voipit_url: str, outputs: dict[str, str], queue_url: str
) -> LocalStack:
    """Where everything of a deployed stack is, by what the stack tells of itself."""
    api_keys = client("apigateway", endpoint_url)
    key = api_keys.get_api_key(apiKey=outputs["ApiKeyId"], includeValue=True)["value"]
    # On AWS these have host names; here they are paths below MiniStack's one address.
    url_id = outputs["CallbackUrl"].split("//")[1].split(".")[0]
    api_url = f"{endpoint_url}/restapis/{outputs['ApiId']}/v1/_user_request_"
    return LocalStack(
        api_url=api_url,
        api_key=key,
        console_url=f"{api_url}/console/",
        callback_url=f"{endpoint_url}/_aws/lambda-url/{url_id}",
        topic_arn=outputs["TopicArn"],
        messages_table=outputs["MessagesTable"],
        aws_endpoint_url=endpoint_url,
        region=REGION,
        voipit_url=voipit_url,
        events_queue_url=queue_url,
        stack_outputs=outputs,
    )


def _camel_case(values: dict[str, Any]) -> dict[str, Any]:
    return {_camel(name): value for name, value in values.items()}


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
