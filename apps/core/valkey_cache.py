"""Django's cache in Valkey, for rate limits of libraries: JSON values, and no error while Valkey is away (then nothing is cached).

Nothing that must not be forgotten belongs here; sessions are rows.
"""

import json
import secrets
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from apps.core.valkey import call_or, client
from workers.circuit_breaker import CircuitBreaker

breaker: Final = CircuitBreaker("Valkey")
EFFECT: Final = "rate limits of forms are not counted"


class ValkeyCache(BaseCache):
    """Cache over the process's own connection pool. While Valkey is away `get` finds nothing and `add` succeeds."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found: Any = call_or(None, lambda: client().get(self._name(key, version)), breaker=breaker, effect=EFFECT)
        return default if found is None else json.loads(found)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._write(key, value, timeout, version)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._write(key, value, timeout, version, nx=True)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        seconds = self._milliseconds(timeout)
        name = self._name(key, version)
        call: Any = (lambda: client().persist(name)) if seconds is None else (lambda: client().pexpire(name, seconds))
        return bool(call_or(0, call, breaker=breaker, effect=EFFECT))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(call_or(0, lambda: client().delete(self._name(key, version)), breaker=breaker, effect=EFFECT))

    def clear(self) -> None:
        """Forget every value, by another prefix of the names of this process's values."""
        self.key_prefix = secrets.token_hex(4)

    def _write(self, key: str, value: Any, timeout: Any, version: int | None, *, nx: bool = False) -> bool:
        milliseconds = self._milliseconds(timeout)
        if milliseconds == 0:
            return self.delete(key, version)
        try:
            text = json.dumps(value)
        except TypeError:
            return False  # objects of a library are not cached: reading them back would be running what lies in Valkey
        call: Any = lambda: client().set(self._name(key, version), text, px=milliseconds, nx=nx)  # noqa: E731
        return bool(call_or(1, call, breaker=breaker, effect=EFFECT))

    def _milliseconds(self, timeout: Any) -> int | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else max(0, round(seconds * 1000))

    def _name(self, key: str, version: int | None) -> str:
        return f"cache:{self.make_and_validate_key(key, version=version)}"
