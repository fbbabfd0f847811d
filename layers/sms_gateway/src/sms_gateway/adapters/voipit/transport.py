"""The HTTP session toward Voipit, and the evidence of what left us."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ReadTimeoutError

CONNECT_TIMEOUT: Final = 3.0
READ_TIMEOUT: Final = 10.0
MAX_ANSWER_BYTES: Final = 64 * 1024
MAX_IDLE: Final = 4.0
"""Seconds a kept connection may rest. Servers drop idle ones (Apache after 5 s) and a frozen Lambda
does not notice; a cut on such a connection looks just like a cut after the request was read."""


class FormBody:
    """A form-encoded request body that knows whether any of it was handed to the network.

    `requests` raises the same `ConnectionError` for "nobody listens" and "cut off after the request
    was read", and a time-out in the TLS handshake looks like one of the answer. The urllib3 reason
    inside tells most of these apart; whether the body was ever asked for tells all of them: the
    transport reads it only once the connection, and its TLS, stand. A request without its body is
    not a request anybody could have taken.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._bytes = urlencode(values).encode()
        self._position = 0

    @property
    def left_us(self) -> bool:
        """Whether the transport has taken any of it."""
        return self._position > 0

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes, as a file would give them."""
        end = len(self._bytes) if size < 0 else self._position + size
        chunk = self._bytes[self._position : end]
        self._position += len(chunk)
        return chunk

    def __len__(self) -> int:
        return len(self._bytes)

    def __iter__(self) -> Iterator[bytes]:
        # What makes `requests` stream the body rather than copy it first.
        yield self.read()


class _SharedContextAdapter(HTTPAdapter):
    """Keeps one TLS context: without it every new connection reads the certificate bundle again."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Hand the context to urllib3."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Verify as ever, but against the context's certificates: they are loaded already."""
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        conn.ca_certs = None


class AnswerTooLongError(Exception):
    """The answer is larger, or trickles in slower, than anything Voipit documents."""


class VoipitSession:
    """Posts forms to Voipit: keep-alive, no redirects, no retries, bounded in time and size."""

    def __init__(
        self,
        *,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        tls_context: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._timeout = (connect_timeout, read_timeout)
        self._now = now
        self._last_used = 0.0
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, .netrc or CA bundle from the environment
        context = tls_context or ssl.create_default_context(cafile=certifi.where())
        self._session.mount("https://", _SharedContextAdapter(context))
        self._session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=1))

    def post(self, url: str, body: FormBody) -> tuple[int, bytes]:
        """HTTP status and body of the answer.

        Raises `requests.RequestException` or `AnswerTooLongError`; ask `body.left_us` what that
        means. The wall clock is used on purpose: a frozen Lambda's monotonic clock may stand still.
        """
        if abs(self._now() - self._last_used) > MAX_IDLE:
            self._session.close()  # drops kept connections; the session itself stays usable
        deadline = self._now() + sum(self._timeout)
        with self._session.post(
            url,
            data=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            answer = bytearray()
            # Byte by byte: a larger read waits until it is full, however slowly bytes trickle in.
            for chunk in response.iter_content(1):
                answer += chunk
                if len(answer) > MAX_ANSWER_BYTES or self._now() > deadline:
                    raise AnswerTooLongError
        self._last_used = self._now()
        return response.status_code, bytes(answer)

    def close(self) -> None:
        """Drop kept connections."""
        self._session.close()


def timed_out(error: BaseException) -> bool:
    """Whether waiting for the answer is what failed, going by the urllib3 reason inside."""
    inner = error.args[0] if error.args else None
    inner = getattr(inner, "reason", inner)
    return isinstance(error, requests.ReadTimeout) or isinstance(inner, ReadTimeoutError)
