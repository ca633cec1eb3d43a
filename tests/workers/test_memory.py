"""The worker's arenas."""

import subprocess
import sys

import pytest

COUNT_ARENAS = """
import ctypes, os, threading
from workers.memory import limit_arenas
limit_arenas()
barrier = threading.Barrier(16)
def work():
    kept = ctypes.CDLL(None)
    kept.malloc.restype = ctypes.c_void_p
    kept.malloc(1000)
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's arenas")
def test_sixteen_threads_share_two_arenas() -> None:
    done = subprocess.run([sys.executable, "-c", COUNT_ARENAS], capture_output=True, text=True, check=True)
    assert [line for line in done.stderr.splitlines() if line.startswith("Arena")] == ["Arena 0:", "Arena 1:"]
