"""Messages that Amazon SNS has sent to an HTTPS address: whether they are SNS's, and of our topic.

Needs the package `cryptography`. Every check is made before anything of the message is used.
"""

import base64
import json
import re
import urllib.request
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from typing import IO, Any, Final
from urllib.error import URLError
from urllib.parse import urlencode

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MAX_AGE: Final = timedelta(minutes=75)
"""How old a message can be. SNS tries for an hour at most (`DeliveryPolicy`), with its own date."""
MAX_CLOCK_ERROR: Final = timedelta(minutes=5)
"""How far ahead of this machine's clock the clock of SNS can be."""
TIMEOUT: Final = 5.0
"""Seconds for a certificate or a confirmation."""
MAX_BYTES: Final = 64 * 1024
"""Bytes of a certificate or of an answer that are read."""
MAX_CERTIFICATES: Final = 16
"""Certificates that are remembered."""

_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}")
_CERTIFICATE_URL: Final = (
    r"https://sns\.{region}\.amazonaws\.com/SimpleNotificationService-[A-Za-z0-9]{{1,64}}\.pem"
)
_NOTIFICATION: Final = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION: Final = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
_SIGNED: Final[Mapping[str, tuple[str, ...]]] = {
    "Notification": _NOTIFICATION,
    "SubscriptionConfirmation": _CONFIRMATION,
    "UnsubscribeConfirmation": _CONFIRMATION,
}
"""The fields that the signature covers, in the order of their names, by the type of message."""
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "1": hashes.SHA1(),  # noqa: S303  what a topic signs with that has no SignatureVersion
    "2": hashes.SHA256(),
}

Fetch = Callable[[str], bytes]
"""Gets what is at an https address. Raises `OSError`."""


class ForgedMessageError(ValueError):
    """The message is not accepted; the text says why. Answer 403."""


class StaleMessageError(ForgedMessageError):
    """The message is too old or from the future: played again, or this machine's clock is wrong.

    Answer 503, so that a genuine message is not lost to a wrong clock.
    """


class CertificateUnavailableError(OSError):
    """SNS's certificate cannot be fetched or used now. Answer 503: SNS tries again.

    It comes from SNS's own address, so this says nothing against the message.
    """


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A message that SNS has signed. `token` is there if it asks for a confirmation."""

    type: str
    message_id: str
    topic_arn: str
    timestamp: datetime
    message: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0913, PLR0917  urllib's own signature
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """None is followed: urllib raises `HTTPError` then."""


def fetch(url: str) -> bytes:
    """What is at the address. Follows no redirect. Raises `OSError`."""
    opener = urllib.request.build_opener(_NoRedirects())
    with opener.open(url, timeout=TIMEOUT) as answer:
        content: bytes = answer.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        msg = f"The answer is longer than {MAX_BYTES} bytes."
        raise URLError(msg)
    return content


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Verifier:
    """Accepts what SNS has signed for one of these topics, and nothing else.

    `versions`: the signature versions that are accepted. The gateway's topic signs with "2", up to
    0.2.0 with "1". Certificates come from `sns.<region of the topic>.amazonaws.com`; the
    partitions with other domains (China) are not known here.
    """

    topic_arns: Collection[str]
    versions: Collection[str] = frozenset(_HASHES)
    max_age: timedelta = MAX_AGE
    fetch: Fetch = fetch
    now: Callable[[], datetime] = _now
    _certificates: dict[str, x509.Certificate] = field(default_factory=dict, init=False)

    def verify(self, body: str | bytes) -> SnsMessage:
        """The message, if it is genuine, of one of the topics, and not older than `max_age`.

        Raises `ForgedMessageError` and `CertificateUnavailableError`.
        """
        content = _content(body)
        kind = content.get("Type", "")
        if kind not in _SIGNED:
            raise _forged("it is of no type that SNS sends")
        topic = content.get("TopicArn", "")
        arn = _TOPIC.fullmatch(topic)
        if topic not in self.topic_arns or arn is None:
            raise _forged("it is of another topic")
        version = content.get("SignatureVersion", "")
        if version not in self.versions or version not in _HASHES:
            raise _forged("its signature version is not accepted")
        timestamp = self._fresh(content.get("Timestamp", ""))
        url = content.get("SigningCertURL", "")
        if not re.fullmatch(_CERTIFICATE_URL.format(region=re.escape(arn[1])), url):
            raise _forged("its certificate is not at SNS's address of the topic's region")
        self._check_signature(content, kind, _HASHES[version], self._certificate(url))
        if {"Message", "MessageId"} - content.keys():
            raise _forged("it is not whole")
        return SnsMessage(
            type=kind,
            message_id=content["MessageId"],
            topic_arn=topic,
            timestamp=timestamp,
            message=content["Message"],
            token=content.get("Token") if kind != "Notification" else None,
        )

    def confirm(self, message: SnsMessage) -> None:
        """Tell SNS that the subscription is wanted. Raises `OSError`.

        The address is made here of the topic and the token, and not taken from the message.
        """
        if message.type != "SubscriptionConfirmation" or message.token is None:
            msg = "The message does not ask for the confirmation of a subscription."
            raise ValueError(msg)
        region = message.topic_arn.split(":")[3]
        query = urlencode(
            {
                "Action": "ConfirmSubscription",
                "TopicArn": message.topic_arn,
                "Token": message.token,
            }
        )
        self.fetch(f"https://sns.{region}.amazonaws.com/?{query}")

    def _fresh(self, text: str) -> datetime:
        try:
            timestamp = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
        except ValueError as error:
            raise _forged("its timestamp cannot be read") from error
        age = self.now() - timestamp
        if age > self.max_age or age < -MAX_CLOCK_ERROR:
            msg = "The message is refused: its timestamp is too old, or in the future."
            raise StaleMessageError(msg)
        return timestamp

    def _certificate(self, url: str) -> x509.Certificate:
        certificate = self._certificates.get(url)
        if certificate is None:
            try:
                content = self.fetch(url)
            except OSError as error:
                raise _unavailable(f"cannot be fetched ({type(error).__name__})") from error
            try:
                certificate = x509.load_pem_x509_certificate(content)
            except ValueError as error:
                raise _unavailable("cannot be read") from error
            if len(self._certificates) >= MAX_CERTIFICATES:
                self._certificates.clear()
            self._certificates[url] = certificate
        if not certificate.not_valid_before_utc <= self.now() <= certificate.not_valid_after_utc:
            raise _unavailable("is not valid by the clock of this machine")
        return certificate

    @staticmethod
    def _check_signature(
        content: Mapping[str, str],
        kind: str,
        algorithm: hashes.HashAlgorithm,
        certificate: x509.Certificate,
    ) -> None:
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise _unavailable("has no RSA key")
        try:
            signature = base64.b64decode(content.get("Signature", ""), validate=True)
            key.verify(signature, string_to_sign(content, kind), padding.PKCS1v15(), algorithm)
        except (ValueError, InvalidSignature) as error:
            # A ValueError is of a signature that is no base64, or of a text that no UTF-8 can hold.
            raise _forged("its signature is wrong") from error


def string_to_sign(content: Mapping[str, str], kind: str) -> bytes:
    """What SNS signs: each field's name and value on lines of their own, those that are there."""
    lines = (f"{name}\n{content[name]}\n" for name in _SIGNED[kind] if name in content)
    return "".join(lines).encode()


def _content(body: str | bytes) -> dict[str, str]:
    """The texts in it; SNS signs nothing else. Raises `ForgedMessageError`."""
    try:
        content: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _forged("it is no JSON") from error
    if not isinstance(content, dict):
        raise _forged("it is no JSON object")
    return {name: value for name, value in content.items() if isinstance(value, str)}


def _forged(why: str) -> ForgedMessageError:
    return ForgedMessageError(f"The message is refused: {why}.")


def _unavailable(why: str) -> CertificateUnavailableError:
    return CertificateUnavailableError(f"SNS's certificate {why}.")
