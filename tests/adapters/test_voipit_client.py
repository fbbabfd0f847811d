import socket
import ssl
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qsl

import pytest

from layers.sms_gateway.roots import write_folder
from sms_gateway.adapters.voipit import transport
from sms_gateway.adapters.voipit.number_form import VoipitNumberForm
from sms_gateway.adapters.voipit.number_format import NumberFormat
from sms_gateway.adapters.voipit.transport import MAX_ANSWER_BYTES, MAX_IDLE
from sms_gateway.domain.account import Account
from sms_gateway.domain.outcome import ACCEPTED, Outcome, not_taken, refused, unclear
from sms_gateway.domain.status import Reason, Trigger
from tests.adapters.raw_server import (
    Behaviour,
    RawServer,
    an_answer,
    answers,
    answers_then_closes,
    closes_after_request,
    never_answers,
    over_tls,
    pours,
    reset,
    resets_after_request,
    resets_at_once,
    says_nothing,
    stalls,
    trickles,
)
from tests.adapters.voipit_clients import (
    ACCOUNT,
    AT_ITS_END,
    CONNECT_TIMEOUT,
    READ_TIMEOUT,
    REPORT_URL,
    Connect,
    ConnectFor,
    Serve,
    secure,
    send,
)
from tests.fakes.builders import a_message
from tests.fakes.clock import FakeClock
from tests.support.certificates import presenting, self_signed, trusting

NO_CONNECTION = not_taken(Reason.NO_CONNECTION)
NO_ANSWER = unclear(Reason.NO_ANSWER_IN_TIME)
CUT = unclear(Reason.CONNECTION_CUT)
UNREADABLE = unclear(Reason.UNREADABLE_ANSWER)


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        pytest.param(answers(), ACCEPTED, id="ok"),
        pytest.param(
            answers_then_closes(b'HTTP/1.0 200 OK\r\n\r\n{"type":"ok"}'), ACCEPTED, id="old HTTP"
        ),
        pytest.param(
            answers(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                b'8\r\n{"type":\r\n5\r\n"ok"}\r\n0\r\n\r\n'
            ),
            ACCEPTED,
            id="ok in chunks",
        ),
        pytest.param(
            answers(an_answer(b'{"type":"Error","message":"No credit"}')),
            refused("No credit"),
            id="no",
        ),
        pytest.param(
            answers(an_answer(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"\r\n')),
            not_taken(Reason.CREDENTIALS_REJECTED),
            id="unauthorized",
        ),
        pytest.param(
            answers(an_answer(b"", "503 Service Unavailable", "Retry-After: 0\r\n")),
            unclear(Reason.SERVER_ERROR),
            id="try later",
        ),
        pytest.param(
            answers(an_answer(b"", "429 Too Many Requests", "Retry-After: 0\r\n")),
            not_taken(Reason.THROTTLED),
            id="throttled",
        ),
        pytest.param(closes_after_request, CUT, id="hangs up after the request"),
        pytest.param(resets_after_request, CUT, id="resets after the request"),
        pytest.param(never_answers, NO_ANSWER, id="never answers"),
        pytest.param(
            stalls(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"),
            NO_ANSWER,
            id="stops in the answer",
        ),
        pytest.param(
            answers_then_closes(b"HTTP/1.1 200 OK\r\n"), UNREADABLE, id="hangs up in the headers"
        ),
        pytest.param(answers_then_closes(an_answer(length=99)), CUT, id="hangs up in the answer"),
        pytest.param(answers_then_closes(b"what?\r\n\r\n"), CUT, id="speaks no HTTP"),
        pytest.param(
            answers(an_answer(head="Content-Encoding: gzip\r\n")), CUT, id="not the gzip it says"
        ),
        pytest.param(answers(an_answer(b"hello")), UNREADABLE, id="speaks no JSON"),
        pytest.param(
            answers(an_answer(b" " * (MAX_ANSWER_BYTES + 1))), UNREADABLE, id="a large answer"
        ),
        pytest.param(
            pours(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 9999), UNREADABLE, id="an endless answer"
        ),
        pytest.param(trickles(an_answer(), 0.001), ACCEPTED, id="byte by byte, but in time"),
    ],
)
def test_the_outcome_is_what_can_be_known(
    serve: Serve, connect_for: ConnectFor, behaviour: Behaviour, outcome: Outcome
) -> None:
    server = serve(behaviour)

    assert send(connect_for(outcome)(server.url)) == outcome
    assert (server.connections, len(server.requests)) == (1, 1)


LINES = {
    "401 Unauthorized": not_taken(Reason.CREDENTIALS_REJECTED),
    "403 Forbidden": not_taken(Reason.FORBIDDEN),
    "404 Not Found": not_taken(Reason.PATH_NOT_FOUND),
    "429 Too Many Requests": not_taken(Reason.THROTTLED),
    "400 Bad Request": refused("Voipit answered 400."),
    "500 Internal Server Error": unclear(Reason.SERVER_ERROR),
    "302 Found": UNREADABLE,
}
CHUNKED = "Transfer-Encoding: chunked\r\n"


def bodiless(line: str, head: str, rest: bytes = b"") -> bytes:
    """An answer whose headers are ours alone, without a Content-Length."""
    return f"HTTP/1.1 {line}\r\n{head}\r\n".encode() + rest


ODD: dict[str, Callable[[str], Behaviour]] = {
    "no body": lambda line: answers_then_closes(bodiless(line, "")),
    "an HTML page": lambda line: answers(an_answer(b"<html>", line)),
    "a body that is cut": lambda line: answers_then_closes(an_answer(b"{", line, length=99)),
    "a body that never comes": lambda line: stalls(an_answer(b"", line, length=99)),
    "a body that trickles": lambda line: trickles(an_answer(b" " * 99, line, length=999), 0.005),
    "a body without an end": lambda line: pours(bodiless(line, ""), b" " * 9999),
    "a body that is too long": lambda line: answers(an_answer(b" " * (MAX_ANSWER_BYTES + 1), line)),
    "a bad chunk": lambda line: answers_then_closes(bodiless(line, CHUNKED, b"zz\r\n{")),
    "chunks that are cut": lambda line: answers_then_closes(bodiless(line, CHUNKED, b"9\r\n{")),
    "not the gzip it says": lambda line: answers(
        an_answer(b"{}", line, "Content-Encoding: gzip\r\n")
    ),
    "a Content-Length that is no number": lambda line: answers_then_closes(
        bodiless(line, "Content-Length: many\r\n", b"{}")
    ),
    "headers that are cut": lambda line: answers_then_closes(f"HTTP/1.1 {line}\r\nServ".encode()),
    "headers that never end": lambda line: stalls(f"HTTP/1.1 {line}\r\nServer: x\r\n".encode()),
    "headers that trickle": lambda line: trickles(
        f"HTTP/1.1 {line}\r\n".encode() + b"a" * 999, 0.005
    ),
    "a header that is too long": lambda line: answers_then_closes(
        bodiless(line, f"X: {'x' * 70_000}\r\n")
    ),
    "too many headers": lambda line: answers_then_closes(bodiless(line, "X: x\r\n" * 999)),
    "a reset": lambda line: resets_after_answering(an_answer(b"{", line, length=99)),
}


def resets_after_answering(raw: bytes) -> Behaviour:
    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw)
        time.sleep(0.05)  # the answer is read by then; a reset would throw it away
        reset(connection)

    return behave


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("line", LINES)
def test_the_status_decides_whatever_comes_after_it(
    serve: Serve, connect_briefly: Connect, line: str, odd: str
) -> None:
    server = serve(ODD[odd](line))
    client = connect_briefly(server.url)

    assert send(client) == LINES[line]
    assert len(server.requests) == 1


@pytest.mark.parametrize("odd", ODD)
def test_a_200_without_a_body_that_can_be_read_is_unclear(
    serve: Serve, connect_briefly: Connect, odd: str
) -> None:
    assert send(connect_briefly(serve(ODD[odd]("200 OK")).url)).trigger is Trigger.UNCLEAR


@pytest.mark.parametrize(
    "behaviour", [closes_after_request, resets_after_request, never_answers], ids=str
)
def test_the_status_of_an_earlier_answer_says_nothing_about_a_later_one(
    serve: Serve, connect_briefly: Connect, behaviour: Behaviour
) -> None:
    server = serve(answers(an_answer(b"", "401 Unauthorized")))
    client = connect_briefly(server.url)
    send(client)
    server.behaviour = behaviour
    client.session.close()

    assert send(client) in (CUT, NO_ANSWER)


def test_a_refusal_behind_a_100_is_a_refusal(serve: Serve, connect: Connect) -> None:
    server = serve(answers(b"HTTP/1.1 100 Continue\r\n\r\n" + an_answer(b"", "401 No")))

    assert send(connect(server.url)) == not_taken(Reason.CREDENTIALS_REJECTED)


def test_the_largest_answer_is_still_read(serve: Serve, connect: Connect) -> None:
    body = b'{"type":"ok"}'.ljust(MAX_ANSWER_BYTES)

    assert send(connect(serve(answers(an_answer(body))).url)) == ACCEPTED


HEAD, _, BODY = an_answer(b'{"type":"ok"}'.ljust(100)).partition(b"\r\n\r\n")
LATE = READ_TIMEOUT * 0.9
"""Just before the read time-out, which then begins anew."""


def bit_by_bit(text: bytes) -> list[tuple[float, bytes]]:
    return [(0.2, bytes([byte])) for byte in text]


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize(
    "script",
    [
        pytest.param([(LATE, HEAD + b"\r\n\r\n"), *bit_by_bit(BODY)], id="a body that trickles"),
        pytest.param(
            [(LATE, HEAD + b"\r\nConnection: close\r\n\r\n"), *bit_by_bit(BODY)],
            id="on a connection that will not be kept",
        ),
        pytest.param(bit_by_bit(HEAD), id="headers that trickle"),
        pytest.param(
            [(LATE, HEAD + b"\r\n\r\n"), *[(LATE, b"{")] * 40], id="a body that comes in steps"
        ),
    ],
)
def test_an_answer_that_is_not_whole_in_time_is_not_waited_for(
    serve: Serve,
    connect_briefly: Connect,
    certificate: Path,
    script: list[tuple[float, bytes]],
    *,
    encrypted: bool,
) -> None:
    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        for pause, piece in script:
            if not server.over.wait(pause):
                connection.sendall(piece)
        server.over.wait(10)

    if encrypted:
        server = serve(over_tls(presenting(certificate), behave))
        client = connect_briefly(secure(server), tls_context=trusting(certificate))
    else:
        client = connect_briefly(serve(behave).url)
    started = time.monotonic()

    assert send(client) == NO_ANSWER
    assert time.monotonic() - started < AT_ITS_END


def test_nobody_listens(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert send(connect(f"http://127.0.0.1:{port}")) == NO_CONNECTION


def test_nobody_has_this_name(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert send(connect("http://voipit.invalid")) == NO_CONNECTION


def test_nobody_takes_the_connection_in_time(connect_briefly: Connect) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003  the method has no other form
            waiting.connect_ex(full.getsockname())

        started = time.monotonic()
        assert send(connect_briefly(f"http://127.0.0.1:{full.getsockname()[1]}")) == NO_CONNECTION
        assert time.monotonic() - started >= CONNECT_TIMEOUT


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_on_a_connection_that_comes_too_late_nothing_leaves_us(
    serve: Serve,
    connect_briefly: Connect,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    encrypted: bool,
) -> None:
    if encrypted:
        server = serve(over_tls(presenting(certificate), answers()))
        client = connect_briefly(secure(server), tls_context=trusting(certificate))
    else:
        server = serve(answers())
        client = connect_briefly(server.url)
    resolve = socket.getaddrinfo

    def slowly(*names: Any, **options: Any) -> Any:
        time.sleep(CONNECT_TIMEOUT + READ_TIMEOUT + 0.1)
        return resolve(*names, **options)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", slowly)
        assert send(client) == NO_CONNECTION
    assert server.requests == []
    assert send(client) == ACCEPTED


@pytest.mark.parametrize(
    "url", ["", "voipit.test", "gopher://voipit.test", "http://", "http://[::"]
)
def test_a_url_that_leads_nowhere_takes_nothing(connect: Connect, url: str) -> None:
    assert send(connect(url)) == NO_CONNECTION


def test_the_request_is_the_documented_one_and_nothing_else(serve: Serve, connect: Connect) -> None:
    server = serve(answers())
    message = a_message(text="10% & more = ok\n€")

    connect(server.url).send(ACCOUNT, message, REPORT_URL)

    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    named = dict(header.split(": ", 1) for header in headers)
    assert line == "POST /400123/sms/send HTTP/1.1"
    assert named.pop("User-Agent").startswith("python-requests/")
    assert named.pop("Accept-Encoding").startswith("gzip")
    assert named == {
        "Host": f"127.0.0.1:{server.port}",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    assert body == (
        b"password=s3cret+%26+more&phoneNumber=%2B40721234567"
        b"&message=10%25+%26+more+%3D+ok%0A%E2%82%AC"
        b"&sendResultTo=https%3A%2F%2Fcallback.test%2Fappointment-17%2F1%2Fk.s"
        b"&messageId=appointment-17"
    )
    assert dict(parse_qsl(body.decode()))["message"] == message.text


@pytest.mark.parametrize(
    ("number_format", "field"),
    [
        ("e164", b"&phoneNumber=%2B40721234567&"),
        ("00", b"&phoneNumber=0040721234567&"),
        ("national", b"&phoneNumber=0721234567&"),
    ],
)
def test_the_number_goes_out_in_the_form_of_the_setting(
    serve: Serve, connect: Connect, number_format: str, field: bytes
) -> None:
    server = serve(answers())
    form = VoipitNumberForm(NumberFormat(number_format), "RO")

    assert send(replace(connect(server.url), number_form=form)) == ACCEPTED

    [request] = server.requests
    assert field in request


def test_a_ping_is_the_documented_one_and_nothing_else(serve: Serve, connect: Connect) -> None:
    server = serve(answers(an_answer(b'{"type":"pong"}')))

    assert connect(server.url).ping(ACCOUNT) == ACCEPTED

    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /400123/ping/ HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == b"password=s3cret+%26+more"


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        pytest.param(
            answers(an_answer(b"", "401 Unauthorized")),
            not_taken(Reason.CREDENTIALS_REJECTED),
            id="unauthorized",
        ),
        pytest.param(
            answers(an_answer(b"", "404 Not Found")), not_taken(Reason.PATH_NOT_FOUND), id="no path"
        ),
        pytest.param(
            answers(an_answer(b'{"code":"403.6"}', "403 Forbidden")),
            not_taken(Reason.IP_BLOCKED),
            id="IP blocked",
        ),
        pytest.param(answers(an_answer(b"pong")), UNREADABLE, id="garbage"),
        pytest.param(answers(an_answer(b'{"type":"ok"}')), UNREADABLE, id="ok is no pong"),
        pytest.param(
            answers(an_answer(b'{"type":"Error","code":401}')),
            not_taken(Reason.CREDENTIALS_REJECTED),
            id="unauthorized inside a 200",
        ),
        pytest.param(
            answers(an_answer(b'{"type":"pong"}', "500 Oh")), unclear(Reason.SERVER_ERROR), id="500"
        ),
        pytest.param(closes_after_request, CUT, id="hangs up"),
        pytest.param(never_answers, NO_ANSWER, id="never answers"),
    ],
)
def test_a_ping_that_is_not_answered_with_pong_is_not_accepted(
    serve: Serve, connect_for: ConnectFor, behaviour: Behaviour, outcome: Outcome
) -> None:
    assert connect_for(outcome)(serve(behaviour).url).ping(ACCOUNT) == outcome


@pytest.mark.parametrize("pong", ["pong", "PONG", "Pong"])
def test_a_pong_is_a_pong_in_any_case(serve: Serve, connect: Connect, pong: str) -> None:
    server = serve(answers(an_answer(f'{{"type":"{pong}"}}'.encode())))

    assert connect(server.url).ping(ACCOUNT) == ACCEPTED


def test_a_ping_that_nobody_listens_to_is_an_outcome_too(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert connect(f"http://127.0.0.1:{port}").ping(ACCOUNT) == NO_CONNECTION


def test_a_pong_is_no_answer_to_a_message(serve: Serve, connect: Connect) -> None:
    assert send(connect(serve(answers(an_answer(b'{"type":"pong"}'))).url)) == UNREADABLE


@pytest.mark.parametrize("account", [ACCOUNT, Account("500999", "other", "v2")])
def test_the_account_is_the_one_of_this_call(
    serve: Serve, connect: Connect, account: Account
) -> None:
    server = serve(answers())
    client = connect(server.url)

    client.send(account, a_message(), REPORT_URL)
    client.ping(account)

    lines = [request.partition(b"\r\n")[0].split()[1].decode() for request in server.requests]
    assert lines == [f"/{account.number}/sms/send", f"/{account.number}/ping/"]


def test_a_redirect_is_not_followed(serve: Serve, connect: Connect) -> None:
    elsewhere = serve(answers())
    redirect = an_answer(b"", "302 Found", f"Location: {elsewhere.url}/400123/sms/send\r\n")
    server = serve(answers(redirect))

    assert send(connect(server.url)) == UNREADABLE
    assert (len(server.requests), elsewhere.connections) == (1, 0)


def test_the_environment_lends_neither_a_proxy_nor_a_login(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proxy, server = serve(answers()), serve(answers())
    netrc = tmp_path / "netrc"
    netrc.write_text("default login stranger password stranger\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    assert send(connect(server.url)) == ACCEPTED
    assert (server.connections, proxy.connections) == (1, 0)
    assert b"authorization" not in server.requests[0].lower()


@pytest.mark.parametrize(
    ("idle", "connections"),
    [(0, 1), (MAX_IDLE, 1), (MAX_IDLE + 0.1, 2), (3600, 2), (-3600, 2)],
    ids=["at once", "just in time", "too late", "thawed", "clock set back"],
)
def test_a_connection_is_kept_while_it_is_fresh(
    serve: Serve, connect: Connect, idle: float, connections: int
) -> None:
    server, clock = serve(answers()), FakeClock()
    client = connect(server.url, now=clock.time)

    assert send(client) == ACCEPTED
    clock.advance(idle)
    assert send(client) == ACCEPTED
    assert (server.connections, len(server.requests)) == (connections, 2)


def test_a_kept_connection_that_the_server_has_closed_is_not_used(
    serve: Serve, connect: Connect
) -> None:
    closed = Event()

    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(an_answer())
        connection.close()
        closed.set()

    server = serve(behave)
    client = connect(server.url)

    assert send(client) == ACCEPTED
    assert closed.wait(5)
    assert send(client) == ACCEPTED
    assert (server.connections, len(server.requests)) == (2, 2)


def test_a_kept_connection_that_is_cut_under_the_request_is_not_tried_again(
    serve: Serve, connect: Connect
) -> None:
    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(an_answer())
        server.read_request(connection)

    server = serve(behave)
    client = connect(server.url)

    assert send(client) == ACCEPTED
    assert send(client) == CUT
    assert (server.connections, len(server.requests)) == (1, 2)


@pytest.mark.parametrize(
    "behaviour",
    [
        closes_after_request,
        resets_after_request,
        never_answers,
        answers(an_answer(b" " * (MAX_ANSWER_BYTES + 1))),
    ],
    ids=["closed", "reset", "silent", "large"],
)
def test_trouble_with_one_message_does_not_spoil_the_next(
    serve: Serve, connect: Connect, behaviour: Behaviour
) -> None:
    server = serve(behaviour)
    client = connect(server.url)
    send(client)
    server.behaviour = answers()

    assert send(client) == ACCEPTED


def test_a_certificate_nobody_vouches_for_is_refused(
    serve: Serve, connect: Connect, certificate: Path
) -> None:
    server = serve(over_tls(presenting(certificate), answers()))

    assert send(connect(secure(server))) == NO_CONNECTION
    assert (server.connections, server.requests) == (1, [])


def test_a_certificate_for_another_host_is_refused(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    others = self_signed(tmp_path, "192.0.2.1")
    server = serve(over_tls(presenting(others), answers()))

    assert send(connect(secure(server), tls_context=trusting(others))) == NO_CONNECTION
    assert server.requests == []


def test_the_environment_cannot_vouch_for_a_certificate(
    serve: Serve, connect: Connect, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(certificate))
    server = serve(over_tls(presenting(certificate), answers()))

    assert send(connect(secure(server))) == NO_CONNECTION
    assert server.requests == []


def test_a_root_in_the_layers_folder_is_trusted_and_no_other(
    serve: Serve,
    connect: Connect,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server = serve(over_tls(presenting(certificate), answers()))
    write_folder(certificate.read_text(), tmp_path / "this one")
    write_folder(self_signed(tmp_path, "192.0.2.1").read_text(), tmp_path / "another")

    monkeypatch.setattr(transport, "ROOTS", tmp_path / "another")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "this one"))
    assert send(connect(secure(server))) == NO_CONNECTION

    monkeypatch.setattr(transport, "ROOTS", tmp_path / "this one")
    assert send(connect(secure(server))) == ACCEPTED


def test_a_trusted_certificate_is_accepted_and_its_connection_kept(
    serve: Serve, connect: Connect, certificate: Path
) -> None:
    server = serve(over_tls(presenting(certificate), answers()))
    client = connect(secure(server), tls_context=trusting(certificate))

    assert [send(client), send(client)] == [ACCEPTED, ACCEPTED]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        pytest.param(closes_after_request, CUT, id="hangs up"),
        pytest.param(never_answers, NO_ANSWER, id="never answers"),
    ],
)
def test_what_goes_wrong_after_the_handshake_is_unclear(
    serve: Serve, connect_for: ConnectFor, certificate: Path, behaviour: Behaviour, outcome: Outcome
) -> None:
    server = serve(over_tls(presenting(certificate), behaviour))

    client = connect_for(outcome)(secure(server), tls_context=trusting(certificate))
    assert send(client) == outcome
    assert len(server.requests) == 1


def hangs_up_at_once(_: RawServer, connection: socket.socket) -> None:
    connection.recv(1)


def speaks_no_tls(_: RawServer, connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(an_answer(b"", "400 Bad Request"))


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(says_nothing, id="hangs"),
        pytest.param(resets_at_once, id="resets"),
        pytest.param(hangs_up_at_once, id="hangs up"),
        pytest.param(speaks_no_tls, id="speaks no TLS"),
    ],
)
def test_what_goes_wrong_in_the_handshake_took_nothing(
    serve: Serve, connect_briefly: Connect, behaviour: Behaviour
) -> None:
    server = serve(behaviour)

    assert send(connect_briefly(secure(server))) == NO_CONNECTION
    assert server.connections == 1


def test_an_outdated_protocol_is_refused(serve: Serve, connect: Connect, certificate: Path) -> None:
    context = presenting(certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    server = serve(over_tls(context, answers()))

    assert send(connect(secure(server), tls_context=trusting(certificate))) == NO_CONNECTION


def test_no_outcome_shows_the_password(serve: Serve, connect: Connect) -> None:
    outcomes = [
        send(connect(serve(behaviour).url))
        for behaviour in (answers(), resets_after_request, answers(an_answer(b"?", "400 No")))
    ]
    outcomes.append(connect(serve(answers(an_answer(b"?", "401 No"))).url).ping(ACCOUNT))

    assert "s3cret" not in repr([*outcomes, ACCOUNT])


def test_the_longest_call_is_what_the_use_case_is_told(connect: Connect) -> None:
    assert connect("http://voipit.test").seconds_needed == 13.0


# --- what one call leaves behind for the next -------------------------------------------------


@pytest.mark.parametrize("status", ["101 Switching Protocols", "102 Processing", "103 Early Hints"])
def test_an_answer_that_comes_late_is_never_taken_for_that_of_the_next_call(
    status: str, serve: Serve, connect_briefly: Connect
) -> None:
    """Behind an informational answer the real one is still to come, on the same connection."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        is_first = server.connections == 1
        server.read_request(connection)
        if is_first:
            connection.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
            if server.read_request(connection):
                connection.sendall(an_answer())
        else:
            connection.sendall(an_answer(b"", "401 Unauthorized"))

    client = connect_briefly(serve(behave).url)

    first, second = send(client), send(client)

    assert first.trigger is Trigger.UNCLEAR
    assert second == not_taken(Reason.CREDENTIALS_REJECTED)


def test_what_voipit_sets_as_a_cookie_goes_along_with_no_other_call(
    serve: Serve, connect: Connect
) -> None:
    """It could be the session of an account whose password has changed since."""
    server = serve(answers(an_answer(head="Set-Cookie: session=of-the-old-account; Path=/\r\n")))
    client = connect(server.url)

    assert [send(client), send(client)] == [ACCEPTED, ACCEPTED]
    assert len(server.requests) == 2
    assert [b"cookie" in request.lower() for request in server.requests] == [False, False]


def test_a_call_that_is_cut_off_has_its_encryption_until_its_socket_is_shut(
    serve: Serve, connect_briefly: Connect, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written in between would leave in clear text, the password too."""
    server = serve(over_tls(presenting(certificate), trickles(an_answer(), pause=0.1)))
    client = connect_briefly(secure(server), tls_context=trusting(certificate))
    shut = socket.socket.shutdown
    versions: list[str | None] = []

    def noted(connection: socket.socket, how: int) -> None:
        if isinstance(connection, ssl.SSLSocket):
            versions.append(connection.version())
        shut(connection, how)

    monkeypatch.setattr(socket.socket, "shutdown", noted, raising=False)

    assert send(client) == NO_ANSWER
    assert versions == ["TLSv1.3"]
