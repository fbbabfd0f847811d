"""AWS clients, one for each service and process, with time-outs that nest inside a Lambda's own.

They are botocore's own, the ones that boto3 hands out. `import boto3` would load its resources and
S3's transfer manager besides, which cost 100 to 140 ms of every cold start and are used nowhere.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    # One repetition, after a pause of at most a second: (1 + 2) x 2 + 1 fits SECONDS_TO_RECORD.
    retries={"mode": "standard", "total_max_attempts": 2},
)
"""Time-outs and repetitions shared by all clients."""


@cache
def session() -> Session:
    """One session for all clients: a second one costs 77 ms of a cold start."""
    return get_session()


@cache
def _client(service: str) -> Any:
    return session().create_client(service, config=CONFIG)


def dynamodb() -> "DynamoDBClient":
    """The client for both tables: it keeps its connections."""
    client: DynamoDBClient = _client("dynamodb")
    return client


def secrets_manager() -> "SecretsManagerClient":
    """The client for every secret and stage."""
    client: SecretsManagerClient = _client("secretsmanager")
    return client


def sqs() -> "SQSClient":
    """The client for every queue."""
    client: SQSClient = _client("sqs")
    return client


def sns() -> "SNSClient":
    """The client for the topic."""
    client: SNSClient = _client("sns")
    return client


def cloudwatch() -> Any:
    """The client for figures. The development environment has no types of CloudWatch's."""
    return _client("cloudwatch")


def forget_clients() -> None:
    """Make new ones from now on, of a new session: for tests, which move between AWS accounts."""
    _client.cache_clear()
    session.cache_clear()
