"""The parts of the function `watch`."""

from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.domain.queue_progress import QueueProgress
from sms_gateway.entrypoints.settings import WatchSettings
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.entrypoints.wiring.delivery import circuits_and_accounts, dispatch_queue
from sms_gateway.entrypoints.wiring.init_phase import Wired
from sms_gateway.use_cases.gate import Gate
from sms_gateway.use_cases.lanes import MOST_AT_ONCE
from sms_gateway.use_cases.watch import Watch


def watch_parts(settings: WatchSettings) -> Wired[Watch]:
    """With the real world around it."""
    delivery = settings.delivery
    circuits, accounts = circuits_and_accounts(delivery)
    watch = Watch(
        messages=shared.messages(delivery.messages_table),
        gate=Gate(
            circuits,
            accounts,
            VoipitClient(delivery.voipit_base_url, VoipitSession()),
            shared.now,
        ),
        queue=dispatch_queue(delivery),
        now=shared.now,
        report_deadline=delivery.report_deadline,
        drain_per_second=settings.drain_per_second,
        progress=QueueProgress(settings.dispatch_concurrency),
        most_at_once=MOST_AT_ONCE,
    )
    return Wired(watch, ahead=(circuits.get, accounts.ask_ahead))
