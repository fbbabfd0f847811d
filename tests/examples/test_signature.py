"""A message over HTTPS is accepted only if SNS has signed it for our topic, a short time ago."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sms_gateway_client import signature
from sms_gateway_client.signature import (
    MAX_AGE,
    CertificateUnavailableError,
    ForgedMessageError,
    SnsMessage,
    Verifier,
)
from tests.support.samples import subscriber_sample
from tests.support.sns_sender import CERTIFICATE_URL, NOW, SnsSender

NOTIFICATION = subscriber_sample("https-notification")
CONFIRMATION = subscriber_sample("https-subscription-confirmation") | {
    "Timestamp": NOTIFICATION["Timestamp"]
}
TOPIC = NOTIFICATION["TopicArn"]
HOST = "https://sns.eu-central-1.amazonaws.com"
PEM = "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"


@pytest.fixture(scope="module")
def sns() -> SnsSender:
    return SnsSender()


@pytest.fixture
def verifier(sns: SnsSender) -> Verifier:
    sns.fetched.clear()
    return Verifier({TOPIC}, fetch=sns.fetch, now=lambda: NOW)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("content", [NOTIFICATION, CONFIRMATION], ids=lambda each: each["Type"])
def test_what_sns_has_signed_is_accepted(
    verifier: Verifier, sns: SnsSender, content: dict[str, Any], version: str
) -> None:
    message = verifier.verify(sns.signed(content, version))

    assert (message.type, message.topic_arn) == (content["Type"], TOPIC)
    assert (message.message, message.token) == (content["Message"], content.get("Token"))
    assert sns.fetched == [CERTIFICATE_URL]


def test_a_message_with_a_subject_is_accepted(verifier: Verifier, sns: SnsSender) -> None:
    body = sns.signed(NOTIFICATION | {"Subject": "SMS"})

    assert verifier.verify(body).message == NOTIFICATION["Message"]


def test_a_certificate_is_fetched_once(verifier: Verifier, sns: SnsSender) -> None:
    for _ in range(3):
        verifier.verify(sns.signed(NOTIFICATION))

    assert sns.fetched == [CERTIFICATE_URL]


@pytest.mark.parametrize("version", ["1", "2"])
def test_one_changed_byte_anywhere_is_refused_or_changes_nothing_that_is_used(
    verifier: Verifier, sns: SnsSender, version: str
) -> None:
    body = sns.signed(NOTIFICATION, version)
    genuine = verifier.verify(body)
    refused = 0

    for place in range(len(body)):
        changed = bytes([*body[:place], body[place] ^ 1, *body[place + 1 :]])
        refused += not _is_refused_or_the_same(verifier, changed, genuine)

    assert refused == 0


def _is_refused_or_the_same(verifier: Verifier, body: bytes, genuine: SnsMessage) -> bool:
    try:
        return verifier.verify(body) == genuine
    except (ForgedMessageError, CertificateUnavailableError):
        return True


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Signature"])
def test_one_changed_character_of_what_is_signed_is_refused(
    verifier: Verifier, sns: SnsSender, name: str, version: str
) -> None:
    content = json.loads(sns.signed(NOTIFICATION, version))
    for place in range(0, len(content[name]) - 3, 7):
        text = content[name]
        other = "0" if text[place] != "0" else "1"

        with pytest.raises(ForgedMessageError):
            verifier.verify(
                json.dumps(content | {name: f"{text[:place]}{other}{text[place + 1 :]}"})
            )


@pytest.mark.parametrize("name", ["Message", "SubscribeURL", "Token"])
def test_a_changed_confirmation_is_refused(verifier: Verifier, sns: SnsSender, name: str) -> None:
    content = json.loads(sns.signed(CONFIRMATION))

    with pytest.raises(ForgedMessageError, match="signature is wrong"):
        verifier.verify(json.dumps(content | {name: content[name] + "x"}))


@pytest.mark.parametrize("name", ["Message", "Subject", "MessageId", "Signature", "Type", "Token"])
def test_a_field_that_is_added_or_left_out_is_refused(
    verifier: Verifier, sns: SnsSender, name: str
) -> None:
    content = json.loads(sns.signed(CONFIRMATION if name == "Token" else NOTIFICATION))
    if name in content:
        del content[name]
    else:
        content[name] = "added"

    with pytest.raises(ForgedMessageError):
        verifier.verify(json.dumps(content))


@pytest.mark.parametrize(
    "url",
    [
        f"https://sns.eu-central-1.amazonaws.com.evil.example/{PEM}",
        f"https://evil.example/{PEM}",
        f"https://sns.evil.example.amazonaws.com/{PEM}",
        f"https://sns-eu-central-1.amazonaws.com/{PEM}",
        f"https://sns.eu-west-1.amazonaws.com/{PEM}",
        f"https://bucket.s3.eu-central-1.amazonaws.com/{PEM}",
        f"https://sns.eu-central-1.amazonaws.com@evil.example/{PEM}",
        f"https://user:password@sns.eu-central-1.amazonaws.com/{PEM}",
        f"https://evil.example#@sns.eu-central-1.amazonaws.com/{PEM}",
        f"https://evil.example\\@sns.eu-central-1.amazonaws.com/{PEM}",
        f"https://sns.eu-central-1.amazonaws.com:8443/{PEM}",
        f"https://sns.eu-central-1.amazonaws.com:443/{PEM}",
        f"https://sns.eu-central-1.amazonaws.com./{PEM}",
        f"http://sns.eu-central-1.amazonaws.com/{PEM}",
        f"HTTPS://SNS.EU-CENTRAL-1.AMAZONAWS.COM/{PEM}",
        f"file:///etc/{PEM}",
        f"{HOST}/{PEM}?next=https://evil.example",
        f"{HOST}/{PEM}#",
        f"{HOST}/{PEM}\n",
        f" {HOST}/{PEM}",
        f"{HOST}/../{PEM}",
        f"{HOST}//{PEM}",
        f"{HOST}/?Action=Publish&x={PEM}",
        f"{HOST}/SimpleNotificationService-.pem",
        f"{HOST}/other.pem",
        f"https://sns.eu\u2011central\u20111.amazonaws.com/{PEM}",
        "",
    ],
)
def test_a_certificate_from_another_address_is_refused_and_not_fetched(
    verifier: Verifier, sns: SnsSender, url: str
) -> None:
    with pytest.raises(ForgedMessageError, match="certificate is not at SNS's address"):
        verifier.verify(sns.signed(NOTIFICATION | {"SigningCertURL": url}))

    assert sns.fetched == []


@pytest.mark.parametrize(
    "topic",
    [
        TOPIC.replace("StatusEvents", "Others"),
        TOPIC.replace("123456789012", "210987654321"),
        TOPIC + "\n",
        "",
    ],
)
def test_a_message_of_another_topic_is_refused_whoever_has_signed_it(
    verifier: Verifier, sns: SnsSender, topic: str
) -> None:
    with pytest.raises(ForgedMessageError, match="another topic"):
        verifier.verify(sns.signed(NOTIFICATION | {"TopicArn": topic}))

    assert sns.fetched == []


@pytest.mark.parametrize(
    ("age", "is_accepted"),
    [
        (timedelta(0), True),
        (timedelta(hours=1), True),
        (MAX_AGE - timedelta(minutes=1), True),
        (MAX_AGE + timedelta(minutes=1), False),
        (timedelta(days=7), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
)
def test_a_stale_message_is_refused(
    verifier: Verifier, sns: SnsSender, *, age: timedelta, is_accepted: bool
) -> None:
    stamp = (NOW - age).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    body = sns.signed(NOTIFICATION | {"Timestamp": stamp})

    if is_accepted:
        assert verifier.verify(body).timestamp == NOW - age
    else:
        with pytest.raises(ForgedMessageError, match="too old"):
            verifier.verify(body)


@pytest.mark.parametrize("stamp", ["", "now", "2026-11-22T15:00:02.530", "1795359602"])
def test_a_timestamp_that_cannot_be_read_is_refused(
    verifier: Verifier, sns: SnsSender, stamp: str
) -> None:
    with pytest.raises(ForgedMessageError, match="timestamp"):
        verifier.verify(sns.signed(NOTIFICATION | {"Timestamp": stamp}))


def test_the_signature_of_another_key_is_refused(verifier: Verifier) -> None:
    with pytest.raises(ForgedMessageError, match="signature is wrong"):
        verifier.verify(SnsSender().signed(NOTIFICATION))


@pytest.mark.parametrize(
    ("name", "value"), [("Signature", "ș"), ("Signature", "A"), ("Subject", "\ud800")]
)
def test_characters_that_no_signed_message_has_are_a_forgery(
    verifier: Verifier, sns: SnsSender, name: str, value: str
) -> None:
    content = json.loads(sns.signed(NOTIFICATION)) | {name: value}

    with pytest.raises(ForgedMessageError, match="signature is wrong"):
        verifier.verify(json.dumps(content))


def test_a_body_of_endless_brackets_is_a_forgery(verifier: Verifier) -> None:
    with pytest.raises(ForgedMessageError, match="no JSON"):
        verifier.verify("[" * 200_000)


@pytest.mark.parametrize("version", ["0", "3", "", "1 "])
def test_another_signature_version_is_refused(
    verifier: Verifier, sns: SnsSender, version: str
) -> None:
    content = json.loads(sns.signed(NOTIFICATION)) | {"SignatureVersion": version}

    with pytest.raises(ForgedMessageError, match="version"):
        verifier.verify(json.dumps(content))


def test_version_1_is_refused_where_the_topic_signs_with_version_2(sns: SnsSender) -> None:
    strict = Verifier({TOPIC}, versions={"2"}, fetch=sns.fetch, now=lambda: NOW)

    assert strict.verify(sns.signed(NOTIFICATION, "2")).type == "Notification"
    with pytest.raises(ForgedMessageError, match="version"):
        strict.verify(sns.signed(NOTIFICATION, "1"))


def test_a_signature_of_one_version_is_none_of_the_other(
    verifier: Verifier, sns: SnsSender
) -> None:
    content = json.loads(sns.signed(NOTIFICATION, "2")) | {"SignatureVersion": "1"}

    with pytest.raises(ForgedMessageError, match="signature is wrong"):
        verifier.verify(json.dumps(content))


@pytest.mark.parametrize("body", ["", "{", "[]", "1", b"\xff", '{"Type": 1}', '{"Type": "Other"}'])
def test_a_body_that_is_none_of_snss_is_refused(verifier: Verifier, body: str | bytes) -> None:
    with pytest.raises(ForgedMessageError):
        verifier.verify(body)


@pytest.mark.parametrize("days", [-60, 2])
def test_a_certificate_that_is_not_valid_now_says_nothing_against_the_message(days: int) -> None:
    sns = SnsSender(valid_from=NOW + timedelta(days=days))
    verifier = Verifier({TOPIC}, fetch=sns.fetch, now=lambda: NOW)

    with pytest.raises(CertificateUnavailableError, match="not valid by the clock"):
        verifier.verify(sns.signed(NOTIFICATION))


def test_a_certificate_that_cannot_be_read_says_nothing_against_the_message(
    sns: SnsSender,
) -> None:
    verifier = Verifier({TOPIC}, fetch=lambda _: b"no certificate", now=lambda: NOW)

    with pytest.raises(CertificateUnavailableError, match="cannot be read"):
        verifier.verify(sns.signed(NOTIFICATION))


def test_a_certificate_that_cannot_be_fetched_is_another_matter(sns: SnsSender) -> None:
    elsewhere = CERTIFICATE_URL.replace("0123", "ffff")
    verifier = Verifier({TOPIC}, fetch=sns.fetch, now=lambda: NOW)

    with pytest.raises(CertificateUnavailableError):
        verifier.verify(sns.signed(NOTIFICATION | {"SigningCertURL": elsewhere}))


def test_a_subscription_is_confirmed_at_sns_and_nowhere_else(
    verifier: Verifier, sns: SnsSender
) -> None:
    leading_away = CONFIRMATION | {"SubscribeURL": "https://evil.example/?Action=Subscribe"}

    verifier.confirm(verifier.verify(sns.signed(leading_away)))

    topic = TOPIC.replace(":", "%3A")
    assert sns.fetched[1:] == [
        f"{HOST}/?Action=ConfirmSubscription&TopicArn={topic}&Token=a-made-up-token"
    ]


def test_what_asks_for_no_confirmation_is_not_confirmed(verifier: Verifier, sns: SnsSender) -> None:
    with pytest.raises(ValueError, match="does not ask"):
        verifier.confirm(verifier.verify(sns.signed(NOTIFICATION)))


def test_certificates_are_remembered_up_to_a_bound(
    sns: SnsSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signature, "MAX_CERTIFICATES", 2)
    fetched = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return sns.certificate

    verifier = Verifier({TOPIC}, fetch=fetch, now=lambda: NOW)
    for name in ("a", "b", "c", "a"):
        url = f"{HOST}/SimpleNotificationService-{name}.pem"
        verifier.verify(sns.signed(NOTIFICATION | {"SigningCertURL": url}))

    assert len(fetched) == 4


class _Answers(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        body = b"x" * (signature.MAX_BYTES + (self.path == "/long"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@contextmanager
def a_server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (_Answers,), {"asked": asked})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/moved", "/long"])
def test_a_redirect_is_not_followed_and_a_long_answer_not_read(path: str) -> None:
    with a_server() as (url, asked):
        with pytest.raises(OSError, match=r"302|longer"):
            signature.fetch(url + path)

        assert asked == [path]
        assert len(signature.fetch(f"{url}/as-long-as-allowed")) == signature.MAX_BYTES
