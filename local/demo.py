"""`make demo`: the main job once, for real, told as the life of one message."""

import json

from rich.markup import escape

from local.gateway import SubscribedQueue
from local.processes import LocalStackError
from local.stack import LocalStack, running_stack
from sms_gateway_client import Gateway, RefusedError
from sms_gateway_client.models import Message
from tools.progress import console, step

_TEXT = "Bună ziua, ești așteptat la ora 10 – mulțumim…"  # noqa: RUF001  as word processors write
_NUMBER = "0721 234 567"


def demo() -> None:
    """Send one SMS and follow it to its end.

    Raises:
        LocalStackError: it did not end `sent`, or no event of that came through SNS.
    """
    with running_stack() as stack, stack.gateway() as api:
        tell_a_life(stack, api)
    console.print("\n[green]Done.[/green] Everything that was started has been stopped.")


def tell_a_life(stack: LocalStack, api: Gateway) -> None:
    """One message, from the request to the event that says it was sent."""
    queue = SubscribedQueue(stack, stack.events_queue_url)
    metadata = {"order": "4711"}
    body = {"phoneNumber": _NUMBER, "message": _TEXT, "metadata": metadata}

    _heading("An application asks for an SMS")
    console.print(f"POST /messages  {escape(json.dumps(body, ensure_ascii=False))}")
    with step("waiting for the answer (the first request starts a Lambda)"):
        try:
            message = api.send(_NUMBER, _TEXT, metadata=metadata)
        except RefusedError as error:
            raise LocalStackError(f"The gateway refused the message: {error}") from error
    console.print("[bold]202 Accepted[/bold]")
    message_id = message["messageId"]
    _show(message)

    _heading("Voipit reports the outcome")
    with step("waiting for the delivery report"):
        message = api.wait_until_settled(message_id, timeout=30.0)
    for change in message["history"]:
        console.print(f"  {change['sequence']}  {change['at']}  [bold]{change['status']}[/bold]")
    if message["status"] != "sent":
        raise LocalStackError(f"The message ended as {message['status']}, not as sent.")

    _heading("Subscribers of the SNS topic hear of every change")
    with step("waiting for the events"):
        final = queue.wait_for_event(message_id, "sent")
    for event in sorted(queue.events_of(message_id), key=lambda e: e["data"]["sequence"]):
        console.print(f"  {event['type']:<24} {event['id']}")
    console.print("The last one, as a subscribed queue got it:")
    console.print(escape(json.dumps(final, indent=2, ensure_ascii=False)))


def _heading(text: str) -> None:
    console.print(f"\n[bold cyan]{text}[/bold cyan]")


def _show(message: Message) -> None:
    for name in ("messageId", "status", "phoneNumber", "message"):
        console.print(f"  {name:<12} {escape(str(message[name]))}")
