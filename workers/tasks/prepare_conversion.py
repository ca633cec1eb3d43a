"""Prepares a recording for conversion in pieces: decoded, cut at quiet moments, its speaker measured."""

from pathlib import Path

from workers.audio.probe import DecodedFile, ProbeError, decode_file
from workers.audio.recordings import decoding_limits
from workers.contract.conversion import CONVERSION_RATE, ConversionAnalysis, PrepareConversionWork
from workers.contract.errors import BAD_AUDIO, INTERNAL_ERROR, WorkError
from workers.contract.messages import Manifest
from workers.contract.outputs import ANALYSIS, AUDIO
from workers.conversion.analysis import SILENT_BELOW_DECIBELS, choose_cuts, loud_level, open_wav, profile_samples
from workers.conversion.world import measure_profile
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.recode import recode
from workers.tasks.results import OutputWriter
from workers.tasks.scheduling import sentence_order


def prepare_conversion(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `prepare_conversion`. Raises WorkError (bad_audio for a silent recording), PartStoppedError."""
    work = PrepareConversionWork.from_dict(run.message.work)
    if work.pieces < 1:
        raise WorkError(INTERNAL_ERROR, "A recording is cut into one piece at least.")
    outputs = OutputWriter(run.message, storage=context.storage)
    with outputs.open(AUDIO) as output:
        with context.storage.read(work.source) as source:
            decoded = recode(run, context=context, sources=[source], work=lambda: _decode(source, output.path, seconds=work.source_seconds))
        order = sentence_order(run.message, index=0, units=1)
        analysis = run.wait_for(context.scheduler.submit(order, work=lambda: _analyse(output.path, pieces=work.pieces)))
        output.describe_audio(seconds=decoded.audio_seconds, sample_rate=decoded.sample_rate)
    outputs.write_json(ANALYSIS, analysis.to_dict())
    return outputs.finish(details={"pieces": work.pieces})


def _decode(source: Path, target: Path, *, seconds: float) -> DecodedFile:
    """Decode the customer's file to mono WAV in a child process. Raises WorkError (bad_audio)."""
    try:
        return decode_file(source, target, sample_rate=CONVERSION_RATE, limits=decoding_limits(seconds))
    except ProbeError as error:
        raise WorkError(BAD_AUDIO, error.message) from error


def _analyse(path: Path, *, pieces: int) -> ConversionAnalysis:
    """Raises WorkError (bad_audio) for a silent recording."""
    read, seconds = open_wav(path)
    samples = profile_samples(read, seconds=seconds)
    level = loud_level(samples)
    if level < SILENT_BELOW_DECIBELS:
        raise WorkError(BAD_AUDIO, "The recording is silent: there is nothing to convert. Check the microphone and record it again.")
    return ConversionAnalysis(
        seconds=seconds,
        cuts=choose_cuts(read, pieces=pieces, seconds=seconds),
        level_decibels=round(level, 2),
        profile=measure_profile(samples),
    )
