"""Repetition of requests that a busy or restarting platform refused."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from ttsai.api_client.errors import ApiError

T = TypeVar("T")

RETRIED_STATUSES: Final = frozenset({429, 502, 503})
UNREACHABLE: Final = "unreachable"
"""Code of an ApiError without a response."""
FIRST_PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Number of repetitions, and the longest pause that is waited for."""

    attempts: int = 1
    longest_pause_seconds: float = 120.0
    on_pause: Callable[[ApiError, float], None] | None = None
    """Called before each pause with the error and the seconds."""

    async def run(self, call: Callable[[], Awaitable[T]], *, is_reachable: Callable[[], bool] = lambda: True) -> T:
        """Result of the call, which must be safe to repeat. Raises the last ApiError.

        is_reachable: False while the platform has never answered, so that a wrong address is reported at once.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                return await call()
            except ApiError as error:
                pause = self._pause(error, attempt)
                if pause is None or (error.code == UNREACHABLE and not is_reachable()):
                    raise
                if self.on_pause is not None:
                    self.on_pause(error, pause)
            await asyncio.sleep(pause)
        raise AssertionError  # the last attempt has returned or raised

    def _pause(self, error: ApiError, attempt: int) -> float | None:
        """Seconds until the next attempt; None if there is none."""
        if attempt >= self.attempts or not (error.status in RETRIED_STATUSES or error.code == UNREACHABLE):
            return None
        pause = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) if error.retry_after is None else error.retry_after
        return pause if pause <= self.longest_pause_seconds else None


NO_RETRIES: Final = RetryPolicy()
