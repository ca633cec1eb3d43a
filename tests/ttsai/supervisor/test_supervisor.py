"""Programs are restarted, limited, stopped in order, and never outlive the supervisor."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ttsai.supervisor.parts import Watched, python_part, wait_gone
from ttsai.supervisor import supervisor as module
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.orphans import end_orphans

ROOT = Path(__file__).parents[3]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Supervisor that stops what the test left running."""
    watched = Watched(tmp_path)
    yield watched
    watched.supervisor.stop()


def pids(watched: Watched) -> dict[str, int]:
    record = json.loads((watched.folder / "parts.json").read_text())
    return {name: row["pid"] for name, row in record.items()}


def test_every_line_of_a_part_carries_its_name(watched: Watched) -> None:
    watched.supervisor.start(watched.shell("web", "echo one; echo two >&2; printf three; exec sleep 100"))
    watched.wait_for_line("two")
    assert watched.lines == ["web      | one", "web      | two"]


def test_the_last_line_of_a_part_that_ends_needs_no_line_end(watched: Watched) -> None:
    watched.supervisor.start(watched.shell("web", "printf bye"))
    watched.wait_for_line("ended with")
    assert watched.lines[:2] == ["web      | bye", "ttsai    | web ended with exit code 0; restarting in 0.1 s"]


def test_a_part_that_is_killed_starts_again_after_a_tenth_of_a_second(watched: Watched) -> None:
    watched.supervisor.start(watched.shell("web", "echo up; exec sleep 100"))
    watched.wait_for_line("| up")
    os.kill(pids(watched)["web"], signal.SIGKILL)
    watched.wait_for_line("| up", count=2)
    assert "ttsai    | web ended with SIGKILL; restarting in 0.1 s" in watched.lines


def test_children_of_a_killed_program_are_ended_before_its_restart(watched: Watched) -> None:
    watched.supervisor.start(watched.shell("web", "sleep 100 & echo child $!; wait"))
    watched.wait_for_line("child")
    child = int(watched.lines[0].rsplit(" ", 1)[1])
    os.kill(pids(watched)["web"], signal.SIGKILL)
    watched.wait_for_line("child", count=2)
    wait_gone([child])


def test_a_part_that_keeps_dying_ends_the_start_with_its_last_words(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES_SECONDS", (0.01,) * 5)
    watched.supervisor.start(watched.shell("web", "echo starting; echo no such table >&2; exit 3"))
    with pytest.raises(InstanceError) as caught:
        watched.supervisor.wait_for(lambda: False, seconds=20, what="The web process")
    assert caught.value.code == "part_keeps_dying"
    assert caught.value.message.startswith("web ended 5 times within 60 s, the last time with exit code 3: ")
    assert caught.value.message.endswith("starting / no such table")
    assert "\n" not in caught.value.message
    assert sum("| starting" in line for line in watched.lines) == 5


def test_process_that_keeps_dying_is_restarted_without_limit_and_alone(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSES_SECONDS", (0.01, 0.02, 0.03))
    watched.supervisor.start(watched.shell("web", "exec sleep 100"))
    web = pids(watched)["web"]
    watched.supervisor.start(watched.shell("engine", "exit 1"))
    while watched.printed.getvalue().count("restarting in") < 8:
        watched.supervisor.pump(0.05)
    assert re.findall(r"restarting in (\S+) s", watched.printed.getvalue())[:5] == ["0.01", "0.02", "0.03", "0.03", "0.03"]
    assert pids(watched)["web"] == web
    os.kill(web, 0)


def test_full_disk_stops_neither_the_supervisor_nor_a_restart(watched: Watched) -> None:
    (watched.folder / "parts.json.new").mkdir()  # the record cannot be written, as on a full disk
    watched.supervisor.start(watched.shell("web", "echo up; exec sleep 100"))
    watched.wait_for_line("| up")
    assert sum(line.startswith("ttsai    | web: ") for line in watched.lines) == 1
    (watched.folder / "parts.json.new").rmdir()
    watched.supervisor.start(watched.shell("platform", "exec sleep 100"))
    assert set(pids(watched)) == {"web", "platform"}


def test_the_highest_stage_stops_first(watched: Watched) -> None:
    script = "trap 'echo bye; exit' TERM; echo up; while :; do sleep 0.02; done"
    for name, stage in (("postgres", 0), ("engine", 3), ("web", 4), ("platform", 2)):
        watched.supervisor.start(watched.shell(name, script, stage=stage))
    watched.wait_for_line("| up", count=4)
    watched.supervisor.stop()
    assert [line.split()[0] for line in watched.lines if "| bye" in line] == ["web", "engine", "platform", "postgres"]
    assert not (watched.folder / "parts.json").exists()


def test_processes_of_one_stage_are_stopped_together(watched: Watched) -> None:
    waits = f"trap 'while [ ! -e {watched.folder}/told ]; do sleep 0.02; done; echo bye; exit' TERM"
    watched.supervisor.start(watched.shell("web", f"{waits}; echo up; while :; do sleep 0.02; done", stage=4))
    tells = f"trap 'touch {watched.folder}/told; echo bye; exit' TERM"
    watched.supervisor.start(watched.shell("beat", f"{tells}; echo up; while :; do sleep 0.02; done", stage=4))
    watched.wait_for_line("| up", count=2)
    watched.supervisor.stop()
    assert sorted(line.split()[0] for line in watched.lines if "| bye" in line) == ["beat", "web"]
    assert not any("killing" in line for line in watched.lines)


def test_a_part_that_does_not_stop_is_killed_in_bounded_time(watched: Watched) -> None:
    watched.supervisor.start(watched.shell("web", "trap '' TERM; echo up; while :; do sleep 0.02; done", stop_seconds=0.3))
    watched.wait_for_line("| up")
    known = pids(watched)["web"]
    began = time.monotonic()
    watched.supervisor.stop()
    assert time.monotonic() - began >= 0.3
    assert watched.lines[-1] == "ttsai    | web does not stop; killing it"
    wait_gone([known])


def test_a_part_that_floods_its_output_is_still_stopped(watched: Watched) -> None:
    watched.supervisor.start(python_part("import sys\nwhile True: sys.stdout.write('x' * 100 + '\\n')", folder=watched.folder))
    watched.wait_for_line("xxx", count=1000)
    known = pids(watched)["part"]
    watched.supervisor.stop()
    wait_gone([known])


def test_a_line_without_end_is_cut(watched: Watched) -> None:
    watched.supervisor.start(
        python_part("import sys; sys.stdout.write('x' * 200_000); sys.stdout.flush()\nwhile True: pass", folder=watched.folder)
    )
    watched.wait_until(lambda: len(watched.lines) >= 2)
    assert max(len(line) for line in watched.lines) < 150_000


def test_run_once_waits_for_the_end_of_a_program(watched: Watched) -> None:
    assert watched.supervisor.run_once(watched.shell("prepare", "echo migrating"), seconds=5)
    assert watched.lines == ["prepare  | migrating"]


def test_a_program_that_fails_says_why_in_one_line(watched: Watched) -> None:
    with pytest.raises(InstanceError) as caught:
        watched.supervisor.run_once(watched.shell("prepare", "echo one; echo no permission >&2; exit 2"), seconds=5)
    assert (caught.value.code, caught.value.message) == ("part_failed", "prepare ended with 2: one / no permission")


def test_a_program_that_takes_too_long_is_killed(watched: Watched) -> None:
    with pytest.raises(InstanceError, match="prepare took too long: it said nothing"):
        watched.supervisor.run_once(watched.shell("prepare", "sleep 100"), seconds=0.2)


def test_a_condition_that_never_holds_is_given_up(watched: Watched) -> None:
    with pytest.raises(InstanceError, match="The web process was not ready after 0 s"):
        watched.supervisor.wait_for(lambda: False, seconds=0.2, what="The web process")


def test_a_signal_asks_for_the_end_at_once(watched: Watched) -> None:
    watched.supervisor.start(watched.shell("web", "echo up; exec sleep 100"))
    watched.wait_for_line("| up")
    with watched.supervisor.signals():
        os.kill(os.getpid(), signal.SIGTERM)
        watched.supervisor.run()
    assert watched.supervisor.is_stopping


KILLED = """
import sys, time
from pathlib import Path
from tests.ttsai.supervisor.parts import Watched
watched = Watched(Path(sys.argv[1]))
for name in ("one", "two"):
    watched.supervisor.start(watched.shell(name, "echo $$ > " + name + ".pid; trap '' TERM INT; while :; do sleep 0.05; done"))
watched.supervisor.run()
"""


def start_supervisor(folder: Path) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Supervisor in its own process, and its two programs."""
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not all((folder / f"{name}.pid").exists() and (folder / f"{name}.pid").read_text() for name in ("one", "two")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, [int((folder / f"{name}.pid").read_text()) for name in ("one", "two")]


def test_a_supervisor_that_is_killed_leaves_no_orphans(tmp_path: Path) -> None:
    process, parts = start_supervisor(tmp_path)
    process.kill()
    process.wait()
    wait_gone(parts)


def test_orphans_of_a_killed_supervisor_are_ended_by_the_next(tmp_path: Path) -> None:
    survivor = subprocess.Popen(["sleep", "100"])
    time.sleep(0.05)  # processes are distinguished by when they started, to a hundredth of a second
    try:
        watched = Watched(tmp_path)
        watched.supervisor.start(watched.shell("web", "exec sleep 100"))
        record = json.loads((tmp_path / "parts.json").read_text())
        assert end_orphans(tmp_path / "parts.json") == ["web"]
        wait_gone([record["web"]["pid"]])
        assert end_orphans(tmp_path / "parts.json") == []
        other = {"web": {**record["web"], "pid": survivor.pid}}
        (tmp_path / "parts.json").write_text(json.dumps(other))
        assert end_orphans(tmp_path / "parts.json") == []
        assert survivor.poll() is None
        watched.supervisor.stop()
    finally:
        survivor.kill()
        survivor.wait()
