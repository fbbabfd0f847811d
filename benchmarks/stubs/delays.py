"""How long AWS and Voipit take to answer, in seconds, where a measurement asks for it.

Each is an assumption that a reader can change, of the order of what CloudWatch shows in one region:
`SuccessfulRequestLatency` of DynamoDB has single-digit milliseconds for one item ("single-digit
millisecond performance" is AWS's own word), a transaction asks each item twice.
"""

from collections.abc import Mapping
from typing import Final

from pages.calls import VOIPIT_SECONDS

LIKE_AWS: Final[Mapping[str, float]] = {
    "GetItem": 0.004,
    "PutItem": 0.004,
    "UpdateItem": 0.004,
    "DeleteItem": 0.004,
    "BatchGetItem": 0.008,
    "Query": 0.005,
    "TransactWriteItems": 0.009,
    "SendMessage": 0.008,
    "SendMessageBatch": 0.010,
    "PublishBatch": 0.012,
    "Publish": 0.010,
    "GetSecretValue": 0.010,
    "Voipit": VOIPIT_SECONDS,
}
