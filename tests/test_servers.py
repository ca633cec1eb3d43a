"""The servers of the test run."""

import pytest
import redis
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_a_real_postgres_of_this_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_database()")
        version, name = cursor.fetchone()
    assert version >= 160000
    assert name.startswith("test_ttsai")


def test_each_test_finds_an_empty_valkey(valkey: redis.Redis) -> None:
    assert valkey.connection_pool.connection_kwargs["db"] == int(settings.REDIS_URL.rsplit("/", 1)[1])
    assert valkey.dbsize() == 0
    valkey.set("left", "behind")


def test_what_another_test_left_in_valkey_is_gone(valkey: redis.Redis) -> None:
    assert valkey.get("left") is None
