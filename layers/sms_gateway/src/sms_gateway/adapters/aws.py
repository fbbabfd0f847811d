"""AWS clients with time-outs that nest inside a Lambda's own."""

from functools import cache
from typing import Final

import boto3
from botocore.config import Config

_CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    # One repetition, after a pause of at most a second: (1 + 2) x 2 + 1 fits SECONDS_TO_RECORD.
    retries={"mode": "standard", "total_max_attempts": 2},
)


@cache
def session() -> boto3.session.Session:
    """One session for all clients: a second one costs 77 ms of a cold start, a client 5 to 8."""
    return boto3.session.Session()


def config() -> Config:
    """Time-outs and repetitions shared by all clients."""
    return _CONFIG
