"""The servers of the test run."""

import os

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


def test_each_xdist_worker_has_its_own_valkey_database(valkey: redis.Redis) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    assert valkey.connection_pool.connection_kwargs["db"] == (int(worker[2:]) + 1 if worker else 0)
    assert os.environ["REDIS_URL"] == settings.REDIS_URL


def test_each_test_finds_an_empty_valkey(valkey: redis.Redis) -> None:
    assert valkey.dbsize() == 0
    valkey.set("left", "behind")


def test_valkey_is_flushed_between_tests(valkey: redis.Redis) -> None:
    assert valkey.get("left") is None


def test_the_tests_of_a_group_run_in_one_process(request: pytest.FixtureRequest) -> None:
    is_grouped = bool(getattr(request.config.option, "loadgroup", False))
    assert request.node.nodeid.endswith("@tests/test_servers.py") == is_grouped  # how pytest-xdist knows the group
