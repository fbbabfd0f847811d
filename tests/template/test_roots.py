"""The roots of authorities that the layer's build takes out of certifi."""

import hashlib
import re
import ssl
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from layers.sms_gateway.roots import PUBLISHED, main, subject_hash, write_folder
from sms_gateway.adapters.aws import AMAZON_ROOTS
from sms_gateway.adapters.voipit.transport import ROOTS
from tests.support.certificates import authority_and_server, presenting
from tools.repository import LAYER, LAYER_SOURCE

CERTIFI: Final = Path(certifi.where())


def names_and_keys(pem: Path) -> dict[str, str]:
    with warnings.catch_warnings():
        # Starfield's has the serial number 0, which newer rules forbid.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        certificates = x509.load_pem_x509_certificates(pem.read_bytes())
    keys = [
        each.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for each in certificates
    ]
    return {
        certificate.subject.rfc4514_string(): hashlib.sha256(key).hexdigest()
        for certificate, key in zip(certificates, keys, strict=True)
    }


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """TLS between the two, without a socket. Raises what the client finds wrong."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(to_client, to_server, server_hostname="voipit.test")
    answering = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(2):
        for side in (asking, answering):
            with suppress(ssl.SSLWantReadError):
                side.do_handshake()
    assert asking.version()
    assert asking.getpeercert()


def test_the_file_has_the_names_and_keys_that_aws_publishes_and_no_others(tmp_path: Path) -> None:
    assert main([str(CERTIFI), str(tmp_path / "roots.pem"), str(tmp_path / "roots")]) == 0
    assert names_and_keys(tmp_path / "roots.pem") == PUBLISHED


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_root_that_certifi_lacks_ends_the_build(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(CERTIFI), str(tmp_path / "all.pem"), str(tmp_path / "all")])
    of_this_root = (tmp_path / "all.pem").read_text(encoding="utf-8").partition(f"# {name}\n")[2]
    certificate = of_this_root.partition("#")[0]
    lacking = tmp_path / "lacking.pem"
    without = CERTIFI.read_text(encoding="utf-8").replace(certificate, "")
    lacking.write_text(without, encoding="utf-8")

    assert main([str(lacking), str(tmp_path / "roots.pem"), str(tmp_path / "roots")]) == 1

    assert name in capsys.readouterr().err
    assert not (tmp_path / "roots.pem").exists()

    assert not (tmp_path / "roots").exists()


def test_openssl_finds_each_root_of_certifi_under_the_name_of_its_file(tmp_path: Path) -> None:
    """A server shows a certificate of an authority of the same name, which only it has the key of.

    So this is OpenSSL's own verdict on the names, and needs no secret of an authority.
    """
    pem = CERTIFI.read_text(encoding="utf-8")
    write_folder(pem, tmp_path / "roots")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        real = x509.load_pem_x509_certificates(CERTIFI.read_bytes())
    assert sum(1 for _ in (tmp_path / "roots").iterdir()) == len(real) > 100
    for position, root in enumerate(real):
        folder = tmp_path / str(position)
        namesake, chain = authority_and_server(root.subject, folder)
        name = subject_hash(root.public_bytes(Encoding.DER))
        assert ssl.PEM_cert_to_DER_cert(
            (tmp_path / "roots" / f"{name}.0").read_text(encoding="utf-8")
        ) == root.public_bytes(Encoding.DER)
        (folder / "trusted").mkdir()
        (folder / "trusted" / f"{name}.0").write_bytes(namesake)
        shake_hands(ssl.create_default_context(capath=str(folder / "trusted")), presenting(chain))


@pytest.mark.parametrize(
    "text",
    [
        x509.NameAttribute(NameOID.COMMON_NAME, "  Two   spaces\tand a tab "),
        x509.NameAttribute(NameOID.COMMON_NAME, "LETTERS, ÉTÉ AND Ș"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Été", _ASN1Type.BMPString),
        x509.NameAttribute(NameOID.COMMON_NAME, "T61", _ASN1Type.T61String),
        x509.NameAttribute(NameOID.COMMON_NAME, "Été", _ASN1Type.UniversalString),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "Root@Example.com", _ASN1Type.IA5String),
        x509.NameAttribute(NameOID.COMMON_NAME, "x" * 60),
    ],
)
def test_openssl_finds_a_root_whatever_its_name_looks_like(
    text: x509.NameAttribute[str], tmp_path: Path
) -> None:
    several = x509.RelativeDistinguishedName(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Roots"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, "12 34"),
        ]
    )
    name = x509.Name([several, x509.RelativeDistinguishedName([text])])
    namesake, chain = authority_and_server(name, tmp_path)
    write_folder(namesake.decode(), tmp_path / "roots")
    shake_hands(ssl.create_default_context(capath=str(tmp_path / "roots")), presenting(chain))


def test_roots_of_the_same_name_are_all_found(tmp_path: Path) -> None:
    """As those are that an authority has with an old and with a new key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Old and new")])
    authorities = [authority_and_server(name, tmp_path / each) for each in ("old", "new")]
    write_folder("".join(pem.decode() for pem, _ in authorities), tmp_path / "roots")
    for _, chain in authorities:
        shake_hands(ssl.create_default_context(capath=str(tmp_path / "roots")), presenting(chain))


def test_a_root_that_is_not_in_the_folder_is_not_trusted(tmp_path: Path) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Another authority")])
    _, chain = authority_and_server(name, tmp_path)
    write_folder(CERTIFI.read_text(encoding="utf-8"), tmp_path / "roots")
    context = ssl.create_default_context(capath=str(tmp_path / "roots"))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(context, presenting(chain))


def test_a_folder_that_is_there_already_ends_the_build(tmp_path: Path) -> None:
    (tmp_path / "roots").mkdir()
    with pytest.raises(FileExistsError):
        write_folder(CERTIFI.read_text(encoding="utf-8"), tmp_path / "roots")


def test_the_layers_build_puts_the_file_to_where_the_clients_look() -> None:
    makefile = (LAYER / "Makefile").read_text(encoding="utf-8")
    there = AMAZON_ROOTS.relative_to(LAYER_SOURCE)
    folder = ROOTS.relative_to(LAYER_SOURCE)
    command = (
        f'$(PYTHON) roots.py "$(SITE)/certifi/cacert.pem" "$(SITE)/{there}" "$(SITE)/{folder}"'
    )
    assert command in re.sub(r"\s*\\\n\s*", " ", makefile)
