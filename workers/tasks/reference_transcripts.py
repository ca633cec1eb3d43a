"""Words of a speaker's recordings: transcribed by a recogniser of this worker, or timed if they were given."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.cloning.reference import ExaminedReference
from workers.contract.cloning import SpokenSegment
from workers.contract.engines import EngineSpec
from workers.fairness import Order
from workers.kokoro.runtime import SAMPLE_RATE
from workers.parts import PartRun
from workers.protocols.recogniser import RecognitionOptions, as_recogniser
from workers.recognition.sound import Sound, of_bytes
from workers.recognition.speech_regions import Region
from workers.recognition.windows import pack_windows
from workers.tasks.context import WorkerContext
from workers.tasks.window_transcription import WindowTranscriber

USED_SECONDS: Final = 24.0
"""Speech of all recordings together that a fit uses: more makes it no better and the alignment slower."""
LONGEST_GIVEN_SECONDS: Final = 28.0
"""A given transcript is used for recordings of at most this length: Kokoro reads it in one breath."""


@dataclass(frozen=True, slots=True)
class ReferenceTranscript:
    """Words of one recording."""

    language: str
    """Primary tag; empty if unknown."""
    segments: tuple[SpokenSegment, ...]

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


def transcribe_reference(
    run: PartRun, *, context: WorkerContext, reference: ExaminedReference, given: str, language: str, order: Order
) -> ReferenceTranscript:
    """Words of a recording. given: its transcript, if the caller knows it. Raises WorkError, PartStoppedError."""
    regions = _first_speech(reference.regions)
    spec = _recogniser_for(context, language)
    if given and len(reference.samples) / SAMPLE_RATE <= LONGEST_GIVEN_SECONDS and (language or spec is None):
        return ReferenceTranscript(language or "en", (SpokenSegment(regions[0].start, regions[-1].end, given.strip()),))
    if spec is None:
        return ReferenceTranscript(language, ())
    sound = _sound(reference)
    with context.models.use(spec.id) as model:
        recogniser = as_recogniser(model)
        transcriber = WindowTranscriber(run, context=context, recogniser=recogniser, sound=sound, order=order, is_any_language=not language)
        windows = pack_windows(regions, window_seconds=recogniser.window_seconds, seconds=sound.seconds)
        options = RecognitionOptions(language=language)
        results = list(transcriber.transcribe(windows, options=options, batch_windows=1))
    found = language or next((result.language for result in results if result.language), "")
    if given and len(reference.samples) / SAMPLE_RATE <= LONGEST_GIVEN_SECONDS:
        return ReferenceTranscript(found, (SpokenSegment(regions[0].start, regions[-1].end, given.strip()),))
    segments = (segment for result in results for segment in result.segments if segment.text.strip())
    return ReferenceTranscript(found, tuple(SpokenSegment(one.start, one.end, one.text.strip()) for one in segments))


def _first_speech(regions: tuple[Region, ...]) -> list[Region]:
    """Regions from the beginning, until they hold enough speech."""
    chosen: list[Region] = []
    for region in regions:
        if sum(one.seconds for one in chosen) >= USED_SECONDS:
            break
        chosen.append(region)
    return chosen


def _recogniser_for(context: WorkerContext, language: str) -> EngineSpec | None:
    """The recogniser of this worker that times words in the most languages and knows this one; None without any."""
    specs = [spec for spec in context.models.specs if spec.kind == "stt" and (not language or language in spec.languages)]
    return max(specs, key=lambda spec: (spec.has_word_timings, len(spec.languages), -spec.memory_bytes), default=None)


def _sound(reference: ExaminedReference) -> Sound:
    samples = resample(reference.samples, input_rate=SAMPLE_RATE, output_rate=RECOGNITION_SAMPLE_RATE)
    raw = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
    return of_bytes(raw, start=0.0, seconds=len(samples) / RECOGNITION_SAMPLE_RATE)
