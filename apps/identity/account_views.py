"""A further account of a person."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.acting import SESSION_ACCOUNT
from apps.accounts.models import Membership
from apps.core.addresses import client_address
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.identity.services import open_account_of
from apps.teams.access import person_page

NAME_LENGTH = 200


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_account(request: HttpRequest) -> HttpResponse:
    """Open another account of the person, and act for it."""
    user: Any = request.user
    name, error = " ".join(request.POST.get("name", "").split()), ""
    if request.method == "POST":
        try:
            account = open_account_of(user, name=_checked(name), address=client_address(request))
        except ApplicationError as refused:
            error = refused.message
        else:
            request.session[SESSION_ACCOUNT] = account.pk
            messages.success(request, f"{account.name} was opened.")
            return HttpResponseRedirect("/dashboard/")
    values = {"name": name, "error": error, "has_account": Membership.objects.filter(user=user).exists()}
    return render(request, "identity/new_account.html", values, status=400 if error else 200)


def _checked(name: str) -> str:
    if not 1 <= len(name) <= NAME_LENGTH or "\x00" in name:
        raise InvalidRequestError(f"Give the account a name of at most {NAME_LENGTH} characters.", param="name")
    return name
