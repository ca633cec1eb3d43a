"""Transcription task: a short recording as a whole, or one piece of a long one."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from workers.audio.recordings import decoding_limits, open_recording
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.errors import INTERNAL_ERROR, WorkError
from workers.contract.messages import Manifest, PartMessage
from workers.contract.transcription import ListenWork, RecordingAnalysis, SpeakerEmbedding, TranscriptDocument, TranscriptSegment
from workers.fairness import Order
from workers.parts import PartRun
from workers.protocols.recogniser import Recogniser, RecognitionOptions, as_recogniser, check_language
from workers.recognition.diarize import label_speakers
from workers.recognition.diarize.known_voices import KnownVoice
from workers.recognition.pitch import PitchTally
from workers.recognition.sound import Sound, byte_span, of_bytes, of_recording
from workers.recognition.speech_regions import Region, regions_within
from workers.recognition.transcripts import without_words
from workers.recognition.windows import CONTEXT_SECONDS, Window, pack_windows
from workers.stream import PartEvents
from workers.tasks.context import WorkerContext
from workers.tasks.detect import detect_speech
from workers.tasks.known_speakers import embed_known_speakers
from workers.tasks.live_transcript import LiveTranscript
from workers.tasks.recode import recode
from workers.tasks.results import read_document, store_document
from workers.tasks.scheduling import sentence_order
from workers.tasks.window_transcription import WindowTranscriber, WindowTranscript
from workers.text.transcripts import whole_text

MOST_TOGETHER_WHEN_WHOLE: Final = 2
"""Windows per batch of an uncut recording, which a client may wait for."""


@dataclass(slots=True)
class _Transcript:
    """Transcript so far."""

    language: str
    compute_seconds: float = 0.0
    segments: list[TranscriptSegment] = field(default_factory=list)
    embeddings: list[SpeakerEmbedding] = field(default_factory=list)
    pitch: PitchTally = field(default_factory=PitchTally)

    def add(self, result: WindowTranscript) -> None:
        self.segments += result.segments
        self.embeddings += result.embeddings
        self.pitch += result.pitch
        self.compute_seconds += result.compute_seconds


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """Part of the recording to transcribe, with its regions of speech."""

    start: float
    end: float
    sound: Sound
    regions: tuple[Region, ...]
    windows: tuple[Window, ...]


def listen(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `listen`. Raises WorkError, PartStoppedError."""
    work = ListenWork.from_dict(run.message.work)
    analysis = read_document(work.analysis, RecordingAnalysis, storage=context.storage) if work.analysis else None
    with context.models.use(work.engine) as model:
        recogniser = as_recogniser(model)
        language = check_language(recogniser.spec, work.language) or (analysis.language if analysis else "")
        with _open_excerpt(run, work=work, analysis=analysis, context=context, recogniser=recogniser) as excerpt:
            transcript = _Transcript(language)
            _transcribe(
                run,
                work=work,
                excerpt=excerpt,
                transcript=transcript,
                recogniser=recogniser,
                context=context,
                is_piece=analysis is not None,
            )
    is_named = work.is_diarized and analysis is None
    known = embed_known_speakers(run, context=context, speakers=work.known_speakers) if is_named else ()
    document = _document(work, transcript=transcript, excerpt=excerpt, is_piece=analysis is not None, known=known)
    seconds = excerpt.end - excerpt.start
    run.units_done = round(seconds * 1000)
    return store_document(
        run.message,
        storage=context.storage,
        document=document,
        audio_seconds=seconds,
        units_done=run.units_done,
        details={
            "engine": recogniser.spec.id,
            "engine_version": recogniser.spec.version,
            "compute_seconds": round(transcript.compute_seconds, 4),
            "language": document.language,
        },
    )


@contextmanager
def _open_excerpt(
    run: PartRun, *, work: ListenWork, analysis: RecordingAnalysis | None, context: WorkerContext, recogniser: Recogniser
) -> Iterator[_Excerpt]:
    """Open the part's stretch of the recording with its speech. Raises WorkError."""
    if analysis is not None:
        yield _open_piece(work, analysis=analysis, context=context, recogniser=recogniser)
        return
    with context.storage.read(work.audio) as source, ExitStack() as stack:
        recording = recode(
            run,
            context=context,
            sources=[source],
            work=lambda: stack.enter_context(
                open_recording(
                    source, sample_rate=RECOGNITION_SAMPLE_RATE, channel=work.channel, limits=decoding_limits(work.source_seconds)
                )
            ),
        )
        sound = of_recording(recording)
        regions = detect_speech(run, context=context, sound=sound, order=sentence_order(run.message, index=0, units=1))
        windows = pack_windows(regions, window_seconds=recogniser.window_seconds, seconds=sound.seconds)
        yield _Excerpt(0.0, sound.seconds, sound, regions, windows)


def _open_piece(work: ListenWork, *, analysis: RecordingAnalysis, context: WorkerContext, recogniser: Recogniser) -> _Excerpt:
    """Open a piece of an analysed recording: only its own samples are downloaded, and a second beyond each end."""
    if not 0 <= work.piece < len(analysis.cuts) - 1:
        raise WorkError(INTERNAL_ERROR, f"The analysis has no piece {work.piece}.")
    start, end = analysis.cuts[work.piece : work.piece + 2]
    regions = regions_within(analysis.speech, start=start, end=end)
    if not regions:
        return _Excerpt(start, end, of_bytes(b"", start=start, seconds=analysis.seconds), (), ())
    first, last = max(0.0, start - CONTEXT_SECONDS), min(analysis.seconds, end + CONTEXT_SECONDS)
    span = byte_span(first, last)
    raw = context.storage.read_range(work.audio, start=span[0], stop=span[1])
    windows = pack_windows(
        regions,
        window_seconds=recogniser.window_seconds,
        seconds=analysis.seconds,
        before=max((stop for _, stop in analysis.speech if stop <= regions[0].start), default=None),
        after=min((begin for begin, _ in analysis.speech if begin >= regions[-1].end), default=None),
    )
    return _Excerpt(start, end, of_bytes(raw, start=first, seconds=analysis.seconds), regions, windows)


def _transcribe(
    run: PartRun,
    *,
    work: ListenWork,
    excerpt: _Excerpt,
    transcript: _Transcript,
    recogniser: Recogniser,
    context: WorkerContext,
    is_piece: bool,
) -> None:
    """Transcribe all windows of the excerpt; the one with the most speech first if it decides the language."""
    transcriber = WindowTranscriber(
        run,
        context=context,
        recogniser=recogniser,
        sound=excerpt.sound,
        order=_order(run.message, windows=len(excerpt.windows), is_piece=is_piece),
        is_diarized=work.is_diarized,
        is_any_language=not work.language,
    )
    options = _recognition_options(work, language=transcript.language)
    events = PartEvents(context.live, message=run.message, units_total=round((excerpt.end - excerpt.start) * 1000))
    live = LiveTranscript(context.live, message=run.message, windows=excerpt.windows, is_published=work.has_live_text)
    windows = list(excerpt.windows)
    if not transcript.language and windows:
        decisive = max(windows, key=lambda window: window.speech_seconds)
        windows.remove(decisive)
        for result in transcriber.transcribe([decisive], options=options, batch_windows=1):
            transcript.language = result.language
            transcript.add(result)
            live.add(result.window, segments=result.segments, language=_language_of_text(work, result.language))
        options = replace(options, language=transcript.language)
    batch_windows = _batch_windows(run.message, windows=len(windows), recogniser=recogniser, context=context, is_piece=is_piece)
    for result in transcriber.transcribe(windows, options=options, batch_windows=batch_windows):
        transcript.add(result)
        live.add(result.window, segments=result.segments, language=_language_of_text(work, transcript.language))
        run.units_done = round((result.window.end - excerpt.start) * 1000)
        events.publish(units_done=run.units_done)
    transcript.segments.sort(key=lambda segment: segment.start)
    transcript.embeddings.sort(key=lambda one: one.start)


def _language_of_text(work: ListenWork, spoken: str) -> str:
    return "en" if work.is_translation else spoken


def _recognition_options(work: ListenWork, *, language: str) -> RecognitionOptions:
    return RecognitionOptions(
        language=language,
        is_translation=work.is_translation,
        has_english=work.has_english,
        prompt=work.prompt,
        hotwords=work.hotwords,
        temperature=work.temperature,
    )


def _batch_windows(message: PartMessage, *, windows: int, recogniser: Recogniser, context: WorkerContext, is_piece: bool) -> int:
    """Windows per batch: the model's preference for pieces, whose siblings keep the cores busy; for an uncut recording few enough that
    every core has some.
    """
    if is_piece:
        return recogniser.batch_windows
    if message.lane == "live":
        return 1
    return max(1, min(recogniser.batch_windows, MOST_TOGETHER_WHEN_WHOLE, windows // context.scheduler.look_ahead))


def _order(message: PartMessage, *, windows: int, is_piece: bool) -> Order:
    """Scheduling position. A piece of a long recording computes with bulk work: its batches take several seconds each.

    This also holds for requests that a client waits for. Several windows of a whole recording take threads of the lane `normal`: live
    speech begins beside them at once.
    """
    order = sentence_order(message, index=0, units=1)
    if is_piece:
        return replace(order, lane="bulk", is_first_sentence=False)
    return replace(order, lane="normal", is_first_sentence=False) if windows > 1 and order.lane == "live" else order


def _document(
    work: ListenWork, *, transcript: _Transcript, excerpt: _Excerpt, is_piece: bool, known: Sequence[KnownVoice]
) -> TranscriptDocument:
    segments: Sequence[TranscriptSegment] = transcript.segments
    if work.is_diarized and not is_piece:
        segments = label_speakers(segments, transcript.embeddings, speakers=work.speakers, known=known)
    language = transcript.language if segments or is_piece else ""
    return TranscriptDocument(
        text=whole_text(segments, language=_language_of_text(work, language)),
        language=language,
        duration=round(excerpt.end - excerpt.start, 3),
        # The transcript part needs the words of the pieces to join them.
        segments=tuple(segments) if work.has_words or is_piece else without_words(segments),
        gender=transcript.pitch.gender,
        speaker_embeddings=tuple(transcript.embeddings) if is_piece else (),
    )
