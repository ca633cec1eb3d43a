"""External servers named by the environment, checked before anything starts."""

from typing import Final

import psycopg
import redis

from ttsai.supervisor.errors import InstanceError

CONNECT_SECONDS: Final = 5


def require_database(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.Error as error:
        raise InstanceError("database_unreachable", f"The database of DATABASE_URL cannot be used: {_first_line(error)}") from error


def require_broker(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS) as client:
            client.ping()
    except (redis.exceptions.RedisError, ValueError) as error:
        raise InstanceError("broker_unreachable", f"The broker of REDIS_URL cannot be used: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
