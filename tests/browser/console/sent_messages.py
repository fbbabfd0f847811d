"""What the console of the deployed stack has to show: a client, its messages, an hour's counts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from local.gateway import wait_for_status, wait_until
from local.stack import LocalStack
from sms_gateway_client import Gateway
from tests.browser.stack_host import STACK
from tests.support.client_keys import clients
from tests.support.validity import let_expire

CLIENT: Final = "crm"
_NAMESPACE: Final = "VoipitSmsGateway"
_STEP: Final = timedelta(minutes=5)
_STEPS: Final = {
    "StatusSent": [31, 42, 38, 47, 55, 49, 61, 58, 44, 52, 47],
    "StatusFailed": [1, 0, 2, 0, 0, 6, 1, 0, 0, 1, 0],
    "StatusUnconfirmed": [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
    "StatusNoReport": [0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0],
}
"""How many messages got a status in each five minutes before these."""
SENT_BEFORE: Final = sum(_STEPS["StatusSent"][1:])
"""How many the last hour has of them at least: the first step can have left it meanwhile."""


@dataclass
class Sent:
    """A client's key, and the ids of its messages by what becomes of each.

    What becomes of one is chosen by its number (`local/simulator/behaviours.py`); `number` behaves.
    """

    key: str
    client: str = CLIENT
    number: str = "0731900001"
    ids: dict[str, str] = field(default_factory=dict)


def send_some(stack: LocalStack) -> Sent:
    """Sends messages, and returns once each has the status it is about."""
    made = clients(stack, "--name", CLIENT, stack_name=STACK)
    sent = Sent(*re.findall(r"x-api-key +(\S+)", made))
    waits = datetime.now(UTC) + timedelta(hours=2)
    with stack.gateway(sent.key) as gateway:
        for name, number, text, send_at in (
            ("sent", sent.number, "Buna ziua! Comanda 4711 este gata de ridicare.", None),
            ("queued", sent.number, "Va asteptam maine la ora 10.", waits),
            ("contradicted", "0799000006", "Factura 1207 a fost emisa.", None),
            ("failed", "0799000001", "Programarea de maine s-a mutat la ora 12.", None),
            ("unconfirmed", "0799000008", "Codul pentru ridicare este 5512.", None),
        ):
            about = {"order": str(4711 + len(sent.ids))}
            message = gateway.send(number, text, metadata=about, send_at=send_at)
            sent.ids[name] = message["messageId"]
        _wait_for(gateway, sent)
    return sent


def _wait_for(gateway: Gateway, sent: Sent) -> None:
    for name, message_id in sent.ids.items():
        wait_for_status(gateway, message_id, "sent" if name == "contradicted" else name)


def count_an_hour(stack: LocalStack) -> None:
    """Tells CloudWatch of the hour before, as if the functions had written it then."""
    now = datetime.now(UTC)
    begin = datetime.fromtimestamp(now.timestamp() // 300 * 300, UTC) - 11 * _STEP
    counts = {**_STEPS, "WatchRan": [5] * 11}
    stack.aws("cloudwatch").put_metric_data(
        Namespace=_NAMESPACE,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "service", "Value": STACK}],
                "Timestamp": begin + place * _STEP,
                "Unit": "Count",
                "Value": count,
            }
            for metric, steps in counts.items()
            for place, count in enumerate(steps)
        ],
    )


@contextmanager
def circuit_open(stack: LocalStack) -> Iterator[None]:
    """Has Voipit refuse the account once, so that messages wait, as long as the block runs."""
    table, name = stack.aws("dynamodb"), stack.stack_outputs["GuardsTable"]
    closed = table.get_item(TableName=name, Key={"guard": {"S": "circuit"}})["Item"]
    with stack.gateway() as gateway:
        friday = datetime.now(UTC) + timedelta(days=2)
        text = "Oferta este valabila pana vineri."
        refused = gateway.send("0799000012", text, valid_until=friday)
        gateway.send("0731900031", "Rezervarea este confirmata.")
    try:
        with stack.gateway(stack.operator_key) as operator:
            wait_until(
                lambda: operator.statistics()["waiting"]["count"] > 0,
                lambda: "no message waits",
                timeout=60,
            )
        yield
    finally:
        let_expire(stack, refused["messageId"])  # or it opens the circuit again
        table.put_item(TableName=name, Item=closed)
