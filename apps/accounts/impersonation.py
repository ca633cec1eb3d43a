"""Visits of operators: the dashboard as a customer sees it, read-only, for at most an hour."""

import time
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from apps.accounts.models import Account, Membership, Role, User
from apps.core.read_only_sessions import IMPERSONATION, find_entry
from workers.contract.time_units import HOUR_SECONDS

VISIT_SECONDS: Final = HOUR_SECONDS
MAY_VISIT: Final = "operator.impersonate_account"
"""Permission of operators (apps/operator/models.py); checked again at every request, so that it ends a visit when it is taken away."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Account that an operator looks at."""

    account_id: int
    account_name: str


def begin_visit(request: HttpRequest, account: Account) -> None:
    """Let the operator's session see this account instead of its own from now on."""
    request.session[IMPERSONATION] = {"account_id": account.pk, "name": account.name, "until": int(time.time()) + VISIT_SECONDS}


def end_visit(request: HttpRequest) -> Visit | None:
    """End the visit of this session; returns it, or None if there was none."""
    visit = find_visit(request)
    request.session.pop(IMPERSONATION, None)
    return visit


def find_visit(request: HttpRequest) -> Visit | None:
    """The visit of an operator's session; None for customers, after its time, and without the permission."""
    entry = find_entry(request.session) if hasattr(request, "session") else None
    if entry is None or not isinstance(request.user, User) or not request.user.is_active or not request.user.is_staff:
        return None
    return Visit(int(entry["account_id"]), str(entry["name"])) if request.user.has_perm(MAY_VISIT) else None


def membership_of_visit(request: HttpRequest, person: User) -> Membership | None:
    """Membership that stands for the visit: the role that changes nothing. It is stored nowhere."""
    visit = find_visit(request)
    account = None if visit is None else Account.objects.select_related("plan").filter(pk=visit.account_id).first()
    return None if account is None else Membership(user=person, account=account, role=Role.VIEWER)
