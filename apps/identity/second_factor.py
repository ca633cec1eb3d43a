"""Proof of a second factor by a session."""

from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.models import User

SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes replace one of them, and exist with one alone."""
METHOD: Final = "mfa"
"""django-allauth's name of a login, or a repeated one, by a second factor."""


def next_step(request: HttpRequest, user: User) -> str | None:
    """Path of the page where the person sets up a second factor, or proves the one that they have; None if this session has proved it."""
    kinds = set(Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).values_list("type", flat=True))
    if not kinds:
        return reverse("mfa_index")
    if any(record.get("method") == METHOD for record in get_authentication_records(request, user)):
        return None
    return reverse("mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn")


def note_added_factor(*, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Count the set-up of a factor as its first proof: it took the password again, and a code or a touch of the device."""
    if request.user.is_authenticated and request.user.pk == user.pk and authenticator.type in SECOND_FACTORS:
        record_authentication(request, user, METHOD, id=authenticator.pk, type=authenticator.type)
