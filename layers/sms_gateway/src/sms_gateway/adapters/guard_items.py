"""The table `Guards`: every kind of item in it, by its key (`guard`).

`expiresAt` is the table's time to live in epoch seconds; other times are epoch milliseconds unless
something else is said.

| `guard`                         | holds                                           | see         |
| ------------------------------- | ----------------------------------------------- | ----------- |
| `circuit`                       | the circuit toward Voipit                       | circuit     |
| `key#<API key id>`              | `client`, `role`                                | clients     |
| `suppressed#<E.164>`            | `phoneNumber`, `client`, `since` (ISO 8601),    | suppressions|
|                                 | `list`: `suppressed`                            |             |
| `recipient#<E.164>`             | `sent`: the time of each sending, latest first; | intake      |
|                                 | `writes`: how often the row was written;        |             |
|                                 | `expiresAt`                                     |             |
| `client#<client>#<day>#<shard>` | `messages`: how many were taken and how many    | intake      |
|                                 | sent again; `resends`: how many of them were    |             |
|                                 | sent again; `expiresAt`, 400 days later         |             |
| `known-clients`                 | `names`: each client that was ever given a key  | clients     |
|                                 | by `make client`, also without one today;       |             |
|                                 | `keys`: `<key id>#<role>#<client>` of each key  |             |
| `last#<client>#<E.164>`         | `messageId`, `intent` (its SHA-256),            | intake      |
|                                 | `equalUntil`, `expiresAt`                       |             |
| `batch#<digest>`                | `batchId`, `knownUntil` (ISO 8601), `expiresAt` | batches     |
| `forgotten#<time>#<random>`     | that `make forget` has run: `at` (ISO 8601),    | tools/      |
|                                 | `operator` (ARN), `case`, `state`, counts,      | operators/  |
|                                 | `expiresAt`; nothing about the number           | forgotten   |
| `token#<id>`                    | `messages`: how many it has sent; `expiresAt`   | intake      |

`list` and `phoneNumber` are the key of the sparse index `list`. No client's name holds a `#`.
"""

from typing import Any, Final

from sms_gateway.adapters.attributes import attribute
from sms_gateway.domain.phone_number import PhoneNumber

CIRCUIT: Final = "circuit"
KNOWN_CLIENTS: Final = "known-clients"
SUPPRESSED: Final = "suppressed"
"""What the do-not-contact list is called in the index `list`."""
SUPPRESSION_PREFIX: Final = f"{SUPPRESSED}#"
FORGOTTEN_PREFIX: Final = "forgotten#"


def of_api_key(key_id: str) -> str:
    """The item that names the client of an API key."""
    return f"key#{key_id}"


def of_suppression(phone_number: PhoneNumber) -> str:
    """The item of a number on the do-not-contact list."""
    return f"{SUPPRESSION_PREFIX}{phone_number.e164}"


def of_recipient(phone_number: PhoneNumber) -> str:
    """The item that counts what was sent to a number."""
    return f"recipient#{phone_number.e164}"


def of_client_and_day(client: str, day: str, shard: int) -> str:
    """One of the items that count what a client has sent on a day (UTC)."""
    return f"client#{client}#{day}#{shard}"


def of_last_message(client: str, phone_number: PhoneNumber) -> str:
    """The item that knows the client's last message to a number."""
    return f"last#{client}#{phone_number.e164}"


def of_batch(digest: str) -> str:
    """The item of a batch that was given no id."""
    return f"batch#{digest}"


def of_forgotten(at: str, random: str) -> str:
    """The item that records that a number was forgotten, at this time (ISO 8601)."""
    return f"{FORGOTTEN_PREFIX}{at}#{random}"


def of_token(token_id: str) -> str:
    """The item that counts what was sent with an access token."""
    return f"token#{token_id}"


def key(guard: str) -> dict[str, Any]:
    """The item's key in DynamoDB's own form."""
    return {"guard": attribute(guard)}
