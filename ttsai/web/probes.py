"""Probes GET /livez, /readyz and /v1/health/, answered on the event loop without Django's threads, authentication or a query."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpResponse, JsonResponse

from apps.core import retry_after
from apps.core.caching import NO_STORE
from apps.core.deferred import Scope
from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import error_response
from apps.core.zones import with_slash
from apps.jobs.health import Health, monitor
from ttsai.web.body import declared_length

LIVE: Final = "/livez/"
READY: Final = "/readyz/"
HEALTH: Final = frozenset({"/v1/health/", "/api/v1/health/"})
DRAINING: Final = "draining"


class Probes:
    """Answers the paths above."""

    def __init__(self, *, is_stopping: Callable[[], bool]) -> None:
        self._is_stopping = is_stopping

    async def find(self, scope: Scope, *, request_id: str) -> HttpResponse | None:
        """Response; None for a request that is not a probe."""
        path, is_read = with_slash(scope["path"]), scope["method"] in {"GET", "HEAD"}
        if path in HEALTH and is_read and declared_length(scope) == 0:  # a body is left to the route, which limits it
            health = await _health()
            return JsonResponse(health.to_dict(), headers=health.headers)
        if path not in {LIVE, READY}:
            return None
        if not is_read:
            message = f'Method "{scope["method"]}" not allowed.'
            error = InvalidRequestError(message, status=405, code="method_not_allowed", headers={"Allow": "GET, HEAD"})
            return error_response(error, request_id=request_id, path=path)
        return JsonResponse({"status": "alive"}, headers=NO_STORE) if path == LIVE else await self._readiness()

    async def _readiness(self) -> HttpResponse:
        lacking = list((await _health()).away)
        if self._is_stopping():
            lacking.append(DRAINING)
        if not lacking:
            return JsonResponse({"status": "ready", "lacking": []}, headers=NO_STORE)
        return JsonResponse({"status": "not_ready", "lacking": lacking}, status=503, headers={**NO_STORE, "Retry-After": retry_after.BUSY})


def limit_headers() -> dict[str, str]:
    """X-RateLimit-* headers: probes are not counted."""
    limit = str(settings.TTSAI_POLLS_PER_MINUTE)
    return {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": limit, "X-RateLimit-Reset": str(int(time.time()))}


async def _health() -> Health:
    return await asyncio.shield(asyncio.wrap_future(monitor.ask()))
