"""Take a message from a caller: store the intent, then call Voipit once, there and then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sms_gateway.domain.clock import Clock
from sms_gateway.domain.due import LEASE, UNUSED_PAUSE, wait_for, wait_unclaimed
from sms_gateway.domain.errors import GatewayError, StoreUnavailableError, UnreadableRowError
from sms_gateway.domain.message import Message
from sms_gateway.domain.status import Reason
from sms_gateway.use_cases.gate import Gate, Refusal
from sms_gateway.use_cases.hand_over import HandOver, TimeLeft
from sms_gateway.use_cases.ports import DispatchQueue, Lookout, Seen
from sms_gateway.use_cases.prepare_message import PrepareMessage, SendRequest, is_over
from sms_gateway.use_cases.store_message import SendResult, StoreMessage

WAITED_FOR: Final = timedelta(seconds=30)
"""API Gateway waits 29 s for an answer, so no request is older when it is stored."""


@dataclass(frozen=True, slots=True)
class SendMessage:
    """`POST /messages`."""

    prepare: PrepareMessage
    store: StoreMessage
    gate: Gate
    hand_over: HandOver
    queue: DispatchQueue
    lookout: Lookout
    now: Clock
    chance: Callable[[], float]

    def __call__(self, request: SendRequest, time_left: TimeLeft) -> SendResult:
        """Send the message, or store it for later; unless this id was sent before.

        Raises:
            InvalidValueError: a value is refused; nothing was stored.
            LimitReachedError: a limit refuses it for now; nothing was stored.
            MessageIdReusedError: the id belongs to another message; nothing was sent.
            TokenNotAllowedError: the page's token does not allow it; nothing was stored.
            TokenUsedUpError: the page's token allows no more messages; nothing was stored.
            StoreUnavailableError: the table did not answer; nothing was sent. If the intent was
                stored nevertheless, it will be.
        """
        message = self.prepare(request)
        if is_over(message):
            return self._store(message, request)
        if message.send_at is not None and message.send_at > message.created_at:
            return self._store_for_later(message, None, request)
        seen = self.lookout.look(message.phone_number)
        admission = self.gate.admit(seen.circuit)
        if isinstance(admission, Refusal):
            return self._store_for_later(message, admission.reason, request, seen)
        message = message.claimed(message.created_at + LEASE)
        try:
            result = self._store(message, request, seen)
        except GatewayError as error:
            if isinstance(error, StoreUnavailableError) and not isinstance(
                error, UnreadableRowError
            ):
                # It might have been stored, and then the request that is repeated finds it claimed:
                # under the id that the caller has chosen, or as the second of two clicks.
                self.queue.enqueue_unused(message.key, message.claim, UNUSED_PAUSE)
            self.gate.give_back(admission)
            raise
        if result.replayed:
            self.gate.give_back(admission)
            return result
        return SendResult(self.hand_over(message, admission, time_left), replayed=False)

    def _store(
        self, message: Message, request: SendRequest, seen: Seen | None = None
    ) -> SendResult:
        id_is_chosen = request.message_id is not None
        clicked_at = request.received_at
        if clicked_at and not message.created_at - WAITED_FOR < clicked_at < message.created_at:
            clicked_at = None  # the two clocks disagree
        return self.store(
            message,
            id_is_chosen=id_is_chosen,
            clicked_at=clicked_at,
            token=request.access,
            is_unlisted=seen is not None and seen.is_unlisted_at(self.now()),
        )

    def _store_for_later(
        self,
        message: Message,
        reason: Reason | None,
        request: SendRequest,
        seen: Seen | None = None,
    ) -> SendResult:
        at = message.created_at
        wait = (
            wait_unclaimed(reason, message, at, self.chance()) if reason else wait_for(message, at)
        )
        message = message.waiting(reason, wait.due_at, in_queue=wait.in_queue)
        result = self._store(message, request, seen)
        if wait.enqueue_in is not None and not result.replayed:
            self.queue.enqueue(message.key, wait.enqueue_in)
        return result
