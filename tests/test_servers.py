"""The servers of the test run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.servers import PURE_FOLDERS, ROOT, is_pure


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


COUNTING_PLUGIN = """
from tests import servers

def pytest_unconfigure(config):
    print(f"servers started: {sum(len(planned.processes) for planned in servers._planned)}")
"""
TERMINATING_PLUGIN = """
import os, signal, tempfile

def pytest_runtest_setup(item):
    tempfile.mkdtemp()
    os.kill(os.getpid(), signal.SIGTERM)
"""


def run_pure_tests(folder: Path, *, plugin: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with a plugin over a file of pure tests; its temporary files are below `folder / "temporary"`."""
    (folder / "own_plugin.py").write_text(plugin)
    (folder / "temporary").mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TTSAI_", "PYTEST_"))}
    environment |= {"PYTHONPATH": str(folder), "TMPDIR": str(folder / "temporary")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "own_plugin", "tests/workers/contract/test_formats.py"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_a_run_of_pure_tests_alone_starts_no_servers_and_leaves_no_files(tmp_path: Path) -> None:
    finished = run_pure_tests(tmp_path, plugin=COUNTING_PLUGIN)
    assert finished.returncode == 0, finished.stdout
    assert " passed" in finished.stdout
    assert "servers started: 0" in finished.stdout
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_terminated_run_leaves_no_temporary_files(tmp_path: Path) -> None:
    finished = run_pure_tests(tmp_path, plugin=TERMINATING_PLUGIN)
    assert finished.returncode == pytest.ExitCode.INTERRUPTED, finished.stdout
    assert list((tmp_path / "temporary").iterdir()) == []


def test_folders_of_pure_tests_exist_and_others_are_not_pure() -> None:
    assert [folder for folder in PURE_FOLDERS if not (ROOT / folder).is_dir()] == []
    assert not is_pure(ROOT / "tests" / "jobs")
    assert not is_pure(ROOT / "tests" / "workers" / "tasks" / "test_listen.py")
