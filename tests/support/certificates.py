"""Certificates that tests make, and that only clients told to do so trust."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def authority_and_server(name: x509.Name, folder: Path) -> tuple[bytes, Path]:
    """The root of an authority of this name (PEM), and a chain with the key of `voipit.test`."""
    folder.mkdir(exist_ok=True)
    root_key, key = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    root = _certificate(name, name, root_key, root_key, None)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "voipit.test")])
    own = _certificate(subject, name, key, root_key, "voipit.test")
    return root.public_bytes(serialization.Encoding.PEM), _written(folder / "chain.pem", own, key)


def self_signed(folder: Path, address: str = "127.0.0.1") -> Path:
    """A file with a certificate for the address or host name, good for a day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "voipit.test")])
    certificate = _certificate(name, name, key, key, address)
    return _written(folder / f"{address}.pem", certificate, key)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signed_with: ec.EllipticCurvePrivateKey,
    address: str | None,
) -> x509.Certificate:
    """An authority's, unless another key signs it."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.BasicConstraints(ca=key is signed_with, path_length=None), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_with.public_key()),
            critical=False,
        )
    )
    if address is not None:
        names = x509.SubjectAlternativeName([_named(address)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signed_with, hashes.SHA256())


def _written(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Path:
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def _named(address: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(address))
    except ValueError:
        return x509.DNSName(address)


def presenting(certificate: Path) -> ssl.SSLContext:
    """A server's context that shows the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    """A client's context that trusts this certificate and no other."""
    return ssl.create_default_context(cafile=str(certificate))
