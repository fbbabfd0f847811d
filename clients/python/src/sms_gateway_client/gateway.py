"""The gateway over HTTP: what a program asks of it, each request repeated until it is answered."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar, cast
from urllib.parse import quote
from uuid import uuid4

import requests

from sms_gateway_client.address import by_key, by_token, checked_address
from sms_gateway_client.errors import (
    GatewayError,
    NotFoundError,
    NotSettledError,
    TryLaterError,
    UnavailableError,
    UnreadableMessagesError,
    error_of,
)
from sms_gateway_client.models import (
    AccessToken,
    BatchResult,
    ClientList,
    Message,
    MessageList,
    Preview,
    PreviewResult,
    Provider,
    SendRequest,
    Statistics,
    Status,
    Suppression,
)
from sms_gateway_client.pauses import growing_pauses
from sms_gateway_client.version import VERSION

Json = dict[str, Any]
_Content = TypeVar("_Content")
_Item = TypeVar("_Item")

TIMEOUT: Final = (5.0, 35.0)
"""Seconds to connect, and to wait for an answer: API Gateway gives up after 29."""
PATIENCE: Final = 60.0
"""Seconds."""
BATCH: Final = 100
"""How many messages the gateway takes at once."""
SETTLED: Final = frozenset({"sent", "failed", "cancelled", "no_report"})
"""The statuses that nothing is waited for in."""
_LONGEST_POLL: Final = 10.0
_CLIENTS_OF_A_PAGE: Final = 50


class Gateway:
    """One gateway, asked with an API key (`key`) or with an access token of a page (`token`).

    Used in a `with` block it closes its connections at the end. Threads can share one.

    A request that is not answered, or answered 429 or 5xx, is repeated after growing pauses, which
    are never shorter than the gateway asks for. That is safe: whatever sends has an id. After
    `patience` seconds, or at once if the gateway asks to wait for longer than is left of them, the
    error is raised; a try that has begun is waited for. `patience=0` asks once.

    `timeout`: seconds to connect, and to wait for an answer. `on_pause` is told what the trouble is
    and how many seconds there are until the next try. `renew` gives another token when the gateway
    does not take this one any more (401). `origin` is the origin of the page that a token is for.
    `sleep` and `now` are the clock.

    Raises `ValueError` for an address without https (except on this machine), or for a key or a
    token that no header can hold. All requests raise `GatewayError`, in one of its classes.
    """

    def __init__(  # noqa: PLR0913  all by name, and all but the first two with a default
        self,
        url: str,
        *,
        key: str | None = None,
        token: str | None = None,
        renew: Callable[[], str] | None = None,
        origin: str | None = None,
        patience: float = PATIENCE,
        timeout: tuple[float, float] = TIMEOUT,
        on_pause: Callable[[str, float], None] | None = None,
        session: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if (key is None) == (token is None):
            raise ValueError("a gateway is asked either with a key or with a token")
        self.url = checked_address(url)
        """The address, as it is always spelled."""
        self._credentials = by_token(token) if token is not None else by_key(key or "")
        self._is_page = token is not None
        self._renew = renew
        self._headers = {"User-Agent": f"sms-gateway-client/{VERSION}"}
        if origin is not None:
            self._headers["Origin"] = origin
        self._patience = patience
        self._timeout = timeout
        self._on_pause = on_pause or (lambda _why, _seconds: None)
        self._session = session or requests.Session()
        self._sleep = sleep
        self._now = now

    def __repr__(self) -> str:
        return f"Gateway({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(  # noqa: PLR0913  the fields of a message, by name
        self,
        phone_number: str,
        message: str,
        *,
        message_id: str | None = None,
        send_at: datetime | str | None = None,
        valid_until: datetime | str | None = None,
        on_unconfirmed: Literal["hold", "resend"] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Message:
        """Send a message; returns it as it stands.

        Without an id of yours it gets one (a UUID), once for all tries of this call. After an error
        the message with its id is in `unanswered` of the error. With a token there is no
        `on_unconfirmed` and the id has to be a UUID.
        """
        body = a_message(
            phone_number,
            message,
            message_id=message_id,
            send_at=send_at,
            valid_until=valid_until,
            on_unconfirmed=on_unconfirmed,
            metadata=metadata,
        )
        try:
            return self._ask("POST", self._messages(), _object(Message, 202), body)
        except TryLaterError as error:
            error.unanswered = [body]
            raise

    def send_batch(self, messages: Iterable[SendRequest]) -> list[BatchResult]:
        """Send many messages; one result per message, in order, a `message` or a `problem` each.

        They go out a hundred at a time. A message without an id gets one. If nothing of a hundred
        could be stored, it is repeated. If the gateway stops answering, the error has the `results`
        so far, and the `unanswered` messages, which can be sent again as they are.
        """
        wanted = [_with_id(message) for message in messages]
        results: list[BatchResult] = []
        for some in in_batches(wanted):

            def read(answer: requests.Response, count: int = len(some)) -> list[BatchResult]:
                found: list[BatchResult] = _results(_read_object(answer, 202), count)
                problems = [result["problem"] for result in found if "problem" in result]
                if len(problems) == len(found) and any(
                    problem["status"] == HTTPStatus.SERVICE_UNAVAILABLE for problem in problems
                ):
                    raise UnavailableError("nothing could be stored")
                return found

            try:
                results += self._ask(
                    "POST", self._of_a_key("/messages/batch"), read, {"messages": some}
                )
            except GatewayError as error:
                error.results, error.unanswered = results, wanted[len(results) :]
                raise
        return results

    def preview(  # noqa: PLR0913  the fields of a message, by name
        self,
        phone_number: str,
        message: str,
        *,
        message_id: str | None = None,
        send_at: datetime | str | None = None,
        valid_until: datetime | str | None = None,
        on_unconfirmed: Literal["hold", "resend"] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Preview:
        """The message as it would be sent, and whether it would be accepted. Nothing is sent."""
        body = a_message(
            phone_number,
            message,
            message_id=message_id,
            send_at=send_at,
            valid_until=valid_until,
            on_unconfirmed=on_unconfirmed,
            metadata=metadata,
        )
        return self._ask("POST", f"{self._messages()}/preview", _object(Preview, 200), body)

    def preview_batch(self, messages: Iterable[SendRequest]) -> list[PreviewResult]:
        """What would become of each message, in order: a `preview` or a `problem` each."""
        results: list[PreviewResult] = []
        for some in in_batches(list(messages)):

            def read(answer: requests.Response, count: int = len(some)) -> list[PreviewResult]:
                return _results(_read_object(answer, 200), count)

            path = self._of_a_key("/messages/preview/batch")
            results += self._ask("POST", path, read, {"messages": some})
        return results

    def message(self, message_id: str) -> Message:
        """The message as it stands. Raises `NotFoundError` if there is none with this id."""
        return self._ask("GET", f"{self._messages()}/{_part(message_id)}", _object(Message, 200))

    def wait_until_settled(self, message_id: str, *, timeout: float = 300.0) -> Message:
        """Ask after ever longer pauses until the message is sent, failed, cancelled or no_report.

        Raises `NotSettledError` after `timeout` seconds. If the gateway cannot be reached, its
        patience and the try that has begun come on top. Subscribers of the topic need not ask.
        """
        give_up_at = self._now() + timeout
        pauses = growing_pauses(longest=_LONGEST_POLL)
        while (message := self.message(message_id))["status"] not in SETTLED:
            left = give_up_at - self._now()
            if left <= 0:
                raise NotSettledError(f"{message_id} is {message['status']}", message)
            self._sleep(min(next(pauses), left))
        return message

    def cancel(self, message_id: str) -> Message:
        """Take a message back; returns it as cancelled.

        Raises `AlreadyTriedError` if the gateway has tried to send it.
        """
        path = self._of_a_key(f"/messages/{_part(message_id)}")
        return self._ask("DELETE", path, _object(Message, 200))

    def messages(self, phone_number: str, *, page_size: int = 50) -> Iterator[Message]:
        """All your messages to a number, the newest first. Pages are fetched as you go on.

        Raises `UnreadableMessagesError` after the last of them if there are others, which the
        gateway cannot read.
        """
        return self._pages_of_messages({"phoneNumber": phone_number, "limit": page_size})

    def search(  # noqa: PLR0913  what can be looked for, by name
        self,
        *,
        phone_number: str | None = None,
        message_id: str | None = None,
        client: str | None = None,
        status: Status | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_size: int = 50,
    ) -> Iterator[Message]:
        """Messages of all clients that fit everything that is given; for an operator's key.

        Give a number, an id, a client or a status that needs attention. Pages and
        `UnreadableMessagesError` as in `messages`. Raises `ValueError` for a time without a zone.
        """
        given = {
            "phoneNumber": phone_number,
            "messageId": message_id,
            "client": client,
            "status": status,
            "since": None if since is None else _moment(since),
            "until": None if until is None else _moment(until),
        }
        query = {name: value for name, value in given.items() if value is not None}
        return self._pages_of_messages({**query, "limit": page_size})

    def suppress(self, phone_number: str) -> None:
        """Put a number on the do-not-contact list, or leave it there."""
        self._ask("PUT", self._suppression(phone_number), _nothing)

    def unsuppress(self, phone_number: str) -> None:
        """Take a number off the do-not-contact list, if it is there."""
        self._ask("DELETE", self._suppression(phone_number), _nothing)

    def suppression(self, phone_number: str) -> Suppression | None:
        """The number's entry in the do-not-contact list; `None` if it is not there."""
        try:
            return self._ask("GET", self._suppression(phone_number), _object(Suppression, 200))
        except NotFoundError as error:
            if error.code == "suppression-not-found":
                return None
            raise

    def statistics(self) -> Statistics:
        """The last hour by status, what waits, and what needs attention; for an operator's key."""
        return self._ask("GET", self._of_a_key("/statistics"), _object(Statistics, 200))

    def clients(self, month: str | None = None) -> ClientList:
        """All clients and what they used in a month (`2026-11`); for an operator's key.

        Without a month it is this one (UTC).
        """
        query: Json = {"limit": _CLIENTS_OF_A_PAGE}
        if month is not None:
            query["month"] = month
        whole: ClientList | None = None
        while True:
            path = self._of_a_key("/clients")
            page = self._ask("GET", path, _object(ClientList, 200), query=query)
            cursor = page.pop("cursor", None)
            if whole is None:
                whole = page
            else:
                whole["clients"] += page["clients"]
            if cursor is None:
                return whole
            query |= {"month": whole["month"], "cursor": cursor}

    def provider(self) -> Provider:
        """Whether the gateway hands messages to Voipit just now, and if not, why."""
        return self._ask("GET", self._of_a_key("/provider"), _object(Provider, 200))

    def mint_token(
        self,
        *,
        phone_number: str | None = None,
        max_messages: int | None = None,
        expires_in_seconds: int | None = None,
        origin: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> AccessToken:
        """A token for one page, which can send with it and has no key.

        Without arguments: one message, to any allowed number, within a quarter of an hour.
        """
        wishes = {
            "phoneNumber": phone_number,
            "maxMessages": max_messages,
            "expiresInSeconds": expires_in_seconds,
            "origin": origin,
            "metadata": None if metadata is None else dict(metadata),
        }
        body = {name: value for name, value in wishes.items() if value is not None}
        return self._ask("POST", self._of_a_key("/tokens"), _object(AccessToken, 201), body)

    def raw(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request and its answer, whatever it is. Raises `requests.RequestException`.

        `path` begins with a slash, behind the address. A redirect is an answer, and not followed.
        """
        content = {} if body is None else {"Content-Type": "application/json"}
        return self._session.request(
            method,
            f"{self.url}{path}",
            params=query,
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            headers={**self._headers, **content, **(headers or {})},
            auth=self._credentials,
            timeout=self._timeout,
            allow_redirects=False,  # the key is for this address and for no other
        )

    def _pages_of_messages(self, query: Json) -> Iterator[Message]:
        unreadable: list[str] = []
        while True:
            path = self._of_a_key("/messages")
            page = self._ask("GET", path, _object(MessageList, 200), query=query)
            yield from page["messages"]
            unreadable += page.get("unreadableMessages", [])
            if "cursor" not in page:
                break
            query["cursor"] = page["cursor"]
        if unreadable:
            raise UnreadableMessagesError(unreadable)

    def _messages(self) -> str:
        return "/page/messages" if self._is_page else "/messages"

    def _of_a_key(self, path: str) -> str:
        """The path, of a route that a token does not open. Raises `ValueError`."""
        if self._is_page:
            raise ValueError("a token sends, previews and reads messages; this needs an API key")
        return path

    def _suppression(self, phone_number: str) -> str:
        return self._of_a_key(f"/suppressions/{_part(phone_number)}")

    def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[requests.Response], _Content],
        body: object = None,
        query: Mapping[str, Any] | None = None,
    ) -> _Content:
        """What `read` makes of the first answer there is no trouble with."""
        give_up_at = self._now() + self._patience
        pauses = growing_pauses()
        may_renew = self._renew is not None
        while True:
            try:
                return read(self.raw(method, path, body, query=query))
            except requests.RequestException as error:
                # Its own text and its request would show the number and the key.
                trouble: GatewayError = UnavailableError(f"no answer ({type(error).__name__})")
            except GatewayError as error:
                trouble = error
            if self._renew is not None and may_renew and trouble.status == HTTPStatus.UNAUTHORIZED:
                self._credentials = by_token(self._renew())
                may_renew = False
                continue
            seconds = max(next(pauses), trouble.retry_after or 0)
            if not isinstance(trouble, TryLaterError):
                raise trouble
            if self._now() + seconds > give_up_at:
                raise trouble
            self._on_pause(str(trouble), seconds)
            self._sleep(seconds)


def a_message(  # noqa: PLR0913  the fields of a message, by name
    phone_number: str,
    message: str,
    *,
    message_id: str | None = None,
    send_at: datetime | str | None = None,
    valid_until: datetime | str | None = None,
    on_unconfirmed: Literal["hold", "resend"] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> SendRequest:
    """A message as the gateway reads it, for `send_batch`; it has an id, one of its own if need be.

    Raises `ValueError` for a time without a zone.
    """
    body: SendRequest = {
        "messageId": message_id or str(uuid4()),
        "phoneNumber": phone_number,
        "message": message,
    }
    if send_at is not None:
        body["sendAt"] = _moment(send_at)
    if valid_until is not None:
        body["validUntil"] = _moment(valid_until)
    if on_unconfirmed is not None:
        body["onUnconfirmed"] = on_unconfirmed
    if metadata is not None:
        body["metadata"] = dict(metadata)
    return body


def in_batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """The same in order, as many at once as the gateway takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _with_id(message: SendRequest) -> SendRequest:
    return message if message.get("messageId") else {**message, "messageId": str(uuid4())}


def _moment(time: datetime | str) -> str:
    if isinstance(time, str):
        return time
    if time.utcoffset() is None:
        raise ValueError("the time has no zone: give it one, such as datetime.now(UTC)")
    return time.isoformat()


def _part(text: str) -> str:
    """A part of a path."""
    return quote(text, safe="")


def _object(_kind: type[_Content], wanted: int) -> Callable[[requests.Response], _Content]:
    """A reader of the JSON object in a good answer, which is of this kind: so says the contract."""
    return lambda answer: cast("_Content", _read_object(answer, wanted))


def _nothing(answer: requests.Response) -> None:
    """A reader of a good answer without content."""
    if answer.status_code != HTTPStatus.NO_CONTENT:
        _read_object(answer, HTTPStatus.NO_CONTENT)


def _read_object(answer: requests.Response, wanted: int) -> Json:
    """The JSON object in a good answer; raises for every other."""
    content = _json(answer)
    if answer.status_code != wanted:
        raise error_of(answer.status_code, answer.reason, content, _retry_after(answer))
    if not isinstance(content, dict):
        raise UnavailableError("an answer that cannot be read", status=answer.status_code)
    return content


def _results(content: Json, wanted: int) -> list[Any]:
    """The results of a batch, as many as are wanted."""
    results = content.get("results")
    if not isinstance(results, list) or len(results) != wanted:
        raise UnavailableError("an answer that cannot be read")
    return results


def _json(answer: requests.Response) -> object:
    try:
        content: object = answer.json()
    except requests.JSONDecodeError:
        return None
    return content


def _retry_after(answer: requests.Response) -> float | None:
    """The header in seconds; a date there, which no gateway of ours sends, is left out."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() else None
