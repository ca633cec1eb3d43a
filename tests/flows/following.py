"""Follows a job of a running platform by its API, rows and files."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.flows.running import RunningPlatform

OVER = frozenset({"completed", "failed", "cancelled"})


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Poll until the condition holds. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so after {seconds:.0f} s")
        time.sleep(0.05)


def wait_for_end(client: httpx.Client, uuid: str, *, seconds: float = 120) -> dict[str, Any]:
    """Wait for the end of a job and return its result."""
    found: dict[str, Any] = {}

    def is_over() -> bool:
        found.update(client.get("/v1/speech/results/", params={"uuid": uuid}).json())
        return found["status"] in OVER

    wait_until(is_over, seconds=seconds)
    return found


def parts_of(platform: RunningPlatform, uuid: str) -> list[tuple[str, str, int]]:
    """Kind, state and attempts of each of a job's parts, in order."""
    return _rows(platform, "SELECT kind, state, attempts FROM jobs_part WHERE job_id = %s ORDER BY index", uuid)


def entries_of(platform: RunningPlatform, uuid: str) -> dict[str, int]:
    """Sums booked by a job, in thousandths of a credit, by kind of entry."""
    return dict(_rows(platform, "SELECT kind, amount_millicredits FROM billing_ledgerentry WHERE job_uuid = %s", uuid))


def is_admission_paused(platform: RunningPlatform) -> bool:
    """True while no part is given to workers, because the store is away."""
    with psycopg.connect(platform.instance()["database_url"]) as connection:
        return bool(connection.execute("SELECT EXISTS (SELECT FROM jobs_admissionpause WHERE until > clock_timestamp())").fetchall()[0][0])


def source_of(platform: RunningPlatform, uuid: str) -> Path:
    """Path of the recording that came with a job."""
    ((key,),) = _rows(platform, "SELECT params ->> 'source' FROM jobs_job WHERE uuid = %s", uuid)
    return platform.home / "objects" / str(key)


def files_of(platform: RunningPlatform, uuid: str) -> list[str]:
    """Names of a job's files, sorted."""
    folders = (platform.home / "objects").glob(f"*/{uuid}")
    return sorted(name for folder in folders for _, _, names in os.walk(folder) for name in names)  # others may be deleting there


def _rows(platform: RunningPlatform, query: str, uuid: str) -> list[Any]:
    with psycopg.connect(platform.instance()["database_url"]) as connection:
        return connection.execute(query, [uuid]).fetchall()
