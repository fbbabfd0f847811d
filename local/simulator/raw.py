"""Answers that are no whole HTTP: written as they are, and the connection is closed then."""

from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class RawAnswer:
    """The status, and everything that goes out: status line, headers, and the body, if any.

    The connection is closed, not reset: what was written arrives.
    """

    status: int
    raw: bytes

    def write(self, request: web.Request) -> web.Response:
        """Answer the request with it; the response returned has nowhere left to go."""
        if request.transport is not None:  # None if the client was the first to leave
            request.transport.write(self.raw)
            request.transport.close()
        return web.Response()


def _raw(status_line: str, *headers: str, body: bytes) -> RawAnswer:
    head = "\r\n".join((f"HTTP/1.1 {status_line}", *headers))
    return RawAnswer(int(status_line[:3]), f"{head}\r\n\r\n".encode() + body)


def cut_body(status_line: str) -> RawAnswer:
    """Its headers promise a body that ends after one byte."""
    return _raw(status_line, "Content-Type: application/json", "Content-Length: 70", body=b"{")


def bad_chunk(status_line: str) -> RawAnswer:
    """Its body says that it comes in chunks, and does not."""
    return _raw(status_line, "Transfer-Encoding: chunked", body=b"no chunk\r\n")
