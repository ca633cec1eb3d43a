"""Acting for an account by session: the account that a person chose, and their role in it. Pages and the API by session share it."""

from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from apps.accounts.callers import Caller, caller_of_session
from apps.accounts.impersonation import membership_of_visit
from apps.accounts.models import Membership, User
from apps.accounts.selectors import list_memberships
from apps.core.addresses import client_address
from apps.core.errors import PermissionDeniedError
from apps.core.links import find_public_base

SESSION_ACCOUNT: Final = "account_id"
"""Session entry with the account that a person with several accounts acts for."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def find_person(request: HttpRequest) -> User | None:
    """The person who is logged in; None without one. Only for zones with sessions."""
    user: User | AnonymousUser = request.user
    return user if isinstance(user, User) and user.is_active else None


def list_own_memberships(request: HttpRequest, person: User) -> list[Membership]:
    """Memberships of the person, the one that they act in first; of an operator who visits an account, only that one.

    Raises 403 if the request changes something and they chose an account that they are no longer a member of: it would change another one.
    """
    visited = membership_of_visit(request, person)
    if visited is not None:
        return [visited]
    chosen: int | None = request.session.get(SESSION_ACCOUNT)
    memberships = list_memberships(person, first_account_id=chosen)
    if chosen is not None and request.method not in SAFE_METHODS and not (memberships and memberships[0].account_id == chosen):
        raise PermissionDeniedError("You are no longer a member of the account that you chose. Reload the page.", code="not_a_member")
    return memberships


def caller_of_member(request: HttpRequest, membership: Membership) -> Caller:
    """Caller for the person of this request in one of their accounts."""
    return caller_of_session(membership, address=client_address(request), public_base=find_public_base(request))
