"""CPU milliseconds of the web process for one accepted POST /v1/tts/, against a bare handler with the same statements."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.bench.recording import PATH, body
from tests.flows.running import ROOT, RunningPlatform
from tests.servers import free_port

ROUNDS = 5
REQUESTS = 150
CLIENTS = 4


def measure_cost(platform: RunningPlatform, key: str) -> dict[str, float]:
    """Measure both in turn; medians of CPU milliseconds per request, user and system."""
    (web,) = platform.pids("web")[:1]
    ours, theirs = [], []
    with _baseline(platform, key) as (url, pid):
        for round_number in range(ROUNDS + 1):
            ours.append(_milliseconds_a_request(web, f"{platform.url}{PATH}", key))
            theirs.append(_milliseconds_a_request(pid, f"{url}{PATH}", key))
            print(
                f"  CPU ms a request: platform {ours[-1]:.2f}, bare handler {theirs[-1]:.2f}{' (warm-up)' if not round_number else ''}",
                flush=True,
            )
            time.sleep(1)
    pairs = list(zip(ours[1:], theirs[1:], strict=True))
    return {
        "platform_cpu_ms": statistics.median(mine for mine, _ in pairs),
        "bare_handler_cpu_ms": statistics.median(other for _, other in pairs),
        "cpu_ratio": statistics.median(mine / other for mine, other in pairs),
    }


def _milliseconds_a_request(pid: int, url: str, key: str) -> float:
    process = psutil.Process(pid)

    def request(client: httpx.Client) -> None:
        client.post(url, json=body()).raise_for_status()

    clients = [httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60) for _ in range(CLIENTS)]
    before = process.cpu_times()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda number: request(clients[number % CLIENTS]), range(REQUESTS)))
    after = process.cpu_times()
    for client in clients:
        client.close()
    return (after.user + after.system - before.user - before.system) * 1000 / REQUESTS


@contextmanager
def _baseline(platform: RunningPlatform, key: str) -> Iterator[tuple[str, int]]:
    """Bare handler in its own process, on the platform's Postgres and Valkey."""
    environment = {**os.environ, **platform.instance()["environment"], "BENCH_KEY": key, "DJANGO_SETTINGS_MODULE": "ttsai.settings"}
    recorded = subprocess.run(
        [sys.executable, "-m", "tests.bench.recording"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    recording = _with_made_ids(json.loads(recorded.stdout))
    path, lua = platform.home / "recording.json", platform.home / "count.lua"
    path.write_text(json.dumps(recording))
    lua.write_text(_limit_script())
    print(f"  one request: {len(recording['statements'])} statements, {len(recording['messages'])} message", flush=True)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.bench.baseline:app", "--port", str(port), "--loop", "uvloop", "--no-access-log"]
    environment |= {"BENCH_RECORDING": str(path), "BENCH_LUA": str(lua)}
    with subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=environment) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def _with_made_ids(recording: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """Mark the statement that created a part with the id it received, which the later admission refers to."""
    admitted = next(
        (s["params"]["ids"][0] for s in recording["statements"] if isinstance(s["params"], dict) and s["params"].get("ids")), None
    )  # type: ignore[index]
    for statement in recording["statements"]:
        if str(statement["sql"]).startswith('INSERT INTO "jobs_part"'):
            statement["made"] = admitted
    return recording


def _limit_script() -> str:
    source = (Path(ROOT) / "apps/core/limits.py").read_text()
    return source.split('COUNT = """')[1].split('"""')[0]


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the bare handler does not start")
