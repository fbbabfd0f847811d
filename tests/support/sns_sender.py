"""Messages as SNS sends them to an HTTPS address, signed with a key that the test makes."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

CERTIFICATE_URL: Final = (
    "https://sns.eu-central-1.amazonaws.com/"
    "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
)
NOW: Final = datetime(2026, 11, 22, 15, 0, 5, tzinfo=UTC)
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "1": hashes.SHA1(),  # noqa: S303  what SNS's version 1 signs with
    "2": hashes.SHA256(),
}
_NOT_SIGNED: Final = {
    "Signature",
    "SignatureVersion",
    "SigningCertURL",
    "UnsubscribeURL",
    "MessageAttributes",
}


@dataclass(slots=True)
class SnsSender:
    """Signs as SNS does, after its developer guide, and serves the certificate."""

    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    valid_from: datetime = NOW - timedelta(days=1)
    fetched: list[str] = field(default_factory=list)

    def signed(self, content: Mapping[str, Any], version: str = "1") -> bytes:
        """The body of a request with this content, signed anew."""
        fields = {name: value for name, value in content.items() if name not in _NOT_SIGNED}
        if content["Type"] == "Notification":
            fields.pop("SubscribeURL", None)
        text = "".join(f"{name}\n{fields[name]}\n" for name in sorted(fields))
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), _HASHES[version])
        signed = {
            **content,
            "SignatureVersion": version,
            "Signature": base64.b64encode(signature).decode(),
        }
        return json.dumps(signed).encode()

    @property
    def certificate(self) -> bytes:
        """The certificate of the key, signed by itself, in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(self.valid_from)
            .not_valid_after(self.valid_from + timedelta(days=30))
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )

    def fetch(self, url: str) -> bytes:
        """What is at this address of SNS's."""
        self.fetched.append(url)
        if url == CERTIFICATE_URL:
            return self.certificate
        if "Action=ConfirmSubscription" in url:
            return b"<ConfirmSubscriptionResponse/>"
        message = f"404 at {url}"
        raise OSError(message)
