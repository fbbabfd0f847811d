"""The parts of the function `dispatch`."""

import random

from sms_gateway.domain.message_id import new_message_id
from sms_gateway.entrypoints.settings import DispatchSettings
from sms_gateway.entrypoints.wiring import shared
from sms_gateway.entrypoints.wiring.delivery import Delivery
from sms_gateway.entrypoints.wiring.init_phase import Wired, in_turn
from sms_gateway.use_cases.dispatch_message import DispatchMessage


def dispatch_parts(settings: DispatchSettings) -> Wired[DispatchMessage]:
    """With the real world around it."""
    delivery = Delivery.wired(settings)
    dispatch = DispatchMessage(
        messages=delivery.messages,
        intake=delivery.intake(settings.delivery.guards_table, settings.limits),
        gate=delivery.gate,
        hand_over=delivery.hand_over,
        queue=delivery.queue,
        lookout=delivery.lookout(settings.delivery.guards_table, settings.limits),
        now=shared.now,
        chance=random.random,
        new_id=new_message_id,
    )
    return Wired(dispatch, ahead=(delivery.reach_voipit, in_turn(*delivery.secrets)))
