"""AWS clients, one for each service and process, with time-outs that nest inside a Lambda's own.

They are botocore's own, the ones that boto3 hands out. `import boto3` would load its resources and
S3's transfer manager besides, which cost 100 to 140 ms of every cold start and are used nowhere.
"""

import os
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.request import getproxies_environment

from botocore.config import Config
from botocore.session import Session, get_session

from sms_gateway.use_cases.lanes import MOST_AT_ONCE

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
    # A connection more would be closed after its call, and cost a new handshake each time.
    max_pool_connections=MOST_AT_ONCE,
)
"""Time-outs, repetitions and connections of all clients."""
MAX_IDLE: Final = 60.0
"""Seconds that connections may rest, as in AWS's SDK for Java."""
VALIDATED: Final = {"sns"}
"""Services whose parameters botocore validates before it asks: `Topic` goes by the verdict. All the
others get what the gateway's own code has made, and refuse what is wrong with it themselves."""
AMAZON_ROOTS: Final = Path(__file__).with_name("amazon_roots.pem")
"""The five roots that AWS's endpoints chain to. The layer's build makes the file."""
COMMERCIAL_REGION: Final = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+")
"""The regions of AWS's commercial partition, as botocore knows them. Not China's, the governments'
or those of the European Sovereign Cloud; and one with a new prefix is left to botocore."""
ENDPOINTS: Final = Path(__file__).with_name("endpoints")
"""A folder with what botocore has to know of the endpoints in commercial regions. Its own file of
this name (`endpoints.json`) tells of all services everywhere: 1 MB, 38 ms of each cold start."""
_ANOTHER_ENDPOINT: Final = "AWS_ENDPOINT_URL"
"""Also the beginning of the variables for one service."""
_BUNDLE_OF_REQUESTS: Final = "REQUESTS_CA_BUNDLE"
"""botocore goes by it, too, where no other file is named."""
_SETTINGS_OF_ONES_OWN: Final = (
    "ca_bundle",
    "data_path",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
)


@cache
def session() -> Session:
    """One session for all clients: a second one costs 77 ms of a cold start."""
    made = get_session()
    if _asks_the_usual_endpoints(made):
        made.set_config_variable("data_path", str(ENDPOINTS))
    return made


def _asks_the_usual_endpoints(session: Session) -> bool:
    """Whether requests go straight to AWS in a commercial region, with botocore's defaults."""
    if any(session.get_config_variable(name) for name in _SETTINGS_OF_ONES_OWN):
        return False
    if any(name.startswith(_ANOTHER_ENDPOINT) for name in os.environ):
        return False
    if os.environ.get(_BUNDLE_OF_REQUESTS):
        return False
    if getproxies_environment().get("https"):
        return False
    region = session.get_config_variable("region") or ""
    return COMMERCIAL_REGION.fullmatch(region) is not None


def trusted_roots() -> str | None:
    """The file that AWS's certificates are verified with; `None` leaves the choice to botocore.

    botocore reads the file for every new connection, and certifi's 118 certificates cost 44 ms of
    CPU more than these five. It has the choice wherever other roots could be needed: with a file of
    the operator's (`AWS_CA_BUNDLE`), behind a proxy or at another endpoint, and in the partitions
    of AWS that have other authorities (China, governments, the European Sovereign Cloud).
    """
    is_usable = session().get_config_variable("data_path") == str(ENDPOINTS)
    return str(AMAZON_ROOTS) if is_usable and AMAZON_ROOTS.exists() else None


_clients: Final[dict[str, Any]] = {}
"""By service."""
_last_call: Final = [time.time()]
"""When the function's last call began, or its init phase did."""
_making = Lock()
"""Sessions make one client at a time, and threads can ask for SQS's at once."""


def _client(service: str) -> Any:
    with _making:
        if service not in _clients:
            _clients[service] = _new_client(service)
        return _clients[service]


def _new_client(service: str) -> Any:
    settled = Config(
        # botocore would put this together anew for each call. That, and the validation, are 40 % of
        # the CPU of a warm call.
        user_agent=session().user_agent(),
        parameter_validation=service in VALIDATED,
    )
    return session().create_client(service, config=CONFIG.merge(settled), verify=trusted_roots())


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


def drop_idle_connections(now: Callable[[], float] = time.time) -> None:
    """Have the next calls open new connections if the last call of this function is long ago.

    A connection that has rested can be dead without a word, in a frozen Lambda above all. One costs
    a repetition; ten of them, after a batch, can cost a call both of its tries. The wall clock
    tells, since a frozen Lambda's monotonic one can stand still.
    """
    began_at = now()
    rested = began_at - _last_call[0]
    _last_call[0] = began_at
    if abs(rested) > MAX_IDLE:
        for client in list(_clients.values()):
            client.close()


def forget_clients() -> None:
    """Make new ones from now on, of a new session: for tests, which move between AWS accounts."""
    _clients.clear()
    session.cache_clear()
