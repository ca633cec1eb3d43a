"""Checks of the settings: a certificate that cannot sign is an error when the platform starts, not when a customer waits."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from apps.provenance.certificates import CertificateError, read_certificates, read_identity
from workers.contract.provenance import WATERMARK_MODES


def check_settings(**_: Any) -> list[CheckMessage]:
    """Errors in TTSAI_WATERMARK, TTSAI_C2PA_CERTIFICATES, TTSAI_C2PA_KEY and TTSAI_C2PA_TRUST."""
    errors: list[CheckMessage] = []
    if settings.TTSAI_WATERMARK not in WATERMARK_MODES:
        errors.append(Error(f"TTSAI_WATERMARK is {settings.TTSAI_WATERMARK!r}. Use {', '.join(WATERMARK_MODES)}.", id="provenance.E001"))
    if settings.TTSAI_C2PA_CERTIFICATES or settings.TTSAI_C2PA_KEY:
        try:
            read_identity(settings.TTSAI_C2PA_CERTIFICATES, settings.TTSAI_C2PA_KEY)
        except CertificateError as error:
            errors.append(Error(str(error), id="provenance.E002"))
    if settings.TTSAI_C2PA_TRUST:
        try:
            read_certificates(settings.TTSAI_C2PA_TRUST)
        except CertificateError as error:
            errors.append(Error(str(error), id="provenance.E003"))
    return errors
