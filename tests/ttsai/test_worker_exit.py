"""The end of the platform's Celery worker."""

import subprocess
import sys

PROGRAM = """
import threading
from ttsai import worker_exit

answers = iter([True, True, True])

def is_busy():
    is_busy_now = next(answers, False)
    print("busy" if is_busy_now else "idle", flush=True)
    return is_busy_now

worker_exit._is_busy = is_busy
worker_exit.request_exit()
threading.Event().wait()
"""


def test_stopping_worker_exits_once_no_part_is_in_flight() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    states = done.stdout.split()
    assert (done.returncode, states[:3]) == (0, ["busy"] * 3)
    assert set(states[3:]) == {"idle"}
