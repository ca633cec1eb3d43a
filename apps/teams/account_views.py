"""Switching between the accounts of a person."""

import re
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from apps.accounts.acting import SESSION_ACCOUNT
from apps.accounts.models import Membership
from apps.teams.access import person_page

DASHBOARD = "/dashboard/"
ACCOUNT_NUMBER: Final = re.compile("[0-9]{1,18}")


@require_POST
@person_page
def switch_account(request: HttpRequest) -> HttpResponse:
    """Act for another account of the person from now on. 404 for one that is not theirs."""
    asked, user = request.POST.get("account", ""), _person(request)
    number = int(asked) if ACCOUNT_NUMBER.fullmatch(asked) else 0
    if not Membership.objects.filter(user=user, account=number).exists():
        raise Http404("There is no such account among yours.")
    request.session[SESSION_ACCOUNT] = number
    return HttpResponseRedirect(DASHBOARD)


def _person(request: HttpRequest) -> Any:
    return request.user
