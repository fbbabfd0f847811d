"""The clients for AWS: whose certificates they trust, and what they settle once."""

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from botocore import useragent
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ParamValidationError, SSLError
from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from botocore.session import get_session
from botocore.validate import ParamValidator
from urllib3 import HTTPResponse
from urllib3.util import connection

from sms_gateway.adapters import aws
from tests.adapters.raw_server import RawServer, an_answer, answers, over_tls, serving
from tests.support.certificates import presenting, self_signed

HOST: Final = "dynamodb.eu-central-1.amazonaws.com"
NOTHING: Final = an_answer(b"{}", head="x-amz-crc32: 2745614147\r\n")
COMMERCIAL_REGIONS: Final = {"eu-central-1", "us-east-1", "eu-new-7"}
OTHER_PARTITIONS: Final = ("cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1")
OTHER_WAYS: Final = {
    "AWS_ENDPOINT_URL": "https://elsewhere.example",
    "AWS_ENDPOINT_URL_SNS": "https://elsewhere.example",
    "HTTPS_PROXY": "https://elsewhere.example",
    "https_proxy": "https://elsewhere.example",
    "REQUESTS_CA_BUNDLE": "/elsewhere.pem",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_DATA_PATH": "/elsewhere",
}


@pytest.fixture(autouse=True)
def _new_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", *OTHER_WAYS):
        monkeypatch.delenv(name, raising=False)
    aws.forget_clients()
    yield
    aws.forget_clients()


@pytest.fixture
def roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that the layer's build makes."""
    path = self_signed(tmp_path, "192.0.2.1")
    monkeypatch.setattr(aws, "AMAZON_ROOTS", path)
    return path


@contextmanager
def dynamodb_presenting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    """DynamoDB, on this machine, with this certificate."""
    with serving(over_tls(presenting(certificate), answers(NOTHING))) as server:

        def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
            assert address == (HOST, 443)
            return socket.create_connection(("127.0.0.1", server.port), timeout=5)

        monkeypatch.setattr(connection, "create_connection", connect)
        yield server
        aws.dynamodb().close()


def ask() -> Any:
    return aws.dynamodb().get_item(TableName="T", Key={"pk": {"S": "m-1"}})


# --- whose certificates they trust -----------------------------------------------------------


def test_a_certificate_of_a_root_in_the_file_is_trusted(
    roots: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path, HOST)
    roots.write_bytes(certificate.read_bytes())
    with dynamodb_presenting(certificate, monkeypatch):
        assert "Item" not in ask()


def test_a_certificate_of_any_other_root_is_refused(
    roots: Path,  # noqa: ARG001  it has another root
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    presented = dynamodb_presenting(self_signed(tmp_path, HOST), monkeypatch)
    with presented, pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        ask()


def test_a_file_that_the_operator_names_counts_instead(
    roots: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = self_signed(tmp_path, HOST)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with dynamodb_presenting(certificate, monkeypatch):
        assert "Item" not in ask()
    assert str(roots) != str(certificate)


def test_the_file_is_for_commercial_regions_and_others_go_by_all_authorities(
    roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = {}
    for region in (*COMMERCIAL_REGIONS, *OTHER_PARTITIONS, "mars-north-1", ""):
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
        aws.forget_clients()
        trusted[region] = aws.trusted_roots()
    assert {region for region, file in trusted.items() if file} == COMMERCIAL_REGIONS
    assert set(trusted.values()) == {str(roots), None}


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_another_endpoint_and_a_proxy_go_by_all_authorities_and_endpoints(
    name: str, roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws.trusted_roots() == str(roots)
    monkeypatch.setenv(name, OTHER_WAYS[name])
    aws.forget_clients()
    assert aws.trusted_roots() is None
    assert aws.session().get_config_variable("data_path") in {None, OTHER_WAYS[name]}


def test_without_the_file_all_authorities_are_trusted(
    roots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "AMAZON_ROOTS", roots.with_name("not-there.pem"))
    assert aws.trusted_roots() is None


# --- what becomes of their connections -------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "connections"), [(aws.MAX_IDLE - 1, 1), (aws.MAX_IDLE + 1, 2), (-3600, 2)]
)
def test_connections_that_have_rested_are_not_used_again(
    seconds: float,
    connections: int,
    roots: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    certificate = self_signed(tmp_path, HOST)
    roots.write_bytes(certificate.read_bytes())
    now = [time.time()]
    with dynamodb_presenting(certificate, monkeypatch) as server:
        for pause in (0, seconds, 1):
            now[0] += pause
            aws.drop_idle_connections(lambda: now[0])
            ask()
        assert server.connections == connections


# --- where they ask ---------------------------------------------------------------------------


@pytest.mark.parametrize("region", [*COMMERCIAL_REGIONS, "mx-central-1"])
def test_every_service_is_asked_where_botocore_itself_would_ask(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    aws.forget_clients()
    for client in (aws.dynamodb, aws.secrets_manager, aws.sqs, aws.sns, aws.cloudwatch):
        ours: Any = client()
        botocores: Any = get_session().create_client(ours.meta.service_model.service_name)
        assert asked_by(ours) == asked_by(botocores) != []


def asked_by(client: Any) -> list[Any]:
    """Where a request of this client goes, and for which region and service it is signed."""
    asked: list[Any] = []

    def note(request: Any, **_: Any) -> Any:
        scope = request.headers["Authorization"].decode().partition("/")[2].partition(",")[0]
        asked.append((request.url, scope.split("/")[1:]))
        raise InterruptedError

    client.meta.events.register("before-send", note)
    with suppress(InterruptedError):
        _ask_anything(client)
    return asked


def _ask_anything(client: Any) -> None:
    match client.meta.service_model.service_name:
        case "dynamodb":
            client.get_item(TableName="T", Key={"pk": {"S": "m-1"}})
        case "secretsmanager":
            client.get_secret_value(SecretId="s")
        case "sqs":
            region = client.meta.region_name
            url = f"https://sqs.{region}.amazonaws.com/123456789012/q"
            client.send_message(QueueUrl=url, MessageBody="{}")
        case "sns":
            client.publish(TopicArn="arn:aws:sns:eu-central-1:1:t", Message="{}")
        case "cloudwatch":
            client.list_metrics()


def test_the_endpoints_are_botocores_in_all_regions_of_the_commercial_partition() -> None:
    data = get_session().get_component("data_loader").load_data("endpoints")
    ours = EndpointResolver(json.loads((aws.ENDPOINTS / "endpoints.json").read_text()))
    botocores = EndpointResolver(data)
    commercial = next(each for each in data["partitions"] if each["partition"] == "aws")
    assert len(commercial["regions"]) > 30
    assert commercial["regionRegex"].strip("^$") == aws.COMMERCIAL_REGION.pattern.replace(
        "-", r"\-"
    )
    for region in commercial["regions"]:
        for service in ("dynamodb", "secretsmanager", "sqs", "sns", "monitoring"):
            our, its = [
                each.construct_endpoint(service, region) or {} for each in (ours, botocores)
            ]
            assert our != {}
            for name in ("hostname", "signatureVersions", "credentialScope", "dnsSuffix"):
                assert our.get(name) == its.get(name), (service, region, name)


def test_botocores_list_of_all_endpoints_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    load = Loader.load_data_with_path

    def noted(loader: Loader, name: str) -> Any:
        data, path = load(loader, name)
        read.append(path)
        return data, path

    monkeypatch.setattr(Loader, "load_data_with_path", noted)
    aws.dynamodb()
    assert [path for path in read if path.endswith("endpoints")] == [
        str(aws.ENDPOINTS / "endpoints")
    ]


# --- what they settle once -------------------------------------------------------------------


@pytest.fixture
def sent() -> list[Any]:
    """The requests as they would have left this machine; each gets an empty answer."""
    requests: list[Any] = []

    def answer(request: Any, **_: Any) -> Any:
        requests.append(request)
        empty = HTTPResponse(BytesIO(b"{}"), preload_content=False)
        return AWSResponse(request.url, 200, HTTPHeaders(), empty)

    handler: Any = answer
    aws.session().register("before-send", handler)
    return requests


def test_every_call_says_which_software_makes_it(sent: list[Any]) -> None:
    ask()
    ask()
    first, second = [request.headers["User-Agent"].decode() for request in sent]
    assert first == second
    assert first.startswith(aws.session().user_agent()), "Powertools adds its own to the end"
    assert first.startswith("Botocore/")


def test_no_call_puts_its_user_agent_together_anew(
    sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.dynamodb()
    parts: Counter[str] = Counter()
    put_together = useragent.UserAgentComponent.to_string

    def counted(part: useragent.UserAgentComponent) -> str:
        parts[part.prefix] += 1
        return put_together(part)

    monkeypatch.setattr(useragent.UserAgentComponent, "to_string", counted)
    ask()
    assert sent
    assert parts == {}


def test_botocore_validates_no_parameters_but_those_whose_verdict_is_asked_for(
    sent: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    validated: Counter[str] = Counter()
    validate = ParamValidator.validate

    def counted(validator: ParamValidator, params: Any, shape: Any) -> Any:
        validated[shape.name] += 1
        return validate(validator, params, shape)

    monkeypatch.setattr(ParamValidator, "validate", counted)
    ask()
    aws.sqs().send_message(QueueUrl="https://sqs.eu-central-1.amazonaws.com/1/q", MessageBody="{}")
    aws.secrets_manager().get_secret_value(SecretId="s")
    aws.cloudwatch().list_metrics()
    assert len(sent) == 4
    assert validated == {}

    wrong: Any = {"TopicArn": "arn:aws:sns:eu-central-1:1:t", "PublishBatchRequestEntries": [{}]}
    with pytest.raises(ParamValidationError):
        aws.sns().publish_batch(**wrong)
    assert len(sent) == 4
