"""Certificates of the stubs, made anew for each run: a root, one between, and one for the hosts.

As many and of the kind that AWS's endpoints show: a function pays for checking each of them.
"""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_LASTS: Final = timedelta(days=1)
_BITS: Final = 2048


def make_certificates(folder: Path, hosts: Sequence[str]) -> tuple[Path, Path]:
    """Write the root, and the chain and key of a server of these hosts; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    root_key, root = _certificate("stubs: root", None, None, [])
    between_key, between = _certificate("stubs: between", root_key, root, [])
    key, own = _certificate("stubs", between_key, between, hosts)
    root_file, chain_file = folder / "root.pem", folder / "chain.pem"
    root_file.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    chain_file.touch(mode=0o600)
    chain_file.write_bytes(
        own.public_bytes(serialization.Encoding.PEM)
        + between.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return root_file, chain_file


def presenting(chain: Path) -> ssl.SSLContext:
    """A server's context that shows the chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


def _certificate(
    name: str,
    issuer_key: rsa.RSAPrivateKey | None,
    issuer: x509.Certificate | None,
    hosts: Sequence[str],
) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Signed by the issuer, or by itself; an authority's if it is for no host."""
    is_ca = not hosts
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer_key or key
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=not is_ca,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_ca,
                crl_sign=is_ca,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if not is_ca:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False
        )
    return key, builder.sign(signer, hashes.SHA256())
