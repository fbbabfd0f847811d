"""What the use cases need from outside: adapters provide it, tests have fakes with behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:  # a function loads the rules that it uses, not those of every port
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sms_gateway.domain.access_token import AccessToken, TokenKey
    from sms_gateway.domain.account import Account
    from sms_gateway.domain.circuit import Circuit, OpenReason
    from sms_gateway.domain.client import Client, Directory
    from sms_gateway.domain.cursor import CursorKey, Position
    from sms_gateway.domain.errors import StoreUnavailableError
    from sms_gateway.domain.guards import Suppression
    from sms_gateway.domain.message import Change, Message
    from sms_gateway.domain.message_id import MessageKey
    from sms_gateway.domain.outcome import Outcome
    from sms_gateway.domain.phone_number import ExaminedNumber, PhoneNumber
    from sms_gateway.domain.report import DeliveryReport
    from sms_gateway.domain.search import Search
    from sms_gateway.domain.statistics import Attention, Waiting
    from sms_gateway.domain.status import Reason, Status
    from sms_gateway.domain.usage import Count
    from sms_gateway.domain.waits import Waits

BELIEVED_FOR: Final = timedelta(seconds=1)
"""How old a look at the do-not-contact list may be when the write of a claim begins."""

HINTS_AT_ONCE: Final = 10
"""Messages that the queue takes with one call."""


class AlreadyStoredError(Exception):
    """`create` found the id taken; `stored` is the client's message that has it."""

    def __init__(self, stored: Message) -> None:
        super().__init__("a message with this id is stored already")
        self.stored = stored


class ChangeRefusedError(Exception):
    """The write's own condition refused the change; `stored` is where the message stands now.

    `stored` is `None` if there is no such message (any more).
    """

    def __init__(self, stored: Message | None) -> None:
        super().__init__("the message does not take this change")
        self.stored = stored


class DoubleClickError(Exception):
    """`store` has just stored an equal message of the client, which gave it no id."""

    def __init__(self, first: MessageKey) -> None:
        super().__init__("an equal message has just been stored")
        self.first = first


class Intake(Protocol):
    """The table of messages, behind everything that may stop one: new ones, and claims."""

    def store(  # noqa: PLR0913  what is known of a request, each by its name
        self,
        message: Message,
        *,
        id_is_chosen: bool,
        instead_of: str | None = None,
        clicked_at: datetime | None = None,
        token: AccessToken | None = None,
        is_unlisted: bool = False,
    ) -> None:
        """Store a new message and count it, in one write; or raise, and change nothing.

        `id_is_chosen`: the caller has given its id, so an equal message is no double click.
        `instead_of`: nor is an equal message with this id, if it is still the last one.
        `clicked_at`: when the request came in, if that was before `created_at`.
        `token`: the access token that it is sent with, which allows so many messages and no more.
        `is_unlisted`: the caller has just seen that the number is not on the do-not-contact list;
        otherwise the write looks.

        Raises:
            AlreadyStoredError: the id is taken. This goes before everything else.
            TokenUsedUpError: the token allows no more. This goes before what follows.
            DoubleClickError: an equal message has just been stored.
            InvalidValueError: `suppressed`.
            LimitReachedError: the recipient or the client is at a limit.
            StoreUnavailableError: a table does not answer.
        """

    def claim(self, message: Message, change: Change, *, is_unlisted: bool = False) -> Message:
        """Claim a message that waits, and count its sending, in one write; or raise, as `store`.

        Returns the claimed message.

        Raises:
            ChangeRefusedError: the message does not take the claim. This goes before everything.
            InvalidValueError: `suppressed`.
            LimitReachedError: the recipient has no room now; or the client, for a resend.
            StoreUnavailableError: a table does not answer; the claim might have been made.
        """


class Batches(Protocol):
    """Batches whose callers gave them no id, known by their digest for `BATCH_KNOWN_FOR`."""

    def remember(self, digest: str, batch_id: str, now: datetime) -> str:
        """The id of this batch: the one it has got already, or else `batch_id`.

        Raises `StoreUnavailableError`.
        """


class Suppressions(Protocol):
    """The do-not-contact list. Every method raises `StoreUnavailableError` if it fails."""

    def get(self, phone_number: PhoneNumber) -> Suppression | None:
        """The entry of a number, or `None`."""

    def among(self, phone_numbers: Collection[PhoneNumber]) -> frozenset[PhoneNumber]:
        """Those of these numbers (100 different ones at most) that are on the list."""

    def page(self, limit: int, after: PhoneNumber | None) -> list[Suppression]:
        """At most so many entries in the order of their numbers, from the one after this number.

        The newest can be absent for a moment.
        """

    def put(self, suppression: Suppression) -> None:
        """Enter a number; an entry that is there already stays as it is."""

    def delete(self, phone_number: PhoneNumber) -> None:
        """Take a number off the list, if it is there."""


class Clients(Protocol):
    """Which client each API key belongs to."""

    def of_key(self, key_id: str) -> Client:
        """The key's client: one named after the key if no other was ever entered for it.

        Raises `StoreUnavailableError` if the table fails and nothing is remembered of this key.
        """


@dataclass(frozen=True, slots=True)
class Listed:
    """Some messages. `unreadable` are the ids of rows among them that another release has written.

    `last` is where the next ones begin, or `None` if there are no more.
    """

    messages: Sequence[Message]
    unreadable: Sequence[str] = ()
    last: Position | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """Some of the messages that were looked for; `place` is where to go on, if there might be more.

    `unreadable` are the keys of rows among them that another release has written.
    """

    messages: Sequence[Message]
    unreadable: Sequence[MessageKey] = ()
    place: str | None = None


class MessageSearch(Protocol):
    """Looks for messages of all clients by the indexes of their table."""

    def search(self, search: Search, limit: int, place: str | None, now: datetime) -> Searched:
        """At most `limit` of them (1 to 100), from this place on.

        A status that needs attention is looked for from `until` (or now) back to `since` (or 30
        days before).

        They can be fewer, even none, although there are more: each call reads so much and no more.
        Raises `StoreUnavailableError`.
        """


class FiguresUnavailableError(Exception):
    """The figures of an hour cannot be told now: CloudWatch did not answer, or refused."""


class StatusFigures(Protocol):
    """How many messages got each status."""

    def of_hour(self, since: datetime) -> Mapping[Status, Sequence[int]] | None:
        """By status, a number for each of the `STEPS` from then on, which begins on the clock.

        `None` if nothing is known of the gateway in that hour. The latest minutes are incomplete.
        Raises `FiguresUnavailableError`.
        """


class Backlog(Protocol):
    """What waits, counted up to a bound. Both methods raise `StoreUnavailableError`."""

    def waiting(self, now: datetime) -> Waiting:
        """Queued messages, without those whose `sendAt` is ahead."""

    def attention(self, since: datetime, now: datetime) -> Attention:
        """Messages that came to need attention since then, a day ago at most, and do so still."""


class ClientDirectory(Protocol):
    """What is written down of clients and keys."""

    def directory(self) -> Directory:
        """All of it. Raises `StoreUnavailableError`."""


class Usage(Protocol):
    """The messages of clients, counted day by day."""

    def of(self, clients: Sequence[str], days: Sequence[date]) -> list[Count]:
        """What these clients had on these days (UTC); a day without a message is left out.

        Raises `StoreUnavailableError`.
        """


class Due(NamedTuple):
    """A message that was due when the index was read, and since when. Compares by the time."""

    at: datetime
    key: MessageKey


class Messages(Protocol):
    """The table of messages. Every method raises `StoreUnavailableError` if it does not answer.

    Where a row is to be shown that this release cannot read, that is an `UnreadableRowError`.
    """

    def change(self, key: MessageKey, change: Change) -> Message:
        """Make the change if the message is open to it. Raises `ChangeRefusedError`."""

    def note_contradiction(self, key: MessageKey, report: DeliveryReport) -> None:
        """Count and keep (up to a bound) a report that contradicts a final status."""

    def close_try(self, message: Message, report: DeliveryReport) -> None:
        """Keep an error report about one of several open tries of a message: it is open no more.

        Raises `ChangeRefusedError` if the message has other open tries by now than it had.
        """

    def get(self, key: MessageKey) -> Message | None:
        """The message as it stands now, or `None`."""

    def get_all(
        self, keys: Sequence[MessageKey]
    ) -> Mapping[MessageKey, Message | StoreUnavailableError]:
        """The messages with these keys (100 at most) as they stand now; some can be gone.

        One that the table did not show is the error that says why.
        """

    def postpone(
        self,
        message: Message,
        due_at: datetime,
        reason: Reason | None = None,
        put_off: int | None = None,
        *,
        in_queue: bool = False,
    ) -> None:
        """Look at the message later; it waits for this reason, if one is given.

        `put_off` is how many times it was put off by now, if this is one of them. `in_queue`: the
        queue is told of it as well. Raises `ChangeRefusedError` if it has changed meanwhile.
        """

    def due(self, waits: Waits, now: datetime) -> Iterator[Due]:
        """Messages that wait for this and are due, the longest due first, read as they are asked.

        Some of them perhaps are not due any more. The releases up to 0.2.0 do not tell for what a
        message waits: one of theirs can be among any.
        """

    def list_for(
        self, client: str, phone_number: PhoneNumber, limit: int, after: Position | None
    ) -> Listed:
        """At most `limit` (1 to 100) of what the client has sent to the number, newest first.

        They begin after the position given, or with the newest. Every message that stays is in
        exactly one page, whatever is sent meanwhile. The newest can be absent for a moment.
        """


class Provider(Protocol):
    """Voipit."""

    @property
    def seconds_needed(self) -> float:
        """The longest one call can take, in seconds."""

    def send(self, account: Account, message: Message, send_result_to: str) -> Outcome:
        """Hand the message over, once. Never raises: what came of it is the outcome."""

    def ping(self, account: Account) -> Outcome:
        """Ask whether Voipit knows the account; `ACCEPTED` if so. Never raises."""


class Accounts(Protocol):
    """The Voipit account.

    Both methods raise `SecretUnavailableError`; if there is none, its kind `AccountMissingError`.
    """

    def current(self) -> Account:
        """The account, at most some minutes old."""

    def refreshed(self) -> Account:
        """The account as it is now."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands between a message and Voipit, as it was read after `at`.

    `is_unlisted`: the number is certainly not on the do-not-contact list.
    """

    circuit: Circuit
    is_unlisted: bool
    at: datetime

    def is_unlisted_at(self, now: datetime) -> bool:
        """Whether that can still be believed. What took longer has to look once more."""
        return self.is_unlisted and abs(now - self.at) <= BELIEVED_FOR


class Lookout(Protocol):
    """Looks ahead before a message is sent: at the circuit, and at the do-not-contact list."""

    def look(self, phone_number: PhoneNumber) -> Seen:
        """Both with one read, as they stand now: an entry that was acknowledged before is seen.

        Raises `StoreUnavailableError`.
        """


class Circuits(Protocol):
    """The stored circuit. Every method raises `StoreUnavailableError` if the table fails."""

    def get(self) -> Circuit:
        """The circuit as it stands now."""

    def take_probe(self, now: datetime, until: datetime) -> bool:
        """Try an unproven account, alone; whether no other process is doing it."""

    def release_probe(self) -> None:
        """Let another process try."""

    def prove(self, account_version: str, at: datetime) -> None:
        """Voipit has answered this account."""

    def doubt(self, account_version: str) -> None:
        """Voipit does not know this account any more: each process has to read it anew."""

    def open(
        self, reason: OpenReason, failed: str, since: datetime, next_ping_at: datetime
    ) -> None:
        """Stop sending. No change if it is open already."""

    def take_ping(self, seen: Circuit, now: datetime, until: datetime) -> bool:
        """Be the process that pings, until then; whether no other is."""

    def stay_open(self, seen: Circuit, after_ping: Circuit) -> None:
        """The outage that was seen goes on; the ping has shown how."""

    def miss(self, seen: Circuit, at: datetime) -> None:
        """There is no account: stop sending, or let that be the reason of the outage that was seen.

        No change if another outage has begun meanwhile.
        """

    def find(self, seen: Circuit) -> None:
        """Send again, with an account that was missing and that Voipit has not answered yet."""

    def close(self, seen: Circuit, account_version: str, at: datetime) -> None:
        """Send again: Voipit has answered a ping of this account."""


class DispatchQueue(Protocol):
    """The queue that `dispatch` reads."""

    def enqueue(self, key: MessageKey, delay: timedelta) -> None:
        """Have the message tried after the delay. Never raises: the due index is the guarantee."""

    def enqueue_all(self, waits: Sequence[tuple[MessageKey, timedelta]]) -> bool:
        """The same for many (key, delay), at most `HINTS_AT_ONCE`, with one call.

        Whether the queue has answered. What it did not take is left to the due index.
        """

    def backlog(self) -> int | None:
        """How many messages wait to be tried now; a guess, up to a minute old.

        Those with a delay ahead are not among them, nor those that were handed out and are not done
        with. `None` if the queue does not tell. Never raises.
        """

    def enqueue_unused(self, key: MessageKey, claim: str, pause: timedelta) -> bool:
        """Have the message tried after the pause although the table possibly has it claimed.

        The caller holds that claim, has not called Voipit with it, and never will. Whether the
        queue has taken it. Never raises.
        """


class ReportFallback(Protocol):
    """The callback's second store."""

    def keep(self, key: MessageKey, report: DeliveryReport) -> None:
        """Keep the report until it can be recorded. Raises `StoreUnavailableError`."""


class CallbackUrls(Protocol):
    """Mints the `sendResultTo` of an attempt."""

    def url_for(self, key: MessageKey, attempt: int) -> str:
        """Raises `SecretUnavailableError`."""


class PhoneNumbers(Protocol):
    """The rules for destination numbers."""

    def normalise(self, text: str) -> PhoneNumber:
        """The number in E.164 form, if it may be texted.

        Raises `InvalidValueError` naming `phoneNumber`.
        """

    def read(self, text: str) -> PhoneNumber:
        """The number in E.164 form, wherever it is and whatever it is.

        Raises `InvalidValueError` (`invalid-phone-number`) naming `phoneNumber`.
        """

    def examine(self, text: str) -> ExaminedNumber:
        """What could be told of the number, and every rule's verdict. Never raises."""


class CursorKeys(Protocol):
    """The keys that sign cursors. Both methods raise `SecretUnavailableError`."""

    def current(self) -> CursorKey:
        """The key that signs."""

    def find(self, key_id: str) -> CursorKey | None:
        """The key with this id, if it still signs or did until lately."""


class TokenKeys(Protocol):
    """The keys that sign access tokens. Both methods raise `SecretUnavailableError`."""

    def current(self) -> TokenKey:
        """The key that signs."""

    def find(self, key_id: str) -> TokenKey | None:
        """The key with this id, if it still signs or did until lately.

        Raises `KeyNotLookedUpError` if unknown ids have used up the look-ups for now.
        """


class Publisher(Protocol):
    """The topic."""

    def publish(self, events: Sequence[tuple[dict[str, Any], str]]) -> set[int]:
        """Publish (event, client) pairs; returns the positions that have to be tried again.

        An event that is refused for good is not among them: the adapter tells of it elsewhere.
        """
