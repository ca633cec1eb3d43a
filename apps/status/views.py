"""GET /v1/status/, the page /status/ and its feed. All answer while the workers or the database are away."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.links import public_base
from apps.status.components import COMPONENTS
from apps.status.feed import atom_feed
from apps.status.serializers import StatusSerializer
from apps.status.services.kept_status import read_shown

HEADLINES = {
    "up": "Everything works",
    "degraded": "Something is slow",
    "down": "Something is down",
    "unknown": "No recent probe",
}
OPEN_INCIDENT = "An incident is open"
"""Headline while all probes succeed, and the operator knows more than they do."""
TITLES = {component.id: component.title for component in COMPONENTS}
CACHED = {"Cache-Control": "public, max-age=15"}


class StatusView(APIView):
    """Status for programs."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    @extend_schema(operation_id="status", tags=["health"], responses=StatusSerializer, summary="Status, uptime and incidents")
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """State of each component by the platform's own probes, its uptime over 90 days, and the operator's incidents. Needs no key, and
        answers during outages with the last known state.
        """
        return Response(read_shown(), headers=CACHED)


@require_safe
def status_page(request: HttpRequest) -> HttpResponse:
    """GET /status/."""
    shown = _for_people(read_shown())
    asked = request if shown["is_current"] else _without_session(request)
    is_public = settings.SESSION_COOKIE_NAME not in request.COOKIES  # others see their own menu
    context = {"status": shown, "headline": _headline_of(shown), "is_public": is_public}
    response = render(asked, "status/status.html", context)  # without a token of anybody's if caches may keep it
    response["Cache-Control"] = CACHED["Cache-Control"] if is_public else "no-store"
    return response


@require_safe
def status_feed(request: HttpRequest) -> HttpResponse:
    """GET /status/feed/: incidents and their updates."""
    body = atom_feed(read_shown(), address=f"{public_base(request)}/status/")
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8", headers=CACHED)


def _headline_of(shown: dict[str, Any]) -> str:
    return OPEN_INCIDENT if shown["status"] == "up" and shown["incidents"] else HEADLINES[shown["status"]]


def _without_session(request: HttpRequest) -> HttpRequest:
    """The request of a visitor: sessions are in the database, which does not answer. The person's own session stays as it is."""
    bare = HttpRequest()
    bare.META, bare.path, bare.path_info, bare.method = request.META, request.path, request.path_info, request.method
    bare.session = SessionStore()
    bare.user = AnonymousUser()
    return bare


def _for_people(shown: dict[str, Any]) -> dict[str, Any]:
    """The status with times as datetimes, which templates format."""
    lists = {name: [_incident(one) for one in shown[name]] for name in ("incidents", "scheduled_maintenance", "past_incidents")}
    return {**shown, **lists, "probed_at": _time(shown["probed_at"]), "components": [_component(one) for one in shown["components"]]}


def _component(component: dict[str, Any]) -> dict[str, Any]:
    days = [{**day, "text": _words(day)} for day in component["days"]]
    return {**component, "days": days, "days_with_data": sum(day["uptime"] is not None for day in days)}


def _words(day: dict[str, Any]) -> str:
    return (
        f"{day['day']}: no data"
        if day["uptime"] is None
        else f"{day['day']}: {day['uptime']:g}% up, {day['minutes']} of 1,440 minutes probed"
    )


def _incident(incident: dict[str, Any]) -> dict[str, Any]:
    updates = [{**update, "at": _time(update["at"])} for update in incident["updates"]]
    titles = [TITLES[one] for one in incident["components"] if one in TITLES]
    return {
        **incident,
        "titles": titles,
        "starts_at": _time(incident["starts_at"]),
        "ends_at": _time(incident["ends_at"]),
        "updates": updates,
    }


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
