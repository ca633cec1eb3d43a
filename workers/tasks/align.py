"""Aligns a known text with its audio, stretch by stretch."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

import numpy as np

from workers.audio.recordings import Recording, open_recording
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.audio.voice_activity.silero import FRAME_SAMPLES
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.messages import Manifest
from workers.contract.tags import primary_tag
from workers.contract.transcription import AlignedDocument, AlignWork
from workers.parts import PartRun
from workers.protocols.recogniser import as_recogniser
from workers.recognition.align import sphinx
from workers.recognition.align.aligners import align_by_recogniser, align_by_sphinx, align_evenly
from workers.recognition.align.plan import Stretch, plan_stretches
from workers.recognition.align.text_mapping import AlignedSpan, Piece, cut_pieces, normalise_for_alignment, written_words
from workers.recognition.speech_regions import find_regions
from workers.recognition.vad import LEAD_FRAMES, speech_probabilities
from workers.recognition.whisper.languages import MULTILINGUAL
from workers.tasks.context import WorkerContext
from workers.tasks.results import store_document
from workers.tasks.scheduling import compute_in_order, long_piece_order
from workers.tasks.window_transcription import UNITS_PER_SECOND
from workers.text.language import detect_language

T = TypeVar("T")

BLOCK_SAMPLES: Final = 30 * RECOGNITION_SAMPLE_RATE // FRAME_SAMPLES * FRAME_SAMPLES
"""Samples of a long recording in which speech is detected at once."""
LEAD_SAMPLES: Final = LEAD_FRAMES * FRAME_SAMPLES
LONG_SECONDS: Final = 300.0
"""Longer audio is aligned on the bulk threads, so that the prompt threads stay free for requests that a client waits for."""

AlignStretch = Callable[[Samples, str], list[AlignedSpan]]


@dataclass(frozen=True, slots=True)
class _Task:
    """Run, worker context and recording, which every step needs."""

    run: PartRun
    context: WorkerContext
    recording: Recording

    def submit(self, index: int, *, seconds: float, work: Callable[[], T]) -> "Future[T]":
        """Submit the computation for some seconds of the recording, in its turn among all sentences."""
        order = long_piece_order(self.run.message, index=index, units=max(1, round(seconds * UNITS_PER_SECOND)))
        order = replace(order, lane="bulk", is_first_sentence=False) if self.recording.seconds > LONG_SECONDS else order
        return self.context.scheduler.submit(order, work=work)


def align(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `align`. Raises WorkError, PartStoppedError."""
    work = AlignWork.from_dict(run.message.work)
    with ExitStack() as stack:
        path = stack.enter_context(context.storage.read(work.audio))
        task = _Task(run, context, stack.enter_context(open_recording(path, sample_rate=RECOGNITION_SAMPLE_RATE)))
        language = primary_tag(work.language) or detect_language(work.text, among=MULTILINGUAL, preferred=sphinx.LANGUAGE)
        method, align_stretch = _aligner(work, language=language, task=task, stack=stack)
        spoken = normalise_for_alignment(work.text, language=work.language or language)
        spans, is_guessed = _align_all(task, text=spoken.text, align_stretch=align_stretch)
        document = AlignedDocument(tuple(written_words(spoken, spans)), method + ("+even" if is_guessed else ""))
        seconds = task.recording.seconds
    run.units_done = round(seconds * 1000)
    details = {"method": document.method, "language": language}
    return store_document(
        run.message,
        storage=context.storage,
        document=document,
        audio_seconds=round(seconds, 4),
        units_done=run.units_done,
        details=details,
    )


def _aligner(work: AlignWork, *, language: str, task: _Task, stack: ExitStack) -> tuple[str, AlignStretch]:
    """Name of the method, and its function for one stretch; the recogniser stays in memory until the stack closes."""
    if language == sphinx.LANGUAGE and not sphinx.find_sphinx_obstacle():
        return sphinx.METHOD, lambda samples, text: align_by_sphinx(samples, text=text)
    if not work.engine:
        raise WorkError(ENGINE_UNAVAILABLE, f"Aligning the language {language!r} needs a recogniser: ttsai models pull whisper-base")
    stack.enter_context(task.context.models.use(work.engine))

    def by_recogniser(samples: Samples, text: str) -> list[AlignedSpan]:
        # Used here too: a part that times out releases the model while its stretch is still being aligned.
        with task.context.models.use(work.engine) as model:
            return align_by_recogniser(as_recogniser(model), samples, text=text, language=language)

    return work.engine, by_recogniser


def _align_all(task: _Task, *, text: str, align_stretch: AlignStretch) -> tuple[list[AlignedSpan], bool]:
    """Aligned spans of the whole text in the time of the recording; and True if some were guessed."""
    pieces = cut_pieces(text)
    speech = _find_speech(task) if pieces else []
    spans: list[AlignedSpan] = []
    is_guessed = False
    for stretch, found in _in_order(task, pieces=pieces, speech=speech, text=text, align_stretch=align_stretch):
        is_guessed = is_guessed or not found
        spans += _shift_spans(found or _spread_evenly(stretch, speech=speech, text=text), stretch=stretch)
        task.run.units_done = round(stretch.end * 1000)
    return spans, is_guessed


def _in_order(
    task: _Task, *, pieces: Sequence[Piece], speech: Sequence[tuple[float, float]], text: str, align_stretch: AlignStretch
) -> Iterator[tuple[Stretch, list[AlignedSpan]]]:
    def submit(item: tuple[int, Stretch]) -> "Future[list[AlignedSpan]]":
        index, stretch = item
        return _submit(task, index, stretch=stretch, text=text, align_stretch=align_stretch)

    stretches = enumerate(plan_stretches(pieces, speech=speech, seconds=task.recording.seconds))
    for (_, stretch), found in compute_in_order(task.run, scheduler=task.context.scheduler, items=stretches, submit=submit):
        yield stretch, found


def _submit(task: _Task, index: int, *, stretch: Stretch, text: str, align_stretch: AlignStretch) -> "Future[list[AlignedSpan]]":
    samples = task.recording.read(round(stretch.start * RECOGNITION_SAMPLE_RATE), round(stretch.end * RECOGNITION_SAMPLE_RATE))
    said = text[stretch.start_character : stretch.end_character]
    return task.submit(index, seconds=stretch.end - stretch.start, work=lambda: align_stretch(samples, said))


def _find_speech(task: _Task) -> list[tuple[float, float]]:
    """Start and end of all detected speech."""
    probabilities = []
    for index, first in enumerate(range(0, task.recording.samples, BLOCK_SAMPLES)):
        lead = task.recording.read(max(0, first - LEAD_SAMPLES), first)
        work = partial(speech_probabilities, task.recording.read(first, first + BLOCK_SAMPLES), lead=lead)
        probabilities.append(task.run.wait_for(task.submit(index, seconds=1.0, work=work)))
    if not probabilities:
        return []
    regions = find_regions(np.concatenate(probabilities), seconds=task.recording.seconds)
    return [(region.start, region.end) for region in regions]


def _shift_spans(found: Sequence[AlignedSpan], *, stretch: Stretch) -> list[AlignedSpan]:
    """Spans in characters of the whole text and the time of the whole recording."""
    offset = stretch.start_character
    return [AlignedSpan(first + offset, last + offset, start + stretch.start, end + stretch.start) for first, last, start, end in found]


def _spread_evenly(stretch: Stretch, *, speech: Sequence[tuple[float, float]], text: str) -> list[AlignedSpan]:
    start, end = _speech_span(stretch, speech=speech)
    said = text[stretch.start_character : stretch.end_character]
    return align_evenly(said, start=start - stretch.start, end=end - stretch.start)


def _speech_span(stretch: Stretch, *, speech: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Span from the first to the last speech in the stretch; all of it without speech."""
    inside = [(max(start, stretch.start), min(end, stretch.end)) for start, end in speech if start < stretch.end and end > stretch.start]
    return (inside[0][0], inside[-1][1]) if inside else (stretch.start, stretch.end)
