"""The connection that is opened ahead of the first call, in a thread that can be too late."""

import socket
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from sms_gateway.adapters.voipit.transport import MAX_IDLE
from sms_gateway.domain.outcome import ACCEPTED, not_taken, unclear
from sms_gateway.domain.status import Reason
from tests.adapters.raw_server import (
    RawServer,
    answers,
    closes_after_request,
    over_tls,
    says_nothing,
    trickles,
)
from tests.adapters.voipit_clients import (
    AT_ITS_END,
    Connect,
    Serve,
    secure,
    send,
)
from tests.fakes.clock import FakeClock
from tests.support.certificates import presenting, trusting


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_the_first_call_uses_the_connection_that_was_opened_ahead(
    serve: Serve, connect: Connect, certificate: Path, *, encrypted: bool
) -> None:
    if encrypted:
        server = serve(over_tls(presenting(certificate), answers()))
        client = connect(secure(server), tls_context=trusting(certificate))
    else:
        server = serve(answers())
        client = connect(server.url)

    client.open_ahead()
    assert server.requests == []
    assert [send(client), send(client)] == [ACCEPTED, ACCEPTED]
    assert (server.connections, len(server.requests)) == (1, 2)


def test_a_connection_that_was_opened_ahead_is_used_while_it_is_fresh(
    serve: Serve, connect: Connect
) -> None:
    server, clock = serve(answers()), FakeClock()
    client = connect(server.url, now=clock.time)

    client.open_ahead()
    clock.advance(MAX_IDLE + 0.1)
    assert send(client) == ACCEPTED
    assert (server.connections, len(server.requests)) == (2, 1)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_a_connection_that_the_server_has_closed_before_the_first_call_is_not_used(
    serve: Serve, connect: Connect, certificate: Path, *, encrypted: bool
) -> None:
    closed = Event()

    def behave(server: RawServer, connection: socket.socket) -> None:
        if closed.is_set():
            answers()(server, connection)
        else:
            connection.close()
            closed.set()

    if encrypted:
        server = serve(over_tls(presenting(certificate), behave))
        client = connect(secure(server), tls_context=trusting(certificate))
    else:
        server = serve(behave)
        client = connect(server.url)

    client.open_ahead()
    assert closed.wait(5)
    assert send(client) == ACCEPTED
    assert (server.connections, len(server.requests)) == (2, 1)


def test_what_is_cut_after_the_request_is_unclear_on_that_connection_too(
    serve: Serve, connect: Connect, certificate: Path
) -> None:
    server = serve(over_tls(presenting(certificate), closes_after_request))
    client = connect(secure(server), tls_context=trusting(certificate))

    client.open_ahead()
    assert send(client) == unclear(Reason.CONNECTION_CUT)
    assert (server.connections, len(server.requests)) == (1, 1)


def test_a_call_on_that_connection_ends_in_time(serve: Serve, connect_briefly: Connect) -> None:
    server = serve(trickles(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 99, 0.1))
    client = connect_briefly(server.url)

    client.open_ahead()
    started = time.monotonic()
    assert send(client) == unclear(Reason.NO_ANSWER_IN_TIME)
    assert time.monotonic() - started < AT_ITS_END
    assert server.connections == 1


def test_a_server_that_cannot_be_reached_ahead_is_tried_again_by_the_call(
    serve: Serve, connect_briefly: Connect, certificate: Path
) -> None:
    server = serve(says_nothing)
    client = connect_briefly(secure(server), tls_context=trusting(certificate))

    with pytest.raises(OSError, match="timed out"):
        client.open_ahead()
    assert send(client) == not_taken(Reason.NO_CONNECTION)
    server.behaviour = over_tls(presenting(certificate), answers())
    assert send(client) == ACCEPTED


def test_a_connection_that_stands_after_a_call_has_begun_is_closed_and_never_used(
    serve: Serve, connect_briefly: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the call can still be cut off: its own socket is the one that is remembered."""
    server = serve(trickles(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 99, 0.1))
    client = connect_briefly(server.url)
    resolve, resolving, hung_up = socket.getaddrinfo, Event(), Event()
    called = Event()

    def late(*names: Any, **options: Any) -> Any:
        monkeypatch.undo()
        resolving.set()
        assert called.wait(5)
        return resolve(*names, **options)

    def serve_both(server: RawServer, connection: socket.socket) -> None:
        if server.connections == 1:
            called.set()
            trickles(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 99, 0.1)(server, connection)
        else:
            assert connection.recv(1) == b""
            hung_up.set()

    server.behaviour = serve_both
    monkeypatch.setattr(socket, "getaddrinfo", late)
    ahead = Thread(target=client.open_ahead)
    ahead.start()
    assert resolving.wait(5)

    started = time.monotonic()
    assert send(client) == unclear(Reason.NO_ANSWER_IN_TIME)
    assert time.monotonic() - started < AT_ITS_END
    ahead.join()
    assert hung_up.wait(5)
    server.behaviour = answers()
    assert send(client) == ACCEPTED
    assert server.connections == 3
