"""Signing identities: the development chain, and an operator's own files."""

import datetime as dt
import logging
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apps.provenance.certificates import CertificateError, read_identity, signing_identity
from apps.provenance.checks import check_settings


def test_development_chain_is_made_once_and_its_key_is_private(settings: Any) -> None:
    first = signing_identity()
    assert signing_identity() == first
    key = settings.TTSAI_HOME / "secrets" / "content-credentials" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert (first.algorithm, first.certificates.count(b"BEGIN CERTIFICATE")) == ("es256", 2)


def test_private_key_of_an_identity_is_in_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        identity = signing_identity()
    assert "PRIVATE KEY" in identity.key.decode()
    assert "PRIVATE" not in repr(identity) + caplog.text


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "es384"),
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "ps256"),
    ],
    ids=["P-384", "RSA"],
)
def test_algorithm_of_an_operators_key_is_recognised(tmp_path: Path, key: Any, algorithm: str) -> None:
    certificates, key_path = write(tmp_path, key=key)
    assert read_identity(certificates, key_path).algorithm == algorithm


def test_certificates_and_key_must_be_set_together() -> None:
    with pytest.raises(CertificateError, match="set both, or neither"):
        read_identity("/somewhere.pem", "")


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=r"absent\.pem cannot be read: No such file"):
        read_identity(str(tmp_path / "absent.pem"), str(tmp_path / "absent.pem"))


def test_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    certificates, _ = write(tmp_path / "one", key=ec.generate_private_key(ec.SECP256R1()))
    _, key_path = write(tmp_path / "other", key=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(CertificateError, match="is not that of the key"):
        read_identity(certificates, key_path)


def test_expired_certificate_is_refused_with_its_date(tmp_path: Path) -> None:
    certificates, key_path = write(tmp_path, key=ec.generate_private_key(ec.SECP256R1()), days=-2)
    with pytest.raises(CertificateError, match=r"expired on \d{4}-\d\d-\d\d"):
        read_identity(certificates, key_path)


def test_encrypted_key_is_refused_with_the_reason(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    certificates, key_path = write(tmp_path, key=key)
    Path(key_path).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(CertificateError, match="holds no unencrypted private key"):
        read_identity(certificates, key_path)


def test_kind_of_key_that_cannot_sign_is_refused(tmp_path: Path) -> None:
    certificates, key_path = write(tmp_path, key=ec.generate_private_key(ec.SECP256R1()))
    other = x25519.X25519PrivateKey.generate()
    Path(key_path).write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(CertificateError, match="cannot sign content credentials"):
        read_identity(certificates, key_path)


def test_invalid_settings_are_errors_when_the_platform_starts(settings: Any) -> None:
    assert check_settings() == []
    settings.TTSAI_WATERMARK = "everything"
    settings.TTSAI_C2PA_KEY = "/absent.pem"
    assert [error.id for error in check_settings()] == ["provenance.E001", "provenance.E002"]


def write(folder: Path, *, key: Any, days: int = 30) -> tuple[str, str]:
    """Files of a certificate that signs itself and of its key."""
    folder.mkdir(exist_ok=True)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Operator")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now - dt.timedelta(days=9)).not_valid_after(now + dt.timedelta(days=days))
    certificates, key_path = folder / "certificates.pem", folder / "key.pem"
    certificates.write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(certificates), str(key_path)
