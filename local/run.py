"""`make run`: the local stack stays up until it is told to stop."""

import json
import threading

from rich.markup import escape

from local.front_ends import with_front_ends
from local.metrics import metrics_handed_over
from local.stack import LocalStack, running_stack, stack_file
from tools.progress import console
from tools.repository import ROOT


def run() -> None:
    """Bring the stack up, say where everything is, and wait for Ctrl-C."""
    with (
        running_stack() as running,
        with_front_ends(running) as stack,
        stack_file(stack) as path,
        metrics_handed_over(stack),
    ):
        _introduce(stack)
        console.print(f"All of this, for programs: {path.relative_to(ROOT)}")
        console.print("\n[bold]Ctrl-C stops everything.[/bold]")
        threading.Event().wait()


def _introduce(stack: LocalStack) -> None:
    body = json.dumps({"phoneNumber": "0721234567", "message": "Salut din SMS gateway"})
    console.print("\n[bold green]The gateway is up.[/bold green]\n")
    for name, value in (
        ("API", stack.api_url),
        ("API key", stack.api_key),
        ("operator key", stack.operator_key),
        ("console", stack.console_url),
        ("demo page", stack.demo_page_url),
        ("Voipit", stack.voipit_url),
        ("AWS endpoint", stack.aws_endpoint_url),
        ("events queue", stack.events_queue_url),
    ):
        console.print(f"  {name:<13} {escape(value)}")
    console.print("\nSend a message:\n")
    console.print(
        f"  curl -s {stack.api_url}/messages -H 'x-api-key: {stack.api_key}' "
        f"-H 'content-type: application/json' -d '{escape(body)}'"
    )
    console.print("\nRead its status (put the messageId at the end):\n")
    console.print(f"  curl -s -H 'x-api-key: {stack.api_key}' {stack.api_url}/messages/…\n")
