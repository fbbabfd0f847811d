"""The HTTP session toward Voipit, and the evidence of what left us."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

from sms_gateway.adapters.voipit.watchdog import Watchdog

CONNECT_TIMEOUT: Final = 3.0
READ_TIMEOUT: Final = 10.0
MAX_ANSWER_BYTES: Final = 64 * 1024
MAX_IDLE: Final = 4.0
"""Seconds a kept connection may rest. Servers drop idle ones (Apache after 5 s) and a frozen Lambda
does not notice; a cut on such a connection looks just like a cut after the request was read."""
ROOTS: Final = Path(__file__).with_name("roots")
"""certifi's roots, each under the name that OpenSSL looks for. The layer's build makes them."""


def trusting_authorities() -> ssl.SSLContext:
    """What servers are verified with: all of certifi's roots.

    Of the folder, OpenSSL reads the root that a server's chain leads to. certifi's file is read
    whole, and costs 27 to 40 ms of a cold start.
    """
    if ROOTS.is_dir():
        return ssl.create_default_context(capath=str(ROOTS))
    return ssl.create_default_context(cafile=certifi.where())


class FormBody:
    """A form-encoded request body that knows whether any of it was handed to the network.

    `requests` raises the same `ConnectionError` for "no server listens" and "cut off after the
    request was read", and a time-out in the TLS handshake looks like one of the answer. The urllib3
    reason inside tells most of these apart; whether the body was ever asked for tells all of them:
    the transport reads it only once the connection, and its TLS, stand. A request without its body
    is not a request that Voipit could have taken.
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


class _AheadPool(HTTPConnectionPool):
    """A pool whose connection can be opened before there is a request for it."""

    def open_ahead(self, timeout: float) -> Any:
        """A connection that stands, its TLS too. Raises what connecting raises."""
        connection: Any = self._get_conn()
        connection.timeout = timeout
        try:
            connection.open_ahead()
        except BaseException:
            connection.close()
            raise
        return connection

    def keep(self, connection: HTTPConnection) -> None:
        """Use it for the next request."""
        self._put_conn(connection)


class _OneLineAdapter(HTTPAdapter):
    """One kept connection, which can be cut off from outside.

    Keeps one TLS context, too: without it every new connection reads the certificate bundle again.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        """Between the calls and a connection that another thread opens ahead of them."""
        self._calls = 0
        self._socket: socket.socket | None = None
        self.last_used = 0.0
        """When the kept connection last did something, as seconds of the wall clock."""
        self.is_cut_off = False
        self.status: int | None = None
        """Of the answer, as soon as its first line was read, whether headers follow or not."""
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Hand the context to urllib3; its connections tell of their sockets and first lines."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)
        adapter = self

        class Response(HTTPResponse):
            def begin(self) -> None:
                try:
                    super().begin()
                finally:
                    status: Any = self.status  # no number until the first line was read
                    adapter.status = status if isinstance(status, int) else None
                if self.status < HTTPStatus.OK:
                    # The real answer is still to come, and would be taken for the next call's.
                    self.will_close = True

        class Plain(HTTPConnection):
            response_class = Response

            def connect(self) -> None:
                super().connect()
                adapter._check(self)

            def open_ahead(self) -> None:
                super().connect()

        class Encrypted(HTTPSConnection):
            response_class = Response

            def connect(self) -> None:
                super().connect()
                adapter._check(self)

            def open_ahead(self) -> None:
                super().connect()

            @property
            def is_connected(self) -> bool:
                if self.sock is None:
                    return False
                return super().is_connected or _is_still_there(self.sock)

        class PlainPool(_AheadPool):
            ConnectionCls = Plain

        class EncryptedPool(_AheadPool, HTTPSConnectionPool):
            ConnectionCls = Encrypted

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": EncryptedPool}

    def _check(self, connection: HTTPConnection) -> None:
        """Remember what to cut off; and if it is too late already, let nothing leave us."""
        self._socket = connection.sock
        if self.is_cut_off:
            connection.close()
            raise ConnectTimeoutError(connection, "Connected too late.")

    def open_ahead(self, url: str, timeout: float, now: Callable[[], float]) -> None:
        """Open the connection that the first request to this address will use.

        Another thread can do this. If a call has begun meanwhile, it has a connection of its own
        and this one is closed: however late it comes, it is not mistaken for the call's.

        Raises what connecting raises.
        """
        began_at = now()
        with self._lock:
            calls = self._calls
        request = requests.Request("POST", url).prepare()
        pool: Any = self.get_connection_with_tls_context(request, verify=True)
        self.cert_verify(pool, url, verify=True, cert=None)
        connection = pool.open_ahead(timeout)
        with self._lock:
            if self._calls == calls:
                self._socket = connection.sock
                self.last_used = began_at
                pool.keep(connection)
                return
        connection.close()

    def begin(self) -> None:
        """From now on connections are wanted, and there is no answer yet."""
        with self._lock:
            self._calls += 1
        self.is_cut_off = False
        self.status = None

    def cut_off(self) -> None:
        """End whatever is being waited for, from another thread. Nothing new is begun."""
        self.is_cut_off = True
        if self._socket is not None:
            with suppress(OSError):
                # Not its own method: TLS takes that for its end, and what is written in the moment
                # before the socket is shut would leave in clear text.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Verify as ever, but against the context's certificates: they are loaded already."""
        super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        conn.ca_certs = None


def _is_still_there(connection: Any) -> bool:
    """Whether a server that has said something, and to no request, keeps the connection.

    urllib3 takes any byte for the end of a connection. Under TLS 1.3 there are always some before
    the first request: the tickets for a later session, which come behind the handshake.
    """
    try:
        timeout = connection.gettimeout()
        connection.settimeout(0)
        try:
            connection.recv(1)
        except ssl.SSLWantReadError:
            return True
        finally:
            connection.settimeout(timeout)
    except OSError:
        return False
    return False


class AnswerTooLongError(Exception):
    """The answer is larger than anything Voipit documents."""


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
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, .netrc or CA bundle from the environment
        # A cookie could be the session of an account whose password has changed since.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._line = _OneLineAdapter(tls_context or trusting_authorities())
        self._session.mount("https://", self._line)
        self._session.mount("http://", self._line)
        self._watchdog = Watchdog(self._line.cut_off, sum(self._timeout))

    def post(self, url: str, body: FormBody) -> tuple[int, bytes | Exception]:
        """HTTP status and body of the answer, within the sum of both time-outs.

        The status is told as soon as the answer's first line was read; if something went wrong
        after that, the error is in the body's place. Raises only if no status is known, most often
        `requests.RequestException`; ask `body.left_us` what that means.

        Whether a connection has rested for too long is told by the wall clock on purpose: a frozen
        Lambda's monotonic clock can stand still.
        """
        self._line.begin()
        try:
            answer = self._post(url, body)
        except Exception as error:
            if self._line.status is None:
                raise
            return self._line.status, error
        self._line.last_used = self._now()
        return answer

    def open_ahead(self, url: str) -> None:
        """Connect to this address, so that a call within the next seconds need not.

        Nothing is sent but the handshake. Can be done in a thread of its own, and be too late.
        Raises what connecting raises, most often an error of `urllib3`.
        """
        self._line.open_ahead(url, self._timeout[0], self._now)

    def _post(self, url: str, body: FormBody) -> tuple[int, bytes]:
        if abs(self._now() - self._line.last_used) > MAX_IDLE:
            self._session.close()  # drops kept connections; the session itself stays usable
        with (
            self._cut_off_in_time(),
            self._session.post(
                url,
                data=body,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            answer = bytearray()
            # Piece by piece, so that a large one is never held as a whole.
            for chunk in response.iter_content(4096):
                answer += chunk
                if len(answer) > MAX_ANSWER_BYTES:
                    raise AnswerTooLongError
        return response.status_code, bytes(answer)

    @contextmanager
    def _cut_off_in_time(self) -> Iterator[None]:
        """Have the block end in time: a time-out begins anew with every address and every byte.

        Raises `requests.ReadTimeout` instead of whatever the block came to after that.
        """
        try:
            with self._watchdog.watching():
                yield
        except Exception as error:
            if self._line.is_cut_off:
                raise requests.ReadTimeout from error
            raise
        if self._line.is_cut_off:
            raise requests.ReadTimeout

    def close(self) -> None:
        """Drop kept connections."""
        self._session.close()


def timed_out(error: BaseException) -> bool:
    """Whether waiting for the answer is what failed, going by the urllib3 reason inside."""
    inner = error.args[0] if error.args else None
    inner = getattr(inner, "reason", inner)
    return isinstance(error, requests.ReadTimeout) or isinstance(inner, ReadTimeoutError)
