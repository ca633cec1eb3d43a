"""Prepares a long recording for transcription in pieces: decoded, speech detected, cut, language detected."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from workers.audio.probe import DecodedFile, ProbeError, decode_file
from workers.audio.recordings import decoding_limits
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.errors import BAD_AUDIO, INTERNAL_ERROR, WorkError
from workers.contract.messages import Manifest
from workers.contract.outputs import ANALYSIS, AUDIO
from workers.contract.transcription import PrepareWork, RecordingAnalysis
from workers.parts import PartRun
from workers.protocols.recogniser import Recogniser, as_recogniser, check_language
from workers.recognition.cuts import choose_cuts
from workers.recognition.sound import Sound, of_wav, to_float
from workers.recognition.windows import Window, pack_windows
from workers.tasks.context import WorkerContext
from workers.tasks.detect import detect_speech
from workers.tasks.recode import recode
from workers.tasks.results import OutputWriter
from workers.tasks.scheduling import sentence_order

LANGUAGE_DETECTION_WINDOWS: Final = 3
"""Windows for language detection: those with the most speech in the first, the second and the last third."""


def prepare(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `prepare`. Raises WorkError, PartStoppedError."""
    work = PrepareWork.from_dict(run.message.work)
    if work.pieces < 1:
        raise WorkError(INTERNAL_ERROR, "A recording is cut into one piece at least.")
    outputs = OutputWriter(run.message, storage=context.storage)
    with context.models.use(work.engine) as model, outputs.open(AUDIO) as output:
        recogniser = as_recogniser(model)
        language = check_language(recogniser.spec, work.language)
        with context.storage.read(work.source) as source:
            decoded = recode(run, context=context, sources=[source], work=lambda: _decode(source, output.path, work=work))
        analysis = _analyse_recording(run, work=work, sound=of_wav(output.path), language=language, recogniser=recogniser, context=context)
        output.describe_audio(seconds=decoded.audio_seconds, sample_rate=decoded.sample_rate)
    outputs.write_json(ANALYSIS, analysis.to_dict())
    return outputs.finish(details={"engine": recogniser.spec.id, "language": analysis.language, "pieces": work.pieces})


def _decode(source: Path, target: Path, *, work: PrepareWork) -> DecodedFile:
    """Decode the customer's file to 16 kHz mono WAV in a child process. Raises WorkError (bad_audio)."""
    try:
        return decode_file(
            source, target, sample_rate=RECOGNITION_SAMPLE_RATE, channel=work.channel, limits=decoding_limits(work.source_seconds)
        )
    except ProbeError as error:
        raise WorkError(BAD_AUDIO, error.message) from error


def _analyse_recording(
    run: PartRun, *, work: PrepareWork, sound: Sound, language: str, recogniser: Recogniser, context: WorkerContext
) -> RecordingAnalysis:
    order = replace(sentence_order(run.message, index=0, units=1), is_first_sentence=False)
    regions = detect_speech(run, context=context, sound=sound, order=order)
    windows = pack_windows(regions, window_seconds=recogniser.window_seconds, seconds=sound.seconds)
    if windows and not language:
        samples = [to_float(window.read(sound.read)) for window in _language_detection_windows(windows)]

        def detect_language() -> str:
            with context.models.use(work.engine) as model:
                return as_recogniser(model).find_language(samples)

        language = run.wait_for(context.scheduler.submit(replace(order, units=100 * len(samples)), work=detect_language))
    return RecordingAnalysis(
        language=language if windows else "",
        seconds=round(sound.seconds, 3),
        cuts=choose_cuts(windows, pieces=work.pieces, seconds=sound.seconds),
        speech=tuple((region.start, region.end) for region in regions),
    )


def _language_detection_windows(windows: Sequence[Window]) -> list[Window]:
    count = min(LANGUAGE_DETECTION_WINDOWS, len(windows))
    thirds = [windows[len(windows) * third // count : len(windows) * (third + 1) // count] for third in range(count)]
    return [max(third, key=lambda window: window.speech_seconds) for third in thirds]
