"""A kind of work for tests, like the separation of a song into stems: three outputs of different media types, the main one first."""

import time
import wave
import zipfile
from dataclasses import dataclass
from pathlib import Path

from workers.contract.codec import Message
from workers.contract.messages import Manifest
from workers.contract.outputs import OutputSpec
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter

KIND = "stems"
RATE = 8000
SECTIONS = [{"start": 0.0, "title": "Verse"}, {"start": 0.5, "title": "Chorus"}]
OUTPUTS = (
    OutputSpec("vocals", "wav", is_kept=True),
    OutputSpec("sections", "json", is_kept=True),
    OutputSpec("stems", "zip", is_kept=True),
    OutputSpec("scratch", "json"),
    OutputSpec("lyrics", "json", is_kept=True, is_optional=True),
)
"""The first three belong to the result; `scratch` is deleted after the job's end, and `lyrics` are never made."""


@dataclass(frozen=True, slots=True)
class StemsWork(Message):
    """One second of silence, separated."""

    hold: str = ""
    """Path of a file: while it exists the part waits after its first output."""


def stems(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Does a part of kind `stems`. Raises PartStoppedError."""
    work = StemsWork.from_dict(run.message.work)
    outputs = OutputWriter(run.message, storage=context.storage)
    with outputs.open("vocals") as vocals:
        with wave.open(str(vocals.path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(bytes(2 * RATE))
        vocals.describe_audio(seconds=1.0, sample_rate=RATE)
    while work.hold and Path(work.hold).exists():
        run.check()
        time.sleep(0.02)
    outputs.write_json("sections", SECTIONS)
    with outputs.open("stems") as stored, zipfile.ZipFile(stored.path, "w") as archive:
        archive.writestr("drums.txt", "boom")
        archive.writestr("bass.txt", "dum")
    outputs.write_json("scratch", {"steps": 3})
    return outputs.finish(units_done=1000)


PART_KINDS = {KIND: stems}
