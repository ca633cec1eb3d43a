"""Context and rendering that all pages of the playground share."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.callers import Caller
from apps.accounts.roles import Permission
from apps.core.links import public_base
from apps.playground.visitors import find_visitor


def render_tool(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, visitor: Caller | None = None
) -> HttpResponse:
    """A page of a tool, with its visitor (found if not given) and the server's address for requests that it shows."""
    visitor = visitor or find_visitor(request)
    shared = {
        "visitor": visitor,
        "has_account": visitor is not None and visitor.account is not None,
        "may_run": visitor is None or visitor.account is None or visitor.may(Permission.CHANGE),
        "api_base": public_base(request),
    }
    return render(request, template, {**shared, **(context or {})})
