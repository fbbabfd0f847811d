"""The parts of the function `watch`."""

from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.adapters.voipit.transport import VoipitSession
from sms_gateway.entrypoints.settings import WatchSettings
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.entrypoints.wiring.delivery import dispatch_queue, gate_to
from sms_gateway.use_cases.watch import Watch


def watch_parts(settings: WatchSettings) -> Watch:
    """With the real world around it."""
    delivery = settings.delivery
    return Watch(
        messages=shared.messages(delivery.messages_table),
        gate=gate_to(VoipitClient(delivery.voipit_base_url, VoipitSession()), delivery),
        queue=dispatch_queue(delivery),
        now=shared.now,
        report_deadline=delivery.report_deadline,
        drain_per_second=settings.drain_per_second,
    )
