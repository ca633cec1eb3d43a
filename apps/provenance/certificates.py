"""Certificates and key that sign content credentials: the operator's own, or a development chain made once below TTSAI_HOME."""

import contextlib
import datetime as dt
import logging
import os
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

logger = logging.getLogger(__name__)

DEVELOPMENT_FOLDER: Final = "secrets/content-credentials"
"""Folder below TTSAI_HOME."""
CERTIFICATES_NAME, KEY_NAME = "certificates.pem", "key.pem"
DEVELOPMENT_DAYS: Final = 3650
LARGEST_PEM: Final = 1 << 18
_CURVES: Final = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
SHORTEST_RSA: Final = 2048


class CertificateError(Exception):
    """Certificates or a key that cannot sign. The message names the file and what to do, and never quotes the key."""


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """Signer of content credentials."""

    algorithm: str
    """Name in C2PA: es256, ps256, ed25519, …"""
    certificates: bytes
    """PEM, the signer's own first, its issuers after it."""
    key: bytes = field(repr=False)
    """PEM of the private key, unencrypted."""


def signing_identity() -> SigningIdentity:
    """The operator's identity (TTSAI_C2PA_CERTIFICATES, TTSAI_C2PA_KEY), or the development one, made at its first use. Raises
    CertificateError.
    """
    if settings.TTSAI_C2PA_CERTIFICATES or settings.TTSAI_C2PA_KEY:
        return _cached_identity(settings.TTSAI_C2PA_CERTIFICATES, settings.TTSAI_C2PA_KEY)
    folder = Path(settings.TTSAI_HOME) / DEVELOPMENT_FOLDER
    if not folder.is_dir():
        _make_development_chain(folder)
    return _cached_identity(str(folder / CERTIFICATES_NAME), str(folder / KEY_NAME))


def read_identity(certificates_path: str, key_path: str) -> SigningIdentity:
    """Read and check both files. Raises CertificateError."""
    if not (certificates_path and key_path):
        raise CertificateError("TTSAI_C2PA_CERTIFICATES and TTSAI_C2PA_KEY belong together: set both, or neither for a development chain.")
    chain, key_pem = read_certificates(certificates_path), _read(key_path)
    try:
        key = load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateError(f"{key_path} holds no unencrypted private key in PEM.") from None
    algorithm = _algorithm_of(key)
    if algorithm is None:
        raise CertificateError(f"The key in {key_path} cannot sign content credentials. Use ECDSA P-256, RSA of 2048 bits or Ed25519.")
    if _public_bytes(chain[0].public_key()) != _public_bytes(key.public_key()):
        raise CertificateError(f"The first certificate in {certificates_path} is not that of the key in {key_path}.")
    if chain[0].not_valid_after_utc < dt.datetime.now(dt.UTC):
        raise CertificateError(f"The certificate in {certificates_path} expired on {chain[0].not_valid_after_utc:%Y-%m-%d}.")
    return SigningIdentity(algorithm, _read(certificates_path), key_pem)


def trust_anchors() -> str:
    """PEM of the roots that verification trusts: that of our own certificates, and the operator's list (TTSAI_C2PA_TRUST)."""
    own = Path(settings.TTSAI_C2PA_CERTIFICATES or Path(settings.TTSAI_HOME) / DEVELOPMENT_FOLDER / CERTIFICATES_NAME)
    roots = []
    try:
        if own.is_file():
            roots.append(read_certificates(str(own))[-1])
        if settings.TTSAI_C2PA_TRUST:
            roots += read_certificates(settings.TTSAI_C2PA_TRUST)
    except CertificateError as error:
        logger.error("trust_anchors_unreadable: %s", error)  # noqa: TRY400 - it says enough
    return b"".join(root.public_bytes(Encoding.PEM) for root in roots).decode()


def read_certificates(path: str) -> list[x509.Certificate]:
    """Certificates of a PEM file. Raises CertificateError."""
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise CertificateError(f"{path} holds no certificates in PEM.") from None


@lru_cache(maxsize=4)
def _cached_identity(certificates_path: str, key_path: str) -> SigningIdentity:
    return read_identity(certificates_path, key_path)


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST_PEM)
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}.") from error


def _algorithm_of(key: object) -> str | None:
    """Name of the signature algorithm in C2PA (specification 2.1, section 13.2); None for a key that it does not allow."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _CURVES.get(key.curve.name)
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256" if key.key_size >= SHORTEST_RSA else None
    return "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else None


def _public_bytes(key: object) -> bytes:
    made: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return made


def _make_development_chain(folder: Path) -> None:
    """Make a root and a signer's certificate; of processes that make them at once the first one's stay."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Development root", issuer=None, key=root_key, issuer_key=root_key)
    signer = _certificate("Development signer", issuer=root, key=key, issuer_key=root_key)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".content-credentials-") as temporary:
        made = Path(temporary) / "made"
        made.mkdir(mode=0o700)
        (made / CERTIFICATES_NAME).write_bytes(signer.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM))
        descriptor = os.open(made / KEY_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with contextlib.suppress(OSError):  # another process was first
            made.rename(folder)


def _certificate(
    name: str, *, issuer: x509.Certificate | None, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """A root without an issuer, otherwise a signer's certificate as C2PA wants it (specification 2.1, section 14.5)."""
    now, is_root = dt.datetime.now(dt.UTC), issuer is None
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Speech Platform")])
    usage = x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=DEVELOPMENT_DAYS))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    return builder.sign(issuer_key, SHA256())
