"""Scopes that read a generation: of speech, of renders, of new voices. Each reads what it makes, and tts:generate renders too."""

from typing import Any, Final

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount
from apps.compat.clonyvoice.generation_jobs import makes_voice
from apps.jobs.models import Job
from apps.projects.selectors import is_render

SPEECH_SCOPE: Final = "tts:generate"
READING_SCOPES: Final = (SPEECH_SCOPE, "tts:timeline", "clone:create")


class GenerationScope(BasePermission):
    """Permission for keys that make what is read."""

    def __init__(self, view: "FollowingView") -> None:
        self._view = view

    @property
    def declared_scope(self) -> str:
        """The first of these scopes that the key has; that of speech if it has none."""
        caller = get_caller(self._view.request)
        return next((scope for scope in READING_SCOPES if caller.has_scope(scope)), SPEECH_SCOPE)

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        get_caller(request).needs_scope(self.declared_scope)
        return True


class FollowingView(APIView):
    """Base of the views that read generations; they call check_scope for each one."""

    def get_permissions(self) -> list[Any]:
        """An account, and one of the scopes."""
        return [HasAccount(), GenerationScope(self)]


def check_scope(caller: Caller, job: Job) -> None:
    """Raise 403 missing_scope for a generation that the key could not have made."""
    if makes_voice(job):
        caller.needs_scope("clone:create")
    elif not (is_render(job) and caller.has_scope("tts:timeline")):
        caller.needs_scope(SPEECH_SCOPE)
