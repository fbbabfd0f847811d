"""The roots that the functions trust, out of certifi's: the layer's makefile runs this.

`python3 roots.py <certifi's cacert.pem> <file for AWS> <folder for Voipit>`. It needs the standard
library only, and not the program `openssl`: it runs on the machine that builds, with whatever
Python that has from 3.11 on.

AWS is verified with its own roots. Voipit is verified with all of them, as a folder (`capath`): a
file is parsed whole for each context, 27 to 40 ms of a cold start, but of a folder OpenSSL reads
the one root that a server's chain leads to.
"""

import hashlib
import re
import ssl
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

PUBLISHED: Final = {
    "CN=Amazon Root CA 1,O=Amazon,C=US": (
        "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2"
    ),
    "CN=Amazon Root CA 2,O=Amazon,C=US": (
        "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461"
    ),
    "CN=Amazon Root CA 3,O=Amazon,C=US": (
        "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9"
    ),
    "CN=Amazon Root CA 4,O=Amazon,C=US": (
        "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5"
    ),
    "CN=Starfield Services Root Certificate Authority - G2,"
    "O=Starfield Technologies\\, Inc.,L=Scottsdale,ST=Arizona,C=US": (
        "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92"
    ),
}
"""Distinguished name and SHA-256 of the public key (SubjectPublicKeyInfo) of each root that Amazon
Trust Services publishes, and recommends for trust stores: https://www.amazontrust.com/repository/
(stored copies, read 2026-11-27: the table beside policy 1.0.14, the recommendation beside 2.2).
Those with "EU" in the name are for the European Sovereign Cloud, where this file is not used."""

_CERTIFICATE: Final = re.compile(
    "-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL
)
_LONG_FORM: Final = 0x80
"""From here on, the byte of a length says how many bytes the length has."""
_VERSION: Final = 0xA0
"""The tag of a certificate's first part, which certificates of version 1 leave out."""
_SET: Final = 0x31
_UTF8: Final = 0x0C
_ENCODINGS: Final = {
    _UTF8: "utf-8",
    0x13: "ascii",  # PrintableString
    0x14: "latin-1",  # T61String, which OpenSSL takes for this
    0x16: "ascii",  # IA5String
    0x1A: "ascii",  # VisibleString
    0x1C: "utf-32-be",  # UniversalString
    0x1E: "utf-16-be",  # BMPString
}
"""Of the tags of texts. All of them are compared as UTF-8."""
_SPACES: Final = re.compile(rb"[ \t\n\v\f\r]+")


class Value(NamedTuple):
    """One value: its tag, its content, and the whole with both and the length."""

    tag: int
    content: bytes
    whole: bytes


def values(der: bytes) -> Iterator[Value]:
    """The values that stand in a row."""
    at = 0
    while at < len(der):
        begin, length = at + 2, der[at + 1]
        if length >= _LONG_FORM:
            begin += length & ~_LONG_FORM
            length = int.from_bytes(der[at + 2 : begin], "big")
        end = begin + length
        yield Value(der[at], der[begin:end], der[at:end])
        at = end


def value(tag: int, content: bytes) -> bytes:
    """One value, encoded."""
    length = len(content)
    if length < _LONG_FORM:
        return bytes([tag, length]) + content
    encoded = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG_FORM | len(encoded)]) + encoded + content


class Certificate(NamedTuple):
    """The parts of a certificate that say which one it is (RFC 5280, 4.1), each of them whole."""

    subject: bytes
    public_key: bytes
    """With its algorithm: the SubjectPublicKeyInfo."""

    @classmethod
    def read(cls, der: bytes) -> "Certificate":
        """Out of a certificate in DER."""
        signed, *_ = values(next(values(der)).content)
        parts = [part.whole for part in values(signed.content) if part.tag != _VERSION]
        _serial_number, _algorithm, _issuer, _validity, subject, public_key, *_ = parts
        return cls(subject, public_key)


class MissingRootError(Exception):
    """certifi has not got a root that AWS publishes."""


def main(arguments: Sequence[str]) -> int:
    """Write the file and the folder; returns the exit code."""
    source, file, folder = (Path(argument) for argument in arguments)
    all_roots = source.read_text(encoding="utf-8")
    try:
        bundle = chosen(all_roots, PUBLISHED)
    except MissingRootError as error:
        print(error, file=sys.stderr)  # noqa: T201  what a build shows
        return 1
    file.write_text(bundle, encoding="utf-8")
    write_folder(all_roots, folder)
    return 0


def chosen(pem: str, published: Mapping[str, str]) -> str:
    """The certificates with these public keys, each with its name above it, as PEM.

    A root can have several certificates; what is trusted is its key. Raises `MissingRootError`.
    """
    by_key = {
        public_key_hash(ssl.PEM_cert_to_DER_cert(certificate)): certificate
        for certificate in _CERTIFICATE.findall(pem)
    }
    if missing := [name for name, key in published.items() if key not in by_key]:
        raise MissingRootError(
            f"certifi does not have {'; '.join(missing)}. Without it, functions could not reach AWS"
            " where its certificates chain to this root. See what"
            " https://www.amazontrust.com/repository/ lists now, and correct"
            " layers/sms_gateway/roots.py or the pinned certifi."
        )
    return "".join(f"# {name}\n{by_key[key]}" for name, key in published.items())


def public_key_hash(certificate: bytes) -> str:
    """SHA-256, in hexadecimal, of the SubjectPublicKeyInfo of a certificate in DER."""
    return hashlib.sha256(Certificate.read(certificate).public_key).hexdigest()


def write_folder(pem: str, folder: Path) -> None:
    """Each certificate in a file of its own, under the name that OpenSSL looks for.

    Raises `FileExistsError`: what another build has left there would be trusted, too.
    """
    folder.mkdir()
    taken: Counter[str] = Counter()
    for certificate in _CERTIFICATE.findall(pem):
        name = subject_hash(ssl.PEM_cert_to_DER_cert(certificate))
        # Roots of the same name are numbered.
        (folder / f"{name}.{taken[name]}").write_text(certificate, encoding="utf-8")
        taken[name] += 1


def subject_hash(certificate: bytes) -> str:
    """The name that OpenSSL looks for (`X509_NAME_hash`): eight hexadecimal digits.

    The first four bytes, the last one first, of the SHA-1 of the subject's canonical form: without
    the outermost header, each text in UTF-8, in small letters (ASCII only), its spaces made one.
    """
    (subject,) = values(Certificate.read(certificate).subject)
    canonical = b"".join(_canonical(names.content) for names in values(subject.content))
    digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def _canonical(names: bytes) -> bytes:
    """A set of names, most often one."""
    found = []
    for name in values(names):
        kind, text = values(name.content)
        found.append(value(name.whole[0], kind.whole + _small(text)))
    return value(_SET, b"".join(sorted(found)))


def _small(text: Value) -> bytes:
    if text.tag not in _ENCODINGS:
        return text.whole
    content = text.content.decode(_ENCODINGS[text.tag]).encode()
    return value(_UTF8, _SPACES.sub(b" ", content).strip(b" ").lower())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
