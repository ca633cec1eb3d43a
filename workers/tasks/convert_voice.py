"""Conversion task: one piece of a prepared recording in another voice, stretch by stretch."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import numpy as np

from workers.audio.encoding import FileEncoder
from workers.audio.loudness import limit_peaks
from workers.audio.samples import Samples
from workers.audio.tempo import change_tempo
from workers.contract.conversion import CONVERSION_RATE, ConversionAnalysis, ConvertVoiceWork, SpeakerProfile
from workers.contract.errors import INTERNAL_ERROR, NOTHING_TO_SAY, UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.messages import Manifest
from workers.contract.outputs import AUDIO
from workers.contract.provenance import needs_watermark
from workers.contract.transcription import TranscriptDocument, TranscriptWord
from workers.contract.voices import VoiceRef
from workers.conversion.analysis import byte_span, to_samples
from workers.conversion.delivery import prosody_of
from workers.conversion.stretches import LevelTrack, Stretch, cut_sound, plan_stretches
from workers.conversion.targets import at_conversion_rate, reference_sentence
from workers.conversion.timeline import HALF_OVERLAP, Timeline
from workers.conversion.world import measure_profile
from workers.parts import PartRun
from workers.protocols.converter import ConversionOptions, Converter, as_converter
from workers.protocols.engine import VoiceFileEngine, as_speaker
from workers.provenance.watermark import Watermarker
from workers.stream import PartEvents
from workers.tasks.conditioning import prepare_voices
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format, read_document
from workers.tasks.scheduling import compute_in_order, long_piece_order

UNITS_PER_SECOND: Final = 15
"""Scheduling units: a second of speech is converted in about the time of synthesising it, 15 characters."""

UNSPACED_LANGUAGES: Final = frozenset({"ja", "zh"})
"""Languages written without spaces between words."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Samples of a piece with the overlap on both sides, and how they are divided."""

    samples: Samples
    first: int
    """Position of the first sample in the recording."""
    timeline: Timeline
    stretches: tuple[Stretch, ...]

    def source(self, stretch: Stretch) -> Samples:
        """Samples that the stretch is converted from."""
        first, last = self.timeline.source_span(stretch.start, stretch.end)
        return self.samples[max(0, first - self.first) : max(0, last - self.first)]


def convert_voice(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `convert_voice`. Raises WorkError, PartStoppedError."""
    work = ConvertVoiceWork.from_dict(run.message.work)
    check_format(work.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    analysis = read_document(work.analysis, ConversionAnalysis, storage=context.storage)
    transcript = read_document(work.transcript, TranscriptDocument, storage=context.storage) if work.transcript else None
    with context.models.use(work.engine) as model, outputs.open(AUDIO) as output:
        converter = as_converter(model)
        speaks = _speaks(converter, transcript=transcript, fallback=work.fallback)
        language = transcript.language if transcript else ""
        separator = "" if language in UNSPACED_LANGUAGES else " "
        piece = _open_piece(work, analysis=analysis, words=_words(transcript) if speaks else [], separator=separator, context=context)
        options = _options(run, work=work, analysis=analysis, context=context)
        job = _Conversion(run, work=work, context=context, piece=piece, options=options, language=language)
        with FileEncoder(output.path, work.format, input_rate=CONVERSION_RATE) as file:
            for samples in _marked(job.convert(), work=work):
                file.write(limit_peaks(samples))
            encoded = file.finish()
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    details = {"engine": work.engine, "engine_version": converter.spec.version, "compute_seconds": round(job.compute_seconds, 4)}
    return outputs.finish(units_done=run.units_done, details=details)


def _marked(blocks: Iterator[Samples], *, work: ConvertVoiceWork) -> Iterator[Samples]:
    """The blocks with the watermark, where the work asks for it."""
    if not needs_watermark(work.watermark, voice=work.voice):
        yield from blocks
        return
    marker = Watermarker(CONVERSION_RATE)
    for samples in blocks:
        yield marker.feed(samples)
    yield marker.finish()


class _Conversion:
    """Converts the stretches of one piece in order."""

    def __init__(
        self,
        run: PartRun,
        *,
        work: ConvertVoiceWork,
        context: WorkerContext,
        piece: _Piece,
        options: ConversionOptions | None,
        language: str,
    ) -> None:
        self._run = run
        self._work = work
        self._context = context
        self._piece = piece
        self._options = options
        self._language = language
        self._tempo = prosody_of(work.delivery).tempo
        self.compute_seconds = 0.0

    def convert(self) -> Iterator[Samples]:
        """Samples of the piece, in blocks."""
        stretches, events = self._piece.stretches, PartEvents(self._context.live, message=self._run.message, units_total=0)
        for (_, stretch), (samples, seconds) in compute_in_order(
            self._run, scheduler=self._context.scheduler, items=enumerate(stretches), submit=self._submit
        ):
            self.compute_seconds += seconds
            yield self._piece.timeline.add(samples, start=stretch.start, end=stretch.end)
            self._run.units_done = round(1000 * (stretch.end - stretches[0].start))
            events.publish(units_done=self._run.units_done)

    def _submit(self, item: tuple[int, Stretch]) -> "Future[tuple[Samples, float]]":
        index, stretch = item
        source = self._piece.source(stretch)
        units = max(1, round(UNITS_PER_SECOND * len(source) / CONVERSION_RATE)) if stretch.kind != "silence" else 1
        order = long_piece_order(self._run.message, index=index, units=units)

        def compute() -> tuple[Samples, float]:
            started = time.perf_counter()
            return self._convert(stretch, source), time.perf_counter() - started

        return self._context.scheduler.submit(order, work=compute)

    def _convert(self, stretch: Stretch, source: Samples) -> Samples:
        """Convert one stretch, by the fallback where the engine cannot."""
        if stretch.kind == "silence" or not len(source):
            return source[:0]
        if self._options is None:  # without a voice in the recording there is no register to move
            return change_tempo(source, sample_rate=CONVERSION_RATE, tempo=self._tempo)
        if stretch.kind == "words" or self._work.fallback in {"", self._work.engine}:
            try:
                return self._convert_by(self._work.engine, stretch, source)
            except WorkError as error:
                if error.code not in {NOTHING_TO_SAY, UNSUPPORTED_LANGUAGE} or not self._work.fallback:
                    raise
        return self._convert_by(self._work.fallback, stretch, source)

    def _convert_by(self, engine: str, stretch: Stretch, source: Samples) -> Samples:
        assert self._options is not None  # noqa: S101 - checked by the caller
        # Used here too: a part that times out releases the model while its stretch is still being converted.
        with self._context.models.use(engine) as model:
            return as_converter(model).convert(source, text=stretch.text, language=self._language, options=self._options)


def _speaks(converter: Converter, *, transcript: TranscriptDocument | None, fallback: str) -> bool:
    """True if the engine converts the words of the recording. Raises WorkError (unsupported_language) if nothing else can."""
    if not converter.needs_words or transcript is None or not transcript.language:
        return False
    if transcript.language in converter.spec.languages:
        return True
    if fallback:
        return False
    known = ", ".join(converter.spec.languages)
    message = f"{converter.spec.name} does not convert the language {transcript.language!r}, only {known}. Use the model world."
    raise WorkError(UNSUPPORTED_LANGUAGE, message)


def _words(transcript: TranscriptDocument | None) -> list[TranscriptWord]:
    return [word for segment in transcript.segments for word in segment.words] if transcript else []


def _open_piece(
    work: ConvertVoiceWork, *, analysis: ConversionAnalysis, words: list[TranscriptWord], separator: str, context: WorkerContext
) -> _Piece:
    """Read the piece's own samples and plan its stretches."""
    if not 0 <= work.piece < len(analysis.cuts) - 1:
        raise WorkError(INTERNAL_ERROR, f"The analysis has no piece {work.piece}.")
    start, end = analysis.cuts[work.piece : work.piece + 2]
    timeline = Timeline(tempo=prosody_of(work.delivery).tempo, start=start, end=end, seconds=analysis.seconds)
    first, last = timeline.source_span(start, end)
    first = max(0, first - HALF_OVERLAP)
    span = byte_span(first, min(last + HALF_OVERLAP, round(analysis.seconds * CONVERSION_RATE)))
    samples = to_samples(context.storage.read_range(work.audio, start=span[0], stop=span[1]))
    levels = LevelTrack(samples, start=first / CONVERSION_RATE)
    if words:
        stretches = plan_stretches(words, start=start, end=end, levels=levels, level=analysis.level_decibels, separator=separator)
    else:
        stretches = list(cut_sound(start, end, levels=levels))
    return _Piece(samples, first, timeline, tuple(stretches))


def _options(run: PartRun, *, work: ConvertVoiceWork, analysis: ConversionAnalysis, context: WorkerContext) -> ConversionOptions | None:
    """Source and target; None for a recording without a voice. Raises WorkError."""
    if analysis.profile is None:
        return None
    with context.models.use(work.voice.engine) as model:
        own = prepare_voices([work.voice], engine=as_speaker(model), storage=context.storage, cache=context.voices).get(work.voice)
    target = context.targets.find(work.voice)
    if target is None:
        order = long_piece_order(run.message, index=0, units=100)
        target = run.wait_for(context.scheduler.submit(order, work=lambda: _measure_target(work.voice, own=own, context=context)))
        context.targets.keep(work.voice, target)
    return ConversionOptions(work.voice, analysis.profile, target, work.delivery, own, work.tau)


def _measure_target(voice: VoiceRef, *, own: object | None, context: WorkerContext) -> SpeakerProfile:
    """Have the target voice speak, and measure it. Raises WorkError."""
    with context.models.use(voice.engine) as model:
        speaker = as_speaker(model)
        speak = speaker.speak if own is None else partial(cast("VoiceFileEngine", speaker).speak_as, own)
        sentences = speaker.split(reference_sentence(voice), language=voice.language)
        spoken = [speak(sentence.text, voice=voice, language=voice.language, speed=1.0) for sentence in sentences]
    profile = measure_profile(np.concatenate([at_conversion_rate(one) for one in spoken]))
    if profile is None:
        raise WorkError(INTERNAL_ERROR, f"The voice {voice.id!r} could not be measured.")
    return profile
