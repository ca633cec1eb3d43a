"""Change of a person's address by the operator."""

from allauth.account.models import EmailAddress
from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import ConflictError
from apps.identity.services.sessions import forget_sessions_of


def check_free_address(user: User, *, email: str) -> None:
    """Raise 409 if another person has verified the address."""
    if EmailAddress.objects.filter(email__iexact=email, verified=True).exclude(user=user).exists():
        raise ConflictError(f"Another person has verified the address {email}.", code="address_taken", param="email")


def replace_address(user: User) -> None:
    """Make the address of the row the only one of the person; the next login verifies it by a code. Sessions end.

    Without it the old address would stay the verified one: it would continue receiving mails, and log in.
    """
    check_free_address(user, email=user.email)
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
        forget_sessions_of(user)
