"""Connections to Valkey that treat a server which refuses writes as one that is away: for both programs and for kombu.

A server with a full disk (MISCONF), with no memory left (OOM) or that became a replica (READONLY) answers, and takes nothing. Everything
that already waits for an absent server then waits for this one too, and goes on when it writes again.
"""

from typing import Any, Final

import redis
from kombu.transport import redis as kombu_redis

REFUSALS: Final = ("MISCONF", "OOM", "READONLY", "NOREPLICAS", "MASTERDOWN", "CLUSTERDOWN")
"""First words of answers that concern the server's state, not the command. redis-py drops the word where it has a class for it."""
REFUSAL_CLASSES: Final = (
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.MasterDownError,
    redis.exceptions.ClusterDownError,
)


class ValkeyRefusesError(redis.ConnectionError):
    """The server answers and takes no writes."""


def is_refusal(error: redis.ResponseError) -> bool:
    """True if the answer is about the state of the server."""
    return isinstance(error, REFUSAL_CLASSES) or str(error).startswith(REFUSALS)


class StateAware:
    """Mixin of connections: raises ValkeyRefusesError, a ConnectionError, for answers that concern the server's state."""

    def read_response(self, *arguments: Any, **options: Any) -> Any:
        """As the connection's own. After a refusal the connection is closed: a pipeline may have left answers in it."""
        try:
            return super().read_response(*arguments, **options)  # type: ignore[misc]
        except redis.ResponseError as error:
            if not is_refusal(error):
                raise
            self.disconnect()  # type: ignore[attr-defined]
            raise ValkeyRefusesError(str(error)) from error


class Connection(StateAware, redis.Connection):
    """By TCP."""


class SSLConnection(StateAware, redis.SSLConnection):
    """By TLS."""


def connection_class(url: str) -> type[redis.Connection]:
    """The class for a redis:// or rediss:// address."""
    return SSLConnection if url.startswith("rediss://") else Connection


class Channel(kombu_redis.Channel):
    """kombu's, with the connections above."""

    connection_class = Connection
    connection_class_ssl = SSLConnection


class Transport(kombu_redis.Transport):
    """kombu's, with the channel above. Celery's setting broker_transport names it."""

    Channel = Channel


TRANSPORT: Final = f"{Transport.__module__}:{Transport.__qualname__}"
