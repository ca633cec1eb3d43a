"""Common to all pages of the dashboard: a member with a role, its methods, and an error page for what a service refuses."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.core.errors import ApplicationError
from apps.teams.access import AccountRequest, account_page

READ: Final = Permission.READ
CHANGE: Final = Permission.CHANGE
HEADINGS: Final = {404: "Not found", 410: "No longer there", 403: "Not allowed", 503: "Not available right now"}

View = Callable[..., HttpResponseBase]


def dashboard_page(
    *methods: str, permission: Permission = READ, changes: Permission = CHANGE, is_open_while_suspended: bool = False
) -> Callable[[View], View]:
    """Decorate a view that answers these methods for members with the permission; `changes` is what POST needs."""
    allowed = [*methods, *(["HEAD"] if "GET" in methods else [])]

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            try:
                return view(request, *args, **kwargs)
            except ApplicationError as error:
                return error_page(request, error)

        page: View = account_page(permission, changes=changes, is_open_while_suspended=is_open_while_suspended)(answered)
        page.methods = [*methods]  # type: ignore[attr-defined]  # tests/pages reads it
        return page

    return decorate


def show(request: AccountRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Page or fragment, with `can_change` for what only some roles may do."""
    return render(request, template, {"can_change": request.caller.may(CHANGE), **context}, status=status)


def error_page(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    """Page that says what a service refused."""
    heading = HEADINGS.get(error.status, "That did not work")
    response = render(request, "dashboard/error.html", {"heading": heading, "message": error.message}, status=error.status)
    for name, value in error.headers.items():
        response.headers[name] = value
    return response


def add_service_error(form: forms.Form, error: ApplicationError, *, renamed: dict[str, str] | None = None) -> None:
    """Show what a service refused beside the field at fault. renamed: fields by the names of the API's parameters."""
    name = (renamed or {}).get(error.param or "", error.param)
    form.add_error(name if name in form.fields else None, error.message)
