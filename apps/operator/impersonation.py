"""End of an operator's visit to an account, which begins on the account's page, and the record of what the visit tried to change."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.impersonation import end_visit, find_visit
from apps.accounts.models import Account
from apps.audit.models import AuditEntry, Outcome
from apps.audit.services import Action, record_action

REFUSED_CHANGE: Final = "change_in_visit"
REPEATS_AFTER: Final = timedelta(minutes=1)
"""Time in which a change that is tried again at the same path has no second entry, so that a loop does not flood the log."""


@require_POST
def end_impersonation(request: HttpRequest) -> HttpResponse:
    """End the visit and return to the account's page."""
    visit = end_visit(request)
    account = None if visit is None else Account.objects.filter(pk=visit.account_id).first()
    if account is None:
        return HttpResponseRedirect(reverse("admin:index"))
    record_action(request, Action(name="end_impersonation", obj=account, message="The visit ended"))
    return HttpResponseRedirect(reverse("admin:accounts_account_change", args=[account.pk]))


def record_refused_change(request: HttpRequest, **_signal: Any) -> None:
    """Record a change that a visit was refused: one entry for a method and path in a minute."""
    visit = find_visit(request)
    account = None if visit is None else Account.objects.filter(pk=visit.account_id).first()
    if account is None:
        return
    message = f"Read-only visit: {request.method} {request.path}"[:500]
    since = timezone.now() - REPEATS_AFTER
    same = AuditEntry.objects.filter(account_id=account.pk, actor_id=request.user.pk, action=REFUSED_CHANGE, message=message)
    if not same.filter(created_at__gte=since).exists():
        record_action(request, Action(name=REFUSED_CHANGE, obj=account, message=message, outcome=Outcome.DENIED))
