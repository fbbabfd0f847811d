"""Clients of Voipit toward servers of bare sockets: see conftest.py."""

from collections.abc import Callable
from typing import Final

from sms_gateway.adapters.voipit.client import VoipitClient
from sms_gateway.domain.account import Account
from sms_gateway.domain.outcome import Outcome
from tests.adapters.raw_server import Behaviour, RawServer
from tests.fakes.builders import a_message

REPORT_URL: Final = "https://callback.test/appointment-17/1/k.s"
CONNECT_TIMEOUT: Final = 0.6
READ_TIMEOUT: Final = 0.6
AT_ITS_END: Final = 5 * (CONNECT_TIMEOUT + READ_TIMEOUT)
"""Seconds. A call that is cut off at its end is over by then, on a busy machine too."""
ACCOUNT: Final = Account("400123", "s3cret & more", "v1")

Connect = Callable[..., VoipitClient]
"""Makes a client of a URL: the fixtures `connect` and `connect_briefly`."""
ConnectFor = Callable[[Outcome], Connect]
"""Which of them suits this outcome: the fixture `connect_for`."""
Serve = Callable[[Behaviour], RawServer]
"""Starts a server that behaves so: the fixture `serve`."""


def send(client: VoipitClient) -> Outcome:
    return client.send(ACCOUNT, a_message(), REPORT_URL)


def secure(server: RawServer) -> str:
    """The server's URL, under https."""
    return server.url.replace("http:", "https:")
