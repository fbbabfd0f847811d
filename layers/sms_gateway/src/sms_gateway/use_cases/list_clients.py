"""`GET /clients` of an operator."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

from sms_gateway.domain.client import ListedKey, Role
from sms_gateway.domain.clock import Clock
from sms_gateway.domain.usage import Count, days_gone, days_of_month
from sms_gateway.use_cases.ports import ClientDirectory, Usage
from sms_gateway.use_cases.search_messages import SignedPlaces

_OF_CLIENTS: Final = b"#clients"
"""What these cursors are signed for besides; see `SignedPlaces`."""


@dataclass(frozen=True, slots=True)
class ClientUse:
    """A client, and what it used: `taken` and `resent` in the month, `today` both together.

    `keys` is `None` where keys are not listed; `daily_limit` where there is no limit.
    """

    client: str
    roles: Sequence[Role]
    keys: int | None
    taken: int
    resent: int
    today: int
    daily_limit: int | None


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Some clients in a month. `complete`: no count of the month is gone yet."""

    first_day: date
    complete: bool
    keys_are_listed: bool
    clients: Sequence[ClientUse]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ListClients:
    """The clients of the directory, with what they used. `daily_limit`: zero is none."""

    directory: ClientDirectory
    usage: Usage
    places: SignedPlaces
    daily_limit: int
    now: Clock

    def __call__(self, month: date | None, limit: int, cursor_text: str | None) -> ClientPage:
        """At most `limit` clients in the order of their names, and the cursor of the next ones.

        `month` is its first day; `None` is the month of today (UTC).

        Raises:
            MalformedRequestError: the cursor is none of this list.
            StoreUnavailableError: the table or the cursor's key cannot be read.
        """
        today = self.now().astimezone(UTC).date()
        first = month or today.replace(day=1)
        of = (_OF_CLIENTS, first.isoformat().encode())
        after = self.places.place(cursor_text, *of) or ""
        directory = self.directory.directory()
        keys: dict[str, list[ListedKey]] = defaultdict(list)
        for key in directory.keys or ():
            keys[key.client.name].append(key)
        following = sorted(name for name in directory.names | keys.keys() if name > after)
        page = following[:limit]
        counts = self.usage.of(page, list({*days_of_month(first, today), today}))
        listed = directory.keys is not None
        return ClientPage(
            first,
            complete=not days_gone(first, today),
            keys_are_listed=listed,
            clients=[
                self._use(name, keys[name] if listed else None, counts, first, today)
                for name in page
            ],
            cursor=self.places.cursor(page[-1] if len(following) > limit else None, *of),
        )

    def _use(
        self,
        name: str,
        keys: Sequence[ListedKey] | None,
        counts: Sequence[Count],
        first: date,
        today: date,
    ) -> ClientUse:
        own = [count for count in counts if count.client == name]
        in_month = [each for each in own if each.day.replace(day=1) == first]
        roles = sorted({key.client.role for key in keys or ()})
        limit = None if roles == [Role.OPERATOR] else self.daily_limit or None
        return ClientUse(
            name,
            roles,
            None if keys is None else len(keys),
            taken=sum(each.taken for each in in_month),
            resent=sum(each.resent for each in in_month),
            today=sum(each.taken + each.resent for each in own if each.day == today),
            daily_limit=limit,
        )
