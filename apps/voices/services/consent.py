"""Consent of speakers: recorded with their recordings, revocable; revocation stops every voice made from them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError, InvalidRequestError
from apps.voices.models import Consent, Enrolment
from apps.voices.services.cached_speech import purge_voices


@dataclass(frozen=True, slots=True)
class ConsentStatement:
    """Statement that a speaker agrees to the use of their voice."""

    statement: str
    given_by: str = ""


def check_consent(consent: ConsentStatement | None) -> None:
    """Raise 400 consent_required if the operator demands a statement and there is none."""
    if settings.TTSAI_REQUIRE_CONSENT and consent is None:
        raise InvalidRequestError(
            "This server demands the speaker's consent. Send `consent`, the words of the statement, and `consent_by`, the speaker's name.",
            code="consent_required",
            param="consent",
        )


def record_consent(enrolment: Enrolment, *, caller: Caller, consent: ConsentStatement) -> Consent:
    """Record a statement. A voice whose consent was revoked speaks again."""
    with transaction.atomic():
        recorded = Consent.objects.create(
            enrolment=enrolment, statement=consent.statement, given_by=consent.given_by, recorded_by=_sender(caller)
        )
        Enrolment.objects.filter(pk=enrolment.pk).update(is_revoked=False)
    enrolment.is_revoked = False
    return recorded


def revoke_consent(enrolment: Enrolment) -> None:
    """Revoke every statement. 409 consent_missing if none is in force."""
    with transaction.atomic():
        if not Consent.objects.filter(enrolment=enrolment, revoked_at=None).update(revoked_at=timezone.now()):
            raise ConflictError("No consent is recorded for this voice, or it was revoked already.", code="consent_missing")
        Enrolment.objects.filter(pk=enrolment.pk).update(is_revoked=True)
        purge_voices([enrolment])
    enrolment.is_revoked = True


def copy_consents(earlier: Enrolment, *, to: Enrolment) -> None:
    """Copy the statements, with their times, to the enrolment of the same speaker's changed recordings, and a revocation."""
    Consent.objects.bulk_create(
        Consent(
            enrolment=to,
            given_by=one.given_by,
            statement=one.statement,
            recorded_by=one.recorded_by,
            given_at=one.given_at,
            revoked_at=one.revoked_at,
        )
        for one in reversed(earlier.consents.all())
    )
    if earlier.is_revoked:
        Enrolment.objects.filter(pk=to.pk).update(is_revoked=True)
        to.is_revoked = True


def _sender(caller: Caller) -> str:
    """Person or key that sent a request."""
    if caller.user is not None:
        return caller.user.email
    return f"key {caller.key.prefix}… ({caller.key.name})" if caller.key is not None else ""
