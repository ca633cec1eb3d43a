"""Read-only sessions: an operator who looks at the site as an account changes nothing. Enforced for every zone with sessions, the admin too."""

import time
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.dispatch import Signal
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.core.errors import PermissionDeniedError
from apps.core.exception_handler import refusal
from apps.core.zones import zone_of_request

IMPERSONATION: Final = "impersonation"
"""Session entry of an operator who looks at an account: account_id, name, and `until` in Unix seconds."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS: Final = frozenset({"/account/logout/", "/admin/logout/", "/admin/impersonation/end/"})
"""Paths that a read-only session may post to: logging out and the end of the visit."""
MESSAGE: Final = "You see this account as an operator: nothing can be changed. End the visit first."

change_refused: Final = Signal()
"""Sent with `request` and the session's `entry` before a change is refused; apps/operator/impersonation.py records it."""


def find_entry(session: Mapping[str, Any]) -> dict[str, Any] | None:
    """The session's entry while it is valid."""
    entry = session.get(IMPERSONATION)
    return entry if isinstance(entry, dict) and entry.get("until", 0) > time.time() else None


def refuse_change(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse a request that would change something in a read-only session: an error page in zones that have them, JSON in others."""
    if request.method in SAFE_METHODS or request.path in OPEN_PATHS or (entry := find_entry(request.session)) is None:
        return None
    change_refused.send(refuse_change, request=request, entry=entry)
    if zone_of_request(request).has_error_pages:
        raise PermissionDenied(MESSAGE)
    error = PermissionDeniedError(MESSAGE, code="read_only_session")
    return refusal(request, error)
