"""The parts that several functions share."""

from datetime import datetime
from typing import Final, TypeVar

from sms_gateway.adapters import aws
from sms_gateway.adapters.messages_table import MessagesTable
from sms_gateway.adapters.secrets import RememberedSecret, SigningKeys
from sms_gateway.domain.clock import utc_now
from sms_gateway.domain.signing import SigningKey

_Key = TypeVar("_Key", bound=SigningKey)

PREVIOUS: Final = "AWSPREVIOUS"
"""The stage of a secret's version before the current one."""


def now() -> datetime:
    """The clock of the use cases and of the callback: one place at which a test can set it.

    What is remembered for seconds (secrets, clients, connections) has clocks of its own.
    """
    return utc_now()


def messages(table_name: str) -> MessagesTable:
    """The table of messages."""
    return MessagesTable(aws.dynamodb(), table_name)


def secret(secret_id: str, stage: str = "AWSCURRENT") -> RememberedSecret:
    """One version of a secret."""
    return RememberedSecret(aws.secrets_manager(), secret_id, stage=stage)


def signing_keys(kind: type[_Key], secret_id: str) -> SigningKeys[_Key]:
    """The keys of one purpose, which are the two versions of one secret."""
    return SigningKeys(kind, secret(secret_id), secret(secret_id, PREVIOUS))
