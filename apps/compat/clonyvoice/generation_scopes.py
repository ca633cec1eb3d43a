"""Scope of requests about one generation: a key that only renders projects may follow and cancel renders."""

from typing import Any, Final

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount
from apps.jobs.models import Job
from apps.projects.selectors import is_render

SPEECH_SCOPE: Final = "tts:generate"
RENDER_SCOPE: Final = "tts:timeline"


class GenerationScope(BasePermission):
    """Permission for keys that speak or render. A request counts for the scope by which it is allowed."""

    def __init__(self, view: "FollowingView") -> None:
        self._view = view

    @property
    def declared_scope(self) -> str:
        """Scope, which the request is counted for."""
        caller = get_caller(self._view.request)
        return RENDER_SCOPE if caller.has_scope(RENDER_SCOPE) and not caller.has_scope(SPEECH_SCOPE) else SPEECH_SCOPE

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        get_caller(request).needs_scope(self.declared_scope)
        return True


class FollowingView(APIView):
    """Base of the views that follow and cancel generations; they call check_scope for each one."""

    def get_permissions(self) -> list[Any]:
        """An account, and one of the two scopes."""
        return [HasAccount(), GenerationScope(self)]


def check_scope(caller: Caller, job: Job) -> None:
    """Raise 403 missing_scope for a generation that is no render, if the key only renders."""
    if not is_render(job):
        caller.needs_scope(SPEECH_SCOPE)
