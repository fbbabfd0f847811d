"""Receives events over HTTPS, for systems outside AWS.

    TOPIC_ARN=arn:aws:sns:… python receiver.py 8080

Put a web server with a certificate in front of it: SNS speaks to https addresses with a valid
certificate only. SNS signs each message and sends it again until the answer is 2xx; what it gives
up goes to the dead-letter queue in `template.yaml`.
"""

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from time import monotonic
from typing import Final

from sms_gateway_client.events import (
    Event,
    HighestSequence,
    Memory,
    handle_if_new,
    parse_event,
)
from sms_gateway_client.signature import (
    CertificateUnavailableError,
    ForgedMessageError,
    StaleMessageError,
    Verifier,
)

MAX_BYTES: Final = 512 * 1024
"""A body that is longer is none of SNS's: a message has 256 KiB at most."""
TIMEOUT: Final = 10.0
"""Seconds for the whole body of a request. SNS waits for an answer for 15."""

logger = logging.getLogger("receiver")


@dataclass(slots=True)
class Receiver:
    """Verifies, confirms the subscription, and has each new event handled, one at a time."""

    verifier: Verifier
    handle: Callable[[Event], object]
    memory: Memory = field(default_factory=HighestSequence)
    _one_at_a_time: Lock = field(default_factory=Lock, init=False, repr=False)

    def receive(self, body: bytes) -> HTTPStatus:
        """The status to answer. With 5xx SNS sends the message again, and keeps it in the end.

        A genuine message gets no 4xx: SNS does not repeat it then, and it would be lost.
        """
        try:
            message = self.verifier.verify(body)
            if message.type == "SubscriptionConfirmation":
                self.verifier.confirm(message)
                logger.info("the subscription to %s is confirmed", message.topic_arn)
            elif message.type == "Notification":
                event = parse_event(message.message)
                with self._one_at_a_time:
                    handle_if_new(event, self.memory, self.handle)
            else:
                logger.warning("the subscription to %s has ended", message.topic_arn)
        except (StaleMessageError, CertificateUnavailableError):
            logger.exception("a message cannot be verified now")
            return HTTPStatus.SERVICE_UNAVAILABLE
        except ForgedMessageError as error:
            logger.warning("%s", error)
            return HTTPStatus.FORBIDDEN
        except Exception:  # of the event, of your work with it, or of the confirmation
            logger.exception("a message cannot be handled now")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.NO_CONTENT


def request_handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    """What serves `POST` with this receiver."""

    class Handler(BaseHTTPRequestHandler):
        timeout = TIMEOUT

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            is_raw = self.headers.get("x-amz-sns-rawdelivery") is not None
            if is_raw or not length.isdecimal():
                # A raw message has no signature to check. It can be genuine all the same, and SNS
                # keeps it only after a 5xx.
                logger.warning("a message is raw, or its length is not given")
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
            elif int(length) > MAX_BYTES:
                self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            else:
                body = self._body(int(length))
                self._answer(
                    HTTPStatus.SERVICE_UNAVAILABLE if body is None else receiver.receive(body)
                )

        def _body(self, length: int) -> bytes | None:
            """It, or `None` if it does not arrive as a whole in time."""
            until, body = monotonic() + TIMEOUT, b""
            try:
                while len(body) < length:
                    self.connection.settimeout(max(until - monotonic(), 0.001))
                    part = self.rfile.read1(length - len(body))
                    if not part or monotonic() > until:
                        return None
                    body += part
            except TimeoutError:
                return None
            finally:
                self.connection.settimeout(TIMEOUT)
            return body

        def _answer(self, status: HTTPStatus) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler


def show(event: Event) -> None:
    """Your work with the event goes here. If it raises, SNS sends the event again."""
    logger.info("%s is %s", event.message_id, event.status)


def main(port: str = "8080") -> None:
    """Serve until Ctrl-C. A request that is slow keeps no other waiting."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    receiver = Receiver(Verifier({os.environ["TOPIC_ARN"]}), show)
    ThreadingHTTPServer(("127.0.0.1", int(port)), request_handler(receiver)).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
