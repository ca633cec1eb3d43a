"""Text to audio, sentence by sentence: what is spoken is encoded and told while the next sentences are in the making."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.audio.encode import EncodedFile, Encoder, FileEncoder
from workers.audio.joins import Joiner
from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.messages import Manifest, PartMessage, SpeakWork
from workers.contract.names import LANES, Lane
from workers.engines.base import Engine, Sentence, Spoken
from workers.fairness import Order
from workers.parts import PartRun
from workers.stream import PartEvents
from workers.tasks.results import check_format, store_results, stored_output
from workers.tasks.workbench import Workbench


@dataclass(frozen=True, slots=True)
class _Result:
    """One sentence as it comes from a compute thread."""

    sentence: Sentence
    units_done: int
    """Characters of the text up to the next sentence."""
    spoken: Spoken
    compute_seconds: float


def speak(run: PartRun, *, workbench: Workbench) -> Manifest:
    """Does a part of kind `speak`. Raises WorkError, PartStoppedError."""
    message, work = run.message, SpeakWork.from_dict(run.message.work)
    check_format(work.format)
    with workbench.models.use(work.engine) as engine, stored_output(message, storage=workbench.storage) as output:
        sentences = engine.split(work.text, language=work.language)
        if not sentences:
            raise WorkError(NOTHING_TO_SAY, "The text holds nothing that can be spoken.")
        events = PartEvents(workbench.live, message=message, units_total=len(work.text))
        with FileEncoder(
            output.path, work.format, input_rate=engine.spec.sample_rate, sample_rate=work.sample_rate, bitrate=work.bitrate
        ) as file:
            response = _Response(message, work=work, input_rate=engine.spec.sample_rate, file=file, events=events)
            for result in _speak_in_order(run, work=work, engine=engine, sentences=sentences, workbench=workbench):
                run.units_done = result.units_done
                response.add(result)
            encoded = response.finish()
    details = {"engine": engine.spec.id, "engine_version": engine.spec.version, "compute_seconds": round(response.compute_seconds, 4)}
    return store_results(
        message,
        storage=workbench.storage,
        output=output,
        encoded=encoded,
        units_done=len(work.text),
        words=response.words,
        details=details,
    )


class _Response:
    """One stream of sound: to a file, and to whoever listens, through one encoder each."""

    def __init__(self, message: PartMessage, *, work: SpeakWork, input_rate: int, file: FileEncoder, events: PartEvents) -> None:
        self._is_last = work.is_last
        self._format = work.format
        self._file = file
        self._live = (
            Encoder(work.format, input_rate=input_rate, sample_rate=work.sample_rate, bitrate=work.bitrate)
            if message.has_listener and message.stream
            else None
        )
        self._joiner = Joiner(input_rate, speed=work.speed)
        self._events = events
        self._units_done = 0
        self.words: list[dict[str, Any]] = []
        self.compute_seconds = 0.0

    def add(self, result: _Result) -> None:
        """The next sentence: to the listener first, who waits for it."""
        joined = self._joiner.feed(result.spoken, pause_after=result.sentence.pause_after, start_character=result.sentence.start)
        words = [asdict(word) for word in joined.words]
        self._units_done = result.units_done
        self._tell(self._live.write(joined.samples) if self._live else b"", words=words)
        self._file.write(joined.samples)
        self.words += words
        self.compute_seconds += result.compute_seconds

    def finish(self) -> EncodedFile:
        """The silence behind the last sentence, and what the encoders held back."""
        tail: NDArray[np.float32] = self._joiner.finish(is_last=self._is_last)
        if self._live:
            self._tell(self._live.write(tail) + self._live.finish(), words=[])
        self._file.write(tail)
        return self._file.finish()

    def _tell(self, audio: bytes, *, words: Sequence[dict[str, Any]]) -> None:
        self._events.publish(units_done=self._units_done, words=words, audio=audio, audio_format=self._format)


def _speak_in_order(run: PartRun, *, work: SpeakWork, engine: Engine, sentences: list[Sentence], workbench: Workbench) -> Iterator[_Result]:
    """The sentences in order; a few ahead of the one that is waited for are with the scheduler, never all of a long text."""
    upcoming = iter(enumerate(sentences))
    submitted: deque[tuple[int, Sentence, Future[tuple[Spoken, float]]]] = deque()
    try:
        while True:
            while len(submitted) < workbench.scheduler.look_ahead and (following := next(upcoming, None)) is not None:
                index, sentence = following
                submitted.append((index, sentence, _submit(run, work=work, engine=engine, index=index, sentence=sentence, bench=workbench)))
            if not submitted:
                return
            index, sentence, future = submitted.popleft()
            spoken, seconds = run.wait_for(future)
            end = sentences[index + 1].start if index + 1 < len(sentences) else len(work.text)
            yield _Result(sentence, end, spoken, seconds)
    finally:
        workbench.scheduler.drop(run.message.token)


def _submit(
    run: PartRun, *, work: SpeakWork, engine: Engine, index: int, sentence: Sentence, bench: Workbench
) -> "Future[tuple[Spoken, float]]":
    voice = work.voice or engine.spec.default_voice

    def compute() -> tuple[Spoken, float]:
        # Held here too: a part that times out leaves while its sentence is still being spoken.
        with bench.models.use(work.engine) as loaded:
            started = time.perf_counter()
            spoken = loaded.speak(sentence.text, voice=voice, language=work.language, speed=work.speed)
            return spoken, time.perf_counter() - started

    return bench.scheduler.submit(sentence_order(run.message, index=index, units=len(sentence.text)), work=compute)


def sentence_order(message: PartMessage, *, index: int, units: int) -> Order:
    """The place of one piece of a part's work among all others."""
    lane: Lane = next((known for known in LANES if known == message.lane), "normal")
    is_heard = lane == "live" or message.has_listener
    return Order(
        tenant=message.tenant,
        group=message.token,
        lane=lane,
        job_created_at=message.job_created_at,
        job=message.job,
        part=message.part,
        index=index,
        units=units,
        is_first_heard=is_heard and message.part == 0 and index == 0,
    )
