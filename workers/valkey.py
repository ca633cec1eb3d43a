"""Valkey connections that treat a server that refuses writes as unavailable: for both programs and for kombu.

A server with a full disk (MISCONF), without memory (OOM) or turned replica (READONLY) answers, and accepts no writes. Everything that waits
for an absent server then waits for this one too, and continues when it accepts writes again.
"""

from typing import Any, Final

import redis
from kombu.transport import redis as kombu_redis

REFUSALS: Final = ("MISCONF", "OOM", "READONLY", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN")
"""First words of errors that concern the server's state, not the command. redis-py drops the word for errors that it has a class for."""
REFUSAL_CLASSES: Final = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.MasterDownError,
    redis.exceptions.ClusterDownError,
)


class ValkeyRefusesError(redis.ConnectionError):
    """The server answers but accepts no writes."""


def is_refusal(error: redis.ResponseError) -> bool:
    """True for an error about the server's state."""
    return isinstance(error, REFUSAL_CLASSES) or str(error).startswith(REFUSALS)


class StateAware:
    """Mixin of connections: raises ValkeyRefusesError, a ConnectionError, for errors that concern the server's state."""

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        """Read the response as the connection itself does. The connection is closed after a refusal, since a pipeline may have left responses in it."""
        try:
            return super().read_response(*arguments, **options)  # type: ignore[misc]
        except redis.ResponseError as error:
            if not is_refusal(error):
                raise
            self.disconnect()  # type: ignore[attr-defined]
            raise ValkeyRefusesError(str(error)) from error


class Connection(StateAware, redis.Connection):
    """TCP connection."""


class SSLConnection(StateAware, redis.SSLConnection):
    """TLS connection."""


def connection_class(url: str) -> type[redis.Connection]:
    return SSLConnection if url.startswith("rediss://") else Connection


class Channel(kombu_redis.Channel):
    """Channel of kombu with the connections above."""

    connection_class = Connection
    connection_class_ssl = SSLConnection


class Transport(kombu_redis.Transport):
    """Transport of kombu with the channel above, for Celery's setting broker_transport."""

    Channel = Channel


TRANSPORT: Final = f"{Transport.__module__}:{Transport.__qualname__}"
