"""The gateway over HTTP: `GatewayClient` asks once, `PatientGateway` until it is answered.

These two serve every program that calls the gateway: `make send`, the demo, the soak and the tests.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import requests

Json = dict[str, Any]
_Content = TypeVar("_Content")

TIMEOUT: Final = (5.0, 35.0)
"""Seconds to connect, and to wait for an answer: API Gateway gives up after 29."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class NotAcceptedError(Exception):
    """The gateway refuses such requests, and would again; the message says why."""


class GaveUpError(Exception):
    """The gateway was asked again and again, for as long as was agreed."""


class _TroubleError(Exception):
    """No answer to go on with this time; `retry_after` are the seconds the gateway asks for."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


def growing_pauses(chance: Callable[[], float] = random.random) -> Iterator[float]:
    """Seconds: 1, 2, 4 … 30, each up to a half shorter by chance."""
    pause = FIRST_PAUSE
    while True:
        yield pause * (1 - chance() / 2)
        pause = min(pause * 2, LONGEST_PAUSE)


def checked_address(url: str) -> str:
    """The address as it is always spelled: host in small letters, and no slash at its end.

    Raises `ValueError` if no key is to be sent there, or if it holds what is not to be shown.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the gateway's address has to begin with https://")
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise ValueError("the key would travel in the open: the address has to begin with https://")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("the gateway's address is a host and a path, and nothing else")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def checked_key(key: str) -> str:
    """The key without spaces around it. Raises `ValueError` if no HTTP header can hold it."""
    key = key.strip()
    if not key.isascii() or not key.isprintable():
        raise ValueError("the API key has characters that no key has")
    return key


@dataclass(frozen=True, slots=True)
class GatewayClient:
    """One gateway, with one API key. Used in a `with` block it closes its connections at the end.

    `timeout`: seconds to connect, and to wait for an answer.
    """

    url: str
    api_key: str = field(repr=False)
    session: requests.Session = field(default_factory=requests.Session)
    timeout: tuple[float, float] = TIMEOUT

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.session.close()

    def request(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request and its answer, whatever it is. Raises `requests.RequestException`."""
        content = {} if body is None else {"content-type": "application/json"}
        return self.session.request(
            method,
            f"{self.url}{path}",
            params=query,
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            headers={"x-api-key": self.api_key, **content, **(headers or {})},
            timeout=self.timeout,
            allow_redirects=False,  # the key is for this address and for no other
        )

    def post(self, message: Json, **headers: str) -> requests.Response:
        """Ask for a message to be sent."""
        return self.request("POST", "/messages", message, headers=headers)

    def get(self, message_id: str) -> requests.Response:
        """Ask for a message as it stands."""
        return self.request("GET", f"/messages/{message_id}")


@dataclass(frozen=True, slots=True)
class PatientGateway:
    """A gateway that is asked again until it answers.

    Only what may be repeated goes through here: reads, and messages with an id of their own.
    `patience`: seconds after which a request that goes on failing is given up. `on_pause` is told
    what the trouble is, and how many seconds there are until the next try.
    """

    client: GatewayClient
    patience: float
    on_pause: Callable[[str, float], None]
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    @property
    def url(self) -> str:
        """The address of the gateway."""
        return self.client.url

    def send(self, message: Json) -> Json:
        """Ask for a message to be sent, which has a `messageId`; returns it as it stands.

        Raises as `send_batch`.
        """
        return self._ask(
            "POST", "/messages", lambda answer: _content(answer, HTTPStatus.ACCEPTED), message
        )

    def send_batch(self, messages: Sequence[Json]) -> list[Json]:
        """One result per message, in order, each with a `message` or a `problem`.

        A batch of which nothing was stored, as the gateway's table does not answer, is repeated.

        Raises:
            NotAcceptedError: the gateway takes no batches from here.
            GaveUpError: it did not answer for too long.
        """

        def read(answer: requests.Response) -> list[Json]:
            results = _results(_content(answer, HTTPStatus.ACCEPTED), len(messages))
            problems = [result["problem"] for result in results if "problem" in result]
            if len(problems) == len(results) and any(
                problem["status"] == HTTPStatus.SERVICE_UNAVAILABLE for problem in problems
            ):
                raise _TroubleError("nothing could be stored")
            return results

        return self._ask("POST", "/messages/batch", read, {"messages": list(messages)})

    def preview_batch(self, messages: Sequence[Json]) -> list[Json]:
        """What would become of each message, in order: a `preview` or a `problem` each.

        Raises as `send_batch`.
        """

        def read(answer: requests.Response) -> list[Json]:
            if answer.status_code == HTTPStatus.NOT_FOUND:
                raise NotAcceptedError(
                    "it cannot check a file. Check that its address is the output ApiUrl of the"
                    " stack, and that it is as new as this program (`make deploy` updates it)"
                )
            return _results(_content(answer, HTTPStatus.OK), len(messages))

        return self._ask("POST", "/messages/preview/batch", read, {"messages": list(messages)})

    def message(self, message_id: str) -> Json | None:
        """The message as it stands now; `None` if the gateway does not know it.

        Raises as `send_batch`.
        """

        def read(answer: requests.Response) -> Json | None:
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return None
            return _content(answer, HTTPStatus.OK)

        return self._ask("GET", f"/messages/{message_id}", read)

    def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[requests.Response], _Content],
        body: Json | None = None,
    ) -> _Content:
        """What `read` makes of the first answer there is no trouble with."""
        give_up_at = self.now() + self.patience
        pauses = growing_pauses()
        while True:
            try:
                return read(self.client.request(method, path, body))
            except requests.RequestException as error:
                trouble = _TroubleError(f"no answer ({type(error).__name__})")
            except _TroubleError as error:
                trouble = error
            seconds = max(next(pauses), trouble.retry_after or 0)
            if self.now() + seconds > give_up_at:
                asks = trouble.retry_after
                wish = f", and it asks to wait {asks:.0f} s" if asks else ""
                raise GaveUpError(f"{trouble}{wish}") from trouble
            self.on_pause(str(trouble), seconds)
            self.sleep(seconds)


def _content(answer: requests.Response, wanted: HTTPStatus) -> Json:
    """The JSON object in a good answer; raises for every other."""
    status = answer.status_code
    content = _json_object(answer)
    if status == wanted:
        if content is None:
            raise _TroubleError("an answer that cannot be read")
        return content
    detail = str((content or {}).get("detail") or answer.reason or "")
    sentence = f"{status} {detail}".strip()
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _TroubleError(sentence, _retry_after(answer))
    raise NotAcceptedError(sentence)


def _results(content: Json, wanted: int) -> list[Json]:
    """The results of a batch, as many as are wanted."""
    results = content.get("results")
    if not isinstance(results, list) or len(results) != wanted:
        raise _TroubleError("an answer that cannot be read")
    return results


def _json_object(answer: requests.Response) -> Json | None:
    try:
        content = answer.json()
    except requests.JSONDecodeError:
        return None
    return content if isinstance(content, dict) else None


def _retry_after(answer: requests.Response) -> float | None:
    """The header in seconds; a date there, which no gateway of ours sends, is left out."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() else None
