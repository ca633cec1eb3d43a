"""Transcription task: a short recording as a whole, or one piece of a long one."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from workers.audio.recordings import decoding_limits, open_recording
from workers.audio.samples import HEARING_RATE
from workers.contract.errors import INTERNAL_ERROR, WorkError
from workers.contract.listening import HeardSegment, ListenWork, Survey, TranscriptDocument, VoicePrint
from workers.contract.messages import Manifest, PartMessage
from workers.fairness import Order
from workers.parts import PartRun
from workers.protocols.recogniser import Hearing, Recogniser, as_recogniser, check_language
from workers.recognition.diarize import name_speakers
from workers.recognition.pitch import PitchTally
from workers.recognition.sound import Sound, byte_span, of_bytes, of_recording
from workers.recognition.speech import Region, regions_within
from workers.recognition.transcripts import whole_text, without_words
from workers.recognition.windows import CONTEXT_SECONDS, Window, pack_windows
from workers.stream import PartEvents
from workers.tasks.detect import detect_speech
from workers.tasks.hearing import HeardWindow, WindowListener
from workers.tasks.recode import recode
from workers.tasks.results import read_document, store_document
from workers.tasks.scheduling import sentence_order
from workers.tasks.workbench import Workbench

MOST_TOGETHER_WHEN_WHOLE: Final = 2
"""Windows per batch of an uncut recording, which a client may wait for."""


@dataclass(slots=True)
class _Transcript:
    """Transcript so far."""

    language: str
    compute_seconds: float = 0.0
    segments: list[HeardSegment] = field(default_factory=list)
    prints: list[VoicePrint] = field(default_factory=list)
    pitch: PitchTally = field(default_factory=PitchTally)

    def add(self, heard: HeardWindow) -> None:
        """Append a window."""
        self.segments += heard.segments
        self.prints += heard.prints
        self.pitch += heard.pitch
        self.compute_seconds += heard.compute_seconds


@dataclass(frozen=True, slots=True)
class _Scene:
    """Stretch of the recording to transcribe, with its speech."""

    start: float
    end: float
    sound: Sound
    regions: tuple[Region, ...]
    windows: tuple[Window, ...]


def listen(run: PartRun, *, workbench: Workbench) -> Manifest:
    """Run a part of kind `listen`. Raises WorkError, PartStoppedError."""
    work = ListenWork.from_dict(run.message.work)
    survey = read_document(work.survey, Survey, storage=workbench.storage) if work.survey else None
    with workbench.models.use(work.engine) as model:
        recogniser = as_recogniser(model)
        language = check_language(recogniser.spec, work.language) or (survey.language if survey else "")
        with _opened(run, work=work, survey=survey, workbench=workbench, recogniser=recogniser) as scene:
            transcript = _Transcript(language)
            _hear(
                run, work=work, scene=scene, transcript=transcript, recogniser=recogniser, workbench=workbench, is_piece=survey is not None
            )
    document = _document(work, transcript=transcript, scene=scene, is_piece=survey is not None)
    seconds = scene.end - scene.start
    run.units_done = round(seconds * 1000)
    return store_document(
        run.message,
        storage=workbench.storage,
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
def _opened(run: PartRun, *, work: ListenWork, survey: Survey | None, workbench: Workbench, recogniser: Recogniser) -> Iterator[_Scene]:
    """Open the part's stretch of the recording with its speech. Raises WorkError."""
    if survey is not None:
        yield _piece(work, survey=survey, workbench=workbench, recogniser=recogniser)
        return
    with workbench.storage.read(work.audio) as source, ExitStack() as stack:
        recording = recode(
            run,
            workbench=workbench,
            sources=[source],
            work=lambda: stack.enter_context(open_recording(source, sample_rate=HEARING_RATE, limits=decoding_limits(work.source_seconds))),
        )
        sound = of_recording(recording)
        regions = detect_speech(run, workbench=workbench, sound=sound, order=sentence_order(run.message, index=0, units=1))
        windows = pack_windows(regions, window_seconds=recogniser.window_seconds, seconds=sound.seconds)
        yield _Scene(0.0, sound.seconds, sound, regions, windows)


def _piece(work: ListenWork, *, survey: Survey, workbench: Workbench, recogniser: Recogniser) -> _Scene:
    """Open a piece of a survey: only its own samples are downloaded, and a second beyond each end."""
    if not 0 <= work.piece < len(survey.cuts) - 1:
        raise WorkError(INTERNAL_ERROR, f"The survey has no piece {work.piece}.")
    start, end = survey.cuts[work.piece : work.piece + 2]
    regions = regions_within(survey.speech, start=start, end=end)
    if not regions:
        return _Scene(start, end, of_bytes(b"", start=start, seconds=survey.seconds), (), ())
    first, last = max(0.0, start - CONTEXT_SECONDS), min(survey.seconds, end + CONTEXT_SECONDS)
    span = byte_span(first, last)
    raw = workbench.storage.read_range(work.audio, start=span[0], stop=span[1])
    windows = pack_windows(
        regions,
        window_seconds=recogniser.window_seconds,
        seconds=survey.seconds,
        before=max((stop for _, stop in survey.speech if stop <= regions[0].start), default=None),
        after=min((begin for begin, _ in survey.speech if begin >= regions[-1].end), default=None),
    )
    return _Scene(start, end, of_bytes(raw, start=first, seconds=survey.seconds), regions, windows)


def _hear(
    run: PartRun,
    *,
    work: ListenWork,
    scene: _Scene,
    transcript: _Transcript,
    recogniser: Recogniser,
    workbench: Workbench,
    is_piece: bool,
) -> None:
    """Transcribe all windows of the scene; the one with the most speech first if it decides the language."""
    listener = WindowListener(
        run,
        workbench=workbench,
        recogniser=recogniser,
        sound=scene.sound,
        order=_order(run.message, windows=len(scene.windows), is_piece=is_piece),
        is_diarized=work.is_diarized,
        is_any_language=not work.language,
    )
    hearing = _hearing(work, language=transcript.language)
    events = PartEvents(workbench.live, message=run.message, units_total=round((scene.end - scene.start) * 1000))
    windows = list(scene.windows)
    if not transcript.language and windows:
        telling = max(windows, key=lambda window: window.speech_seconds)
        windows.remove(telling)
        for heard in listener.hear([telling], hearing=hearing, batch_windows=1):
            transcript.language = heard.language
            transcript.add(heard)
        hearing = replace(hearing, language=transcript.language)
    together = _windows_together(run.message, windows=len(windows), recogniser=recogniser, workbench=workbench, is_piece=is_piece)
    for heard in listener.hear(windows, hearing=hearing, batch_windows=together):
        transcript.add(heard)
        run.units_done = round((heard.window.end - scene.start) * 1000)
        events.publish(units_done=run.units_done)
    transcript.segments.sort(key=lambda segment: segment.start)
    transcript.prints.sort(key=lambda one: one.start)


def _hearing(work: ListenWork, *, language: str) -> Hearing:
    return Hearing(
        language=language,
        is_translation=work.is_translation,
        has_english=work.has_english,
        prompt=work.prompt,
        hotwords=work.hotwords,
        temperature=work.temperature,
    )


def _windows_together(message: PartMessage, *, windows: int, recogniser: Recogniser, workbench: Workbench, is_piece: bool) -> int:
    """Windows per batch: the model's preference for pieces, whose siblings keep the cores busy; for an uncut recording few enough that
    every core has some.
    """
    if is_piece:
        return recogniser.batch_windows
    if message.lane == "live":
        return 1
    return max(1, min(recogniser.batch_windows, MOST_TOGETHER_WHEN_WHOLE, windows // workbench.scheduler.look_ahead))


def _order(message: PartMessage, *, windows: int, is_piece: bool) -> Order:
    """Scheduling position. A piece of a long recording computes with bulk work: its batches take several seconds each.

    This also holds for requests that a client waits for, and several windows of a whole recording come after transcription already running:
    with the urgency of sentences and an older job they would delay every later sentence of the same customer.
    """
    order = sentence_order(message, index=0, units=1)
    if is_piece:
        return replace(order, lane="bulk", is_first_heard=False)
    return replace(order, lane="normal", is_first_heard=False) if windows > 1 and order.lane == "live" else order


def _document(work: ListenWork, *, transcript: _Transcript, scene: _Scene, is_piece: bool) -> TranscriptDocument:
    segments: Sequence[HeardSegment] = transcript.segments
    if work.is_diarized and not is_piece:
        segments = name_speakers(segments, transcript.prints, speakers=work.speakers)
    language = transcript.language if segments or is_piece else ""
    return TranscriptDocument(
        text=whole_text(segments, language="en" if work.is_translation else language),
        language=language,
        duration=round(scene.end - scene.start, 3),
        # A piece's words are wanted where the pieces are joined.
        segments=tuple(segments) if work.has_words or is_piece else without_words(segments),
        gender=transcript.pitch.gender,
        voice_prints=tuple(transcript.prints) if is_piece else (),
    )
