"""Page of live workers and queues. Its tables are read again every few seconds."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.operator.selectors.live import get_live_state


def live_view(request: HttpRequest) -> HttpResponse:
    """The page, or for htmx its tables alone."""
    if not request.user.has_perm("operator.view_live"):
        raise PermissionDenied
    state = {"state": get_live_state()}
    if request.headers.get("HX-Request"):
        return render(request, "operator/live_tables.html", state)
    return render(request, "operator/live.html", admin.site.each_context(request) | state | {"title": "Workers and queues"})
