"""Latency of an address while the machine is busy, asked from a process of its own: threads of the benchmark do not delay its clock.

`python -m tests.bench.probe URL` requests URL every 50 ms until its standard input closes, then prints the seconds of each answer as JSON.
"""

import json
import select
import subprocess
import sys
import time
from typing import Final, Self

import httpx

from tests.environment import ROOT

PAUSE_SECONDS: Final = 0.05


class HealthProbe:
    """Requests a URL in a child process while the block runs; afterwards `seconds` has the latency of each answer."""

    def __init__(self, url: str) -> None:
        self.seconds: list[float] = []
        self._url = url

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", __name__, self._url]
        self._child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._child.stdout is not None
        self._child.stdout.readline()  # the first answer has come: starting the interpreter is no part of the measurement
        return self

    def __exit__(self, *_: object) -> None:
        printed, _errors = self._child.communicate()
        if self._child.returncode:
            raise RuntimeError(f"the probe of {self._url} ended with {self._child.returncode}")
        self.seconds = json.loads(printed)


def main() -> None:
    """Probe the address in the first argument."""
    seconds = []
    with httpx.Client(timeout=60) as client:
        client.get(sys.argv[1]).raise_for_status()
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
            started = time.perf_counter()
            client.get(sys.argv[1]).raise_for_status()
            seconds.append(time.perf_counter() - started)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
