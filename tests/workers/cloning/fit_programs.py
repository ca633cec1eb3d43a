"""Stand-ins of the fitting program for tests of its parent: `python -m tests.workers.cloning.fit_programs FOLDER`; the folder's name says what to do."""

import os
import signal
import sys
import time
from pathlib import Path

from workers.cloning.program import _end_with_parent, _report


def compile_forever() -> int:
    """Fit without a folder, like the program that only compiles."""
    _end_with_parent()
    (Path(os.environ["TTSAI_HOME"]) / "compiling").touch()
    time.sleep(600)
    return 0


def main(folder: Path) -> int:
    _end_with_parent()
    (folder / "pid").write_text(str(os.getpid()))
    with (folder / "runs").open("a") as runs:
        runs.write("x")
    if folder.name == "finishing":
        print("a library that prints")
        for done in range(3):
            _report("fitting", done, 2)
    if folder.name == "sleeping":
        _report("fitting", 0, 2)
        time.sleep(600)
    if folder.name == "failing" or (folder.name == "failing-once" and (folder / "runs").read_text() == "x"):
        raise MemoryError("no memory for the gradient")
    if folder.name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) > 1 else compile_forever())
