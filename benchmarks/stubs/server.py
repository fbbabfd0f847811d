"""An HTTPS server on loopback that counts connections and can close those that rest.

Of HTTP/1.1 as much as botocore and `requests` speak: a body with its length, kept connections.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Headers: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the path with its query, headers by lower-case name."""

    path: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=dict)


Answering: TypeAlias = Callable[[Asked], Awaitable[Answer]]


@dataclass(slots=True)
class HttpsServer:
    """One port. `connections` counts those whose TLS handshake came to its end."""

    answering: Answering
    context: ssl.SSLContext
    connections: int = 0
    _resting: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> int:
        """Listen; returns the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def close_resting(self) -> int:
        """Close what is open and idle, as AWS and Voipit do after a while; returns how many."""
        resting, self._resting = self._resting, set()
        for writer in resting:
            writer.close()
        return len(resting)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self._resting.add(writer)
                asked = await _read(reader)
                self._resting.discard(writer)
                answer = await self.answering(asked)
                writer.write(_written(answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # the other side is gone, or `close_resting` was asked for
        finally:
            self._resting.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    _, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(path, headers, body)


def _written(answer: Answer) -> bytes:
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status} -\r\n{lines}\r\n".encode("latin-1") + answer.body
