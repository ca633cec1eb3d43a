"""Orphaned processes of a killed supervisor: recorded at every start, ended by the next."""

import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ttsai.supervisor.home import read_json, write_private
from ttsai.supervisor.identity import end_process, process_identity
from ttsai.supervisor.program import Child

PATIENCE_SECONDS: Final = 5.0


def write_record(path: Path, children: Sequence[Child]) -> None:
    rows = {
        child.program.name: {
            "pid": child.process.pid,
            "identity": process_identity(child.process.pid),
            "signal": int(child.program.stop_signal),
        }
        for child in children
    }
    write_private(path, json.dumps(rows))


def end_orphans(path: Path) -> list[str]:
    """End the recorded processes that still run, last started first; returns their names."""
    found = []
    for name, row in reversed(read_json(path).items()):
        pid, known = row["pid"], row["identity"]
        if known and process_identity(pid) == known:
            found.append(name)
            end_process(pid, known, signal_number=row.get("signal", signal.SIGTERM), seconds=PATIENCE_SECONDS)
    path.unlink(missing_ok=True)
    return found
