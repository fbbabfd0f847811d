"""A server made of bare sockets, which can treat a connection as badly as a network can."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[["RawServer", socket.socket], None]
"""What happens to one connection. It is closed afterwards."""


@dataclass
class RawServer:
    """Listens on this machine and gives every connection to `behaviour`."""

    behaviour: Behaviour
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    sockets: list[socket.socket] = field(default_factory=list)

    def end(self) -> None:
        """Wake every behaviour that waits, for an event or for bytes."""
        self.over.set()
        for each in self.sockets:
            with suppress(OSError):  # it is closed already, or TLS has taken it over
                each.shutdown(socket.SHUT_RDWR)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read_request(self, connection: socket.socket) -> bool:
        """Read one whole request and keep it; `False` if the other side hung up instead."""
        request = bytearray()
        while b"\r\n\r\n" not in request:
            if not (received := connection.recv(4096)):
                return False
            request += received
        head, _, body = bytes(request).partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        while len(body) < length:
            body += connection.recv(4096)
        self.requests.append(head + b"\r\n\r\n" + body)
        return True


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[RawServer]:
    """Serve until the block is left."""
    server = RawServer(behaviour)
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with closing(connection), suppress(OSError):
            server.behaviour(server, connection)

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections += 1
                server.sockets.append(connection)
                thread = threading.Thread(target=serve, args=[connection])
                thread.start()
                threads.append(thread)

    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server.port = listener.getsockname()[1]
        accepting = threading.Thread(target=accept, args=[listener])
        accepting.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            server.end()
            for thread in threads:
                thread.join()


def an_answer(
    body: bytes = b'{"type":"ok"}',
    status: str = "200 OK",
    head: str = "",
    length: int | None = None,
) -> bytes:
    """The bytes of an HTTP answer."""
    lines = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{head}"
    return (
        f"{lines}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body
    )


def answers(raw: bytes | None = None) -> Behaviour:
    """Answer every request on a connection with the same bytes."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        connection.settimeout(5)
        while not server.over.is_set() and server.read_request(connection):
            connection.sendall(raw or an_answer())

    return behave


def answers_then_closes(raw: bytes) -> Behaviour:
    """Answer one request and hang up."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw)

    return behave


def trickles(raw: bytes, pause: float) -> Behaviour:
    """Answer byte by byte."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        for byte in raw:
            if server.over.wait(pause):
                return
            connection.sendall(bytes([byte]))

    return behave


def stalls(raw: bytes) -> Behaviour:
    """Begin to answer and say no more."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw)
        server.over.wait(5)

    return behave


def pours(raw: bytes, rest: bytes) -> Behaviour:
    """Answer without an end."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw)
        while not server.over.is_set():
            connection.sendall(rest)

    return behave


def closes_after_request(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)


def resets_after_request(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    reset(connection)


def never_answers(server: RawServer, connection: socket.socket) -> None:
    server.read_request(connection)
    server.over.wait(5)


def says_nothing(server: RawServer, _: socket.socket) -> None:
    """Not even a TLS handshake."""
    server.over.wait(5)


def resets_at_once(_: RawServer, connection: socket.socket) -> None:
    connection.recv(1)
    reset(connection)


def reset(connection: socket.socket) -> None:
    """Cut the connection as a crash does, without a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def over_tls(context: ssl.SSLContext, behaviour: Behaviour) -> Behaviour:
    """The behaviour behind a TLS handshake."""

    def behave(server: RawServer, connection: socket.socket) -> None:
        connection.settimeout(5)
        with context.wrap_socket(connection, server_side=True) as secure:
            server.sockets.append(secure)
            behaviour(server, secure)

    return behave
