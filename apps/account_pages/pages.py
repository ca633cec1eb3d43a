"""Decorator of every page here: a member with a role, its methods, and an error page for what a service refuses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.accounts.roles import Permission
from apps.core.errors import ApplicationError
from apps.teams.access import AccountRequest, account_page

View = Callable[..., HttpResponseBase]


def member_page(*methods: str, permission: Permission = Permission.READ, changes: Permission = Permission.CHANGE) -> Callable[[View], View]:
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
                return render(request, "account_pages/error.html", {"error": error}, status=error.status)

        page: View = account_page(permission, changes=changes)(answered)
        page.methods = [*methods]  # type: ignore[attr-defined]  # tests/pages reads it
        return page

    return decorate


def show(request: AccountRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Page, with `can_change` for what only some roles may do."""
    context = {"can_change": request.caller.may(Permission.CHANGE), **context}
    return render(request, f"account_pages/{template}.html", context, status=status)


def add_service_error(form: forms.Form, error: ApplicationError) -> None:
    """Show what a service refused beside the field at fault, or above the form."""
    form.add_error(error.param if error.param in form.fields else None, error.message)
