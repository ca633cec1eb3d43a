"""Switching between the accounts of a person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from apps.accounts.acting import SESSION_ACCOUNT
from apps.accounts.models import Membership
from apps.teams.access import person_page

DASHBOARD = "/dashboard/"


@require_POST
@person_page
def switch_account(request: HttpRequest) -> HttpResponse:
    """Act for another account of the person from now on. 404 for one that is not theirs."""
    asked, user = request.POST.get("account", ""), _person(request)
    if not asked.isdecimal() or not Membership.objects.filter(user=user, account=int(asked[:18])).exists():
        raise Http404("There is no such account among yours.")
    request.session[SESSION_ACCOUNT] = int(asked)
    return HttpResponseRedirect(DASHBOARD)


def _person(request: HttpRequest) -> Any:
    return request.user
