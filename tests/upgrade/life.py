"""What is under way in a gateway while an operator deploys another release of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

from local.gateway import wait_for_status, wait_until
from sms_gateway_client import Gateway
from sms_gateway_client.models import Message
from tests.support import raw
from tests.support.raw import Json
from tests.upgrade.local_cloud import PASSWORD, Cloud

NO_REPORT: Final = "+40799000002"
CUT_WITHOUT_REPORT: Final = "+40799000008"
PATIENCE: Final = 90.0
_SCHEDULED_IN: Final = timedelta(seconds=25)
_NUMBERS: Final = count(1)


def a_number() -> str:
    """A mobile number that has had no message yet."""
    return f"+40732{next(_NUMBERS):06}"


@dataclass(frozen=True, slots=True)
class Life:
    """Messages in every situation, begun by one release. The circuit is open at the end."""

    outputs: dict[str, str]
    secrets: dict[str, str]
    settled: Message
    submitted: Message
    unconfirmed: Message
    scheduled: Message
    queued: list[Message]
    of_another_client: Message
    listed: list[str]
    cursor: str
    listed_number: str
    suppressed_number: str
    other_key: str

    @property
    def messages(self) -> list[Message]:
        """All of the stack's own client that Voipit has or is to get."""
        return [self.settled, self.submitted, self.unconfirmed, self.scheduled, *self.queued]


def post(api: Gateway, number: str, text: str = "Under way", **values: Any) -> Message:
    answer = raw.post(api, {"phoneNumber": number, "message": text} | values)
    assert answer.status_code == 202, answer.text
    message: Message = answer.json()
    return message


def begin_life(cloud: Cloud, other_key: str) -> Life:
    """Everything that can be under way, begun by the release that is deployed."""
    stack = cloud.deployed
    assert stack
    with cloud.gateway() as api, cloud.gateway(other_key) as others:
        settled = wait_for_status(api, post(api, a_number())["messageId"], "sent")
        listed_number = a_number()
        listed = [post(api, listed_number, f"No. {n}")["messageId"] for n in (1, 2, 3)][::-1]
        page = _page(api, listed_number)
        assert page["messages"][0]["messageId"] == listed[0]
        suppressed = a_number()
        assert api.raw("PUT", f"/suppressions/{suppressed}").ok
        another = wait_for_status(others, post(others, a_number())["messageId"], "sent")
        unconfirmed = post(api, CUT_WITHOUT_REPORT, messageId=f"doubt-{uuid4()}")
        submitted = post(api, NO_REPORT, messageId=f"no-report-{uuid4()}")
        at = (datetime.now(UTC) + _SCHEDULED_IN).isoformat()
        scheduled = post(api, a_number(), sendAt=at)
        queued = _behind_an_open_circuit(cloud, api)
        assert (unconfirmed["status"], submitted["status"]) == ("unconfirmed", "submitted")
        assert {scheduled["status"], *(m["status"] for m in queued)} == {"queued"}
    return Life(
        stack.stack_outputs,
        secrets(cloud),
        settled,
        submitted,
        unconfirmed,
        scheduled,
        queued,
        another,
        listed,
        page["cursor"],
        listed_number,
        suppressed,
        other_key,
    )


def secrets(cloud: Cloud) -> dict[str, str]:
    """What the stack's secrets hold, by the names of their outputs."""
    assert cloud.deployed
    manager = cloud.aws("secretsmanager")
    return {
        name: manager.get_secret_value(SecretId=arn)["SecretString"]
        for name, arn in cloud.deployed.stack_outputs.items()
        if name.endswith("SecretArn")
    }


def _page(api: Gateway, number: str) -> Json:
    answer = api.raw("GET", "/messages", query={"phoneNumber": number, "limit": 1})
    assert answer.status_code == 200, answer.text
    page: Json = answer.json()
    return page


def _behind_an_open_circuit(cloud: Cloud, api: Gateway) -> list[Message]:
    """One message that Voipit has refused us with, and one that was not tried."""
    assert cloud.deployed
    cloud.use_password("a wrong one")
    cloud.aws("dynamodb").delete_item(
        TableName=cloud.deployed.stack_outputs["GuardsTable"], Key={"guard": {"S": "circuit"}}
    )
    messages = [post(api, a_number()) for _ in range(2)]
    assert messages[1]["reason"] == "circuit-open"
    return messages


def close_circuit(cloud: Cloud) -> None:
    """Correct the password, as the operator does, and let the gateway find out."""
    cloud.use_password(PASSWORD)

    def available() -> bool:
        cloud.watch()
        with cloud.gateway() as api:
            view: Json = api.raw("GET", "/provider").json()
            return bool(view["available"])

    wait_until(available, lambda: "the circuit is still open", timeout=PATIENCE)


def wait_while_watching(
    cloud: Cloud, condition: Callable[[], bool], otherwise: Callable[[], str]
) -> None:
    """Wait for a condition, and let `watch` run every few seconds instead of every minute."""
    runs = count()

    def looked() -> bool:
        if next(runs) % 30 == 0:
            cloud.watch()
        return condition()

    wait_until(looked, otherwise, timeout=PATIENCE)
