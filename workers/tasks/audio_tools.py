"""Audio tools that need no engine: convert, cut silence, normalise, draw, analyse a customer's recording."""

from functools import partial
from pathlib import Path
from typing import Any, Protocol

from workers.audio.encoding import EncodedFile
from workers.audio.levelling import normalize as normalize_steps
from workers.audio.music import analyze as analyze_steps
from workers.audio.peaks import waveform as waveform_steps
from workers.audio.probe import ProbeLimits
from workers.audio.recordings import decoding_limits
from workers.audio.rewriting import Steps, rewrite
from workers.audio.silence import trim_silence as trim_silence_steps
from workers.contract.audio_tools import (
    AnalyzeWork,
    AudioForm,
    ConvertRecordingWork,
    NormalizeWork,
    RecordingWork,
    ToolDocument,
    TrimSilenceWork,
    WaveformWork,
)
from workers.contract.messages import Manifest
from workers.contract.outputs import AUDIO
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format, store_document
from workers.tasks.stepwise import compute_stepwise


class WriteAudio(Protocol):
    """Reads the source and writes the target (workers/audio/rewriting.py)."""

    def __call__(self, source: Path, target: Path, *, limits: ProbeLimits) -> Steps[EncodedFile]: ...


class FindFacts(Protocol):
    """Reads the source for facts that the API shows."""

    def __call__(self, source: Path, *, limits: ProbeLimits) -> Steps[dict[str, Any]]: ...


def convert_recording(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `convert_recording`. Raises WorkError, PartStoppedError."""
    work = ConvertRecordingWork.from_dict(run.message.work)
    return _store_audio(run, context=context, work=work, form=work.form, write=partial(rewrite, form=work.form))


def trim_silence(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `trim_silence`. Raises WorkError, PartStoppedError."""
    work = TrimSilenceWork.from_dict(run.message.work)
    write = partial(
        trim_silence_steps,
        form=work.form,
        threshold_decibels=work.threshold_decibels,
        padding_seconds=work.padding_seconds,
        longest_pause_seconds=work.longest_pause_seconds,
    )
    return _store_audio(run, context=context, work=work, form=work.form, write=write)


def normalize(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `normalize`. Raises WorkError, PartStoppedError."""
    work = NormalizeWork.from_dict(run.message.work)
    write = partial(normalize_steps, form=work.form, target_lufs=work.target_lufs, ceiling_decibels=work.ceiling_decibels)
    return _store_audio(run, context=context, work=work, form=work.form, write=write)


def waveform(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `waveform`. Raises WorkError, PartStoppedError."""
    work = WaveformWork.from_dict(run.message.work)
    find = partial(waveform_steps, samples_per_pixel=work.samples_per_pixel, bits=work.bits, channels=work.channels)
    return _store_facts(run, context=context, work=work, find=find)


def analyze(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `analyze`. Raises WorkError, PartStoppedError."""
    return _store_facts(run, context=context, work=AnalyzeWork.from_dict(run.message.work), find=analyze_steps)


def _store_audio(run: PartRun, *, context: WorkerContext, work: RecordingWork, form: AudioForm, write: WriteAudio) -> Manifest:
    check_format(form.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    with context.storage.read(work.source) as source, outputs.open(AUDIO) as output:
        steps = write(source, output.path, limits=decoding_limits(work.source_seconds))
        encoded = compute_stepwise(run, context=context, steps=steps, seconds=work.source_seconds)
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    return outputs.finish(units_done=_milliseconds(work))


def _store_facts(run: PartRun, *, context: WorkerContext, work: RecordingWork, find: FindFacts) -> Manifest:
    with context.storage.read(work.source) as source:
        steps = find(source, limits=decoding_limits(work.source_seconds))
        facts = compute_stepwise(run, context=context, steps=steps, seconds=work.source_seconds)
    return store_document(
        run.message,
        storage=context.storage,
        document=ToolDocument(facts),
        audio_seconds=work.source_seconds,
        units_done=_milliseconds(work),
    )


def _milliseconds(work: RecordingWork) -> int:
    return round(work.source_seconds * 1000)
