"""Diarization task: the turns of the speakers of a recording."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from workers.audio.recordings import decoding_limits, open_recording
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.audio_tools import DiarizeWork, ToolDocument
from workers.contract.messages import Manifest
from workers.contract.outputs import TEXT
from workers.parts import PartRun
from workers.recognition.diarize.recordings import diarize_recording, find_overlaps
from workers.speakers import SpeakerTurn
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter
from workers.tasks.stepwise import compute_stepwise

RTTM_OUTPUT: Final = "rttm"


def diarize(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `diarize`. Raises WorkError, PartStoppedError."""
    work = DiarizeWork.from_dict(run.message.work)
    with context.storage.read(work.source) as source:
        turns, seconds = compute_stepwise(run, context=context, steps=_find_turns(source, work=work), seconds=work.source_seconds)
    outputs = OutputWriter(run.message, storage=context.storage)
    outputs.write_json(TEXT, ToolDocument(describe_turns(turns, seconds=seconds)).to_dict())
    with outputs.open(RTTM_OUTPUT) as output:
        output.path.write_text(write_rttm(turns, name=run.message.job))
    return outputs.finish(units_done=round(seconds * 1000))


def describe_turns(turns: list[SpeakerTurn], *, seconds: float) -> dict[str, Any]:
    overlaps = find_overlaps(turns)
    overlapped = [(start, end) for start, end, _ in overlaps]
    speakers = range(1 + max((turn.speaker for turn in turns), default=-1))
    return {
        "duration": round(seconds, 3),
        "num_speakers": len(speakers),
        "speakers": [
            {"speaker": name_of(speaker), "seconds": round(sum(turn.end - turn.start for turn in turns if turn.speaker == speaker), 3)}
            for speaker in speakers
        ],
        "segments": [
            {
                "start": round(turn.start, 3),
                "end": round(turn.end, 3),
                "speaker": name_of(turn.speaker),
                "has_overlap": any(start < turn.end and end > turn.start for start, end in overlapped),
            }
            for turn in turns
        ],
        "overlaps": [
            {"start": round(start, 3), "end": round(end, 3), "speakers": [name_of(speaker) for speaker in names]}
            for start, end, names in overlaps
        ],
    }


def write_rttm(turns: list[SpeakerTurn], *, name: str) -> str:
    """Turns in NIST's Rich Transcription Time Marked format (RT-09 evaluation plan, appendix A).

    A comment where nobody speaks: an output without bytes counts as lost.
    """
    if not turns:
        return f";; {name}: no speech\n"
    return "".join(
        f"SPEAKER {name} 1 {turn.start:.3f} {turn.end - turn.start:.3f} <NA> <NA> {name_of(turn.speaker)} <NA> <NA>\n" for turn in turns
    )


def name_of(speaker: int) -> str:
    return f"SPEAKER_{speaker:02d}"


def _find_turns(source: Path, *, work: DiarizeWork) -> Generator[float, None, tuple[list[SpeakerTurn], float]]:
    with open_recording(source, sample_rate=RECOGNITION_SAMPLE_RATE, limits=decoding_limits(work.source_seconds)) as recording:
        yield 0.0
        turns = yield from diarize_recording(recording, speakers=work.speakers)
        return turns, recording.seconds
