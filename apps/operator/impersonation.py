"""End of an operator's visit to an account; it begins on the account's page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.impersonation import end_visit
from apps.accounts.models import Account
from apps.audit.services import Action, record_action


@require_POST
def end_impersonation(request: HttpRequest) -> HttpResponse:
    """End the visit and return to the account's page."""
    visit = end_visit(request)
    account = None if visit is None else Account.objects.filter(pk=visit.account_id).first()
    if account is None:
        return HttpResponseRedirect(reverse("admin:index"))
    record_action(request, Action(name="end_impersonation", obj=account, message="The visit ended"))
    return HttpResponseRedirect(reverse("admin:accounts_account_change", args=[account.pk]))
