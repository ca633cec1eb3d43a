"""Pico's child processes: responses, refusals, hangs and deaths."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workers.contract.errors import WorkError
from workers.pico.process import PicoProcesses

HANGS = "import sys, time\nsys.stdin.readline()\ntime.sleep(60)\n"
DIES = "import sys\nsys.stdin.readline()\n"
TRUNCATES = """import sys
sys.stdin.readline()
sys.stdout.write('{"bytes": 10, "error": ""}\\nabc')
"""


@pytest.fixture
def processes() -> Iterator[PicoProcesses]:
    processes = PicoProcesses()
    yield processes
    processes.close()


def say(processes: PicoProcesses, text: str) -> bytes:
    return processes.speak(text, voice="de-DE", speed=1.0, volume=0.6)


def test_concurrent_calls_get_the_samples_of_their_own_text(processes: PicoProcesses) -> None:
    texts = ["Guten Morgen.", "Der Zug fährt um acht Uhr ab.", "Ja.", "Heute scheint die Sonne."]
    expected = [say(processes, text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: say(processes, text), texts)) == expected
    assert len({len(samples) for samples in expected}) == len(texts)


def test_a_refused_text_is_an_error_and_the_next_call_is_answered(processes: PicoProcesses) -> None:
    with pytest.raises(WorkError, match="Pico could not speak a sentence: pico_getData failed") as refusal:
        say(processes, "9" * 200)
    assert refusal.value.code == "internal_error"
    assert len(say(processes, "Ja.")) > 1000


def test_a_killed_idle_child_is_replaced(processes: PicoProcesses) -> None:
    expected = say(processes, "Ja.")
    (child,) = processes._idle
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert say(processes, "Ja.") == expected


@pytest.mark.parametrize("program", [HANGS, DIES, TRUNCATES])
def test_a_child_without_a_whole_answer_is_an_error_and_is_not_kept(tmp_path: Path, program: str) -> None:
    path = tmp_path / "program.py"
    path.write_text(program)
    processes = PicoProcesses(path, answer_seconds=1.0)
    with pytest.raises(WorkError, match="ended unexpectedly"):
        say(processes, "Ja.")
    assert processes._idle == []
