"""Dismissal of an announcement, from the dashboard."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from apps.accounts.models import User
from apps.announcements.services import dismiss


@require_POST
def dismiss_announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Dismiss it. htmx replaces the announcement by the empty answer; a browser without scripts returns to the dashboard."""
    if not isinstance(request.user, User):
        return HttpResponseRedirect("/account/login/?next=/dashboard/")
    dismiss(announcement_id, user=request.user)
    return HttpResponse() if request.headers.get("HX-Request") else HttpResponseRedirect("/dashboard/")
