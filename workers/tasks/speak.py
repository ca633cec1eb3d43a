"""Synthesis task: encodes each sentence, and publishes it to a listener, while the next ones are computed."""

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import EncodedFile, FileEncoder
from workers.audio.joins import Joiner
from workers.audio.samples import SynthesisedAudio
from workers.contract.chapters import MARKS
from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.messages import Manifest, PartMessage, SpeakWork
from workers.contract.outputs import AUDIO, TIMINGS
from workers.contract.provenance import needs_watermark
from workers.contract.voices import VoiceRef
from workers.parts import PartRun
from workers.protocols.engine import Engine, VoiceFileEngine, as_speaker
from workers.provenance.watermark import embed_watermark
from workers.stream import PartEvents
from workers.tasks.cached_sentences import PartSentences, sentence_text
from workers.tasks.conditioning import prepare_voices
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format
from workers.tasks.scheduling import compute_in_order, sentence_order
from workers.tasks.speech_work import read_speak_work
from workers.text.script import Script, Utterance, write_script
from workers.text.short_start import with_short_start

SILENT_SHARE_SECONDS: Final = 0.05
"""Seconds of silence for a share without words, so that every player opens the file."""

LAST_CHARACTER: Final = 1 << 62
"""Beyond the end of every text."""


def speak(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `speak`. Raises WorkError, PartStoppedError."""
    message = run.message
    outputs = OutputWriter(message, storage=context.storage)
    with context.models.use(message.engine) as model, outputs.open(AUDIO) as output:
        engine = as_speaker(model)
        work = read_speak_work(message.work, spec=engine.spec, storage=context.storage)
        check_format(work.format)
        script = _read_script(message, work=work, engine=engine)
        spoken_by = (utterance.settings.voice for utterance in script.utterances)
        own_voices = prepare_voices(spoken_by, engine=engine, storage=context.storage, cache=context.voices)
        events = PartEvents(context.live, message=message, units_total=len(work.spoken_text), sample_rate=engine.spec.sample_rate)
        with FileEncoder(
            output.path, work.format, input_rate=engine.spec.sample_rate, sample_rate=work.sample_rate, bitrate=work.bitrate
        ) as file:
            response = _Response(work, script=script, input_rate=engine.spec.sample_rate, file=file, events=events)
            sentences = PartSentences(message, work=work, engine=engine, cache=context.sentences)
            submit = partial(submit_utterance, run=run, work=work, own_voices=own_voices, sentences=sentences, context=context)
            for (_, utterance), (spoken, seconds) in compute_in_order(
                run,
                scheduler=context.scheduler,
                items=enumerate(script.utterances),
                submit=submit,
                is_first_alone=_has_waiting_listener(message, work=work),
            ):
                response.add(utterance, spoken=spoken, compute_seconds=seconds)
                run.units_done = response.units_done
            encoded = response.finish()
            output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    if response.words and outputs.is_wanted(TIMINGS):
        outputs.write_json(TIMINGS, response.words)
    if outputs.is_wanted(MARKS):
        outputs.write_json(MARKS, response.mark_seconds)
    details = {"engine": engine.spec.id, "engine_version": engine.spec.version, "compute_seconds": round(response.compute_seconds, 4)}
    return outputs.finish(units_done=len(work.spoken_text), details=details)


def _read_script(message: PartMessage, *, work: SpeakWork, engine: Engine) -> Script:
    """Script to speak. A part of a longer text may have no words, such as a row of asterisks, and is silent then. Raises WorkError."""
    script = write_script(work, engine=engine)
    if _has_waiting_listener(message, work=work):
        script = with_short_start(script, pause_scale=work.pause_scale)
    is_whole_text = message.part == 0 and work.is_last and work.script is None
    if not script.utterances and is_whole_text:
        raise WorkError(NOTHING_TO_SAY, "The text contains nothing that can be spoken.")
    return script


def _has_waiting_listener(message: PartMessage, *, work: SpeakWork) -> bool:
    """True if a listener waits for the first sound of the part."""
    return message.has_listener and work.is_first and work.share == 0


class _Response:
    """Audio of the part: to a file, and to a listener as plain samples, which the listener's web process encodes."""

    def __init__(self, work: SpeakWork, *, script: Script, input_rate: int, file: FileEncoder, events: PartEvents) -> None:
        self._is_last = work.is_last
        self._input_rate = input_rate
        self._silent_seconds = SILENT_SHARE_SECONDS if work.script is not None else 0.0
        self._file = file
        self._joiner = Joiner(input_rate, speed=work.speed, pause_before=script.pause_before)
        self._written = script.written
        self._events = events
        self.units_done = 0
        """Characters of the text before the next utterance."""
        self.words: list[dict[str, Any]] = []
        self.mark_seconds: list[float] = []
        """Seconds of the work's marks, as far as they were reached."""
        self.compute_seconds = 0.0
        self._marks = work.marks

    def add(self, utterance: Utterance, *, spoken: SynthesisedAudio, compute_seconds: float) -> None:
        """Append a sentence: to the waiting listener first."""
        spoken = replace(spoken, words=utterance.written_words(spoken.words, text=self._written))
        joined = self._joiner.feed(spoken, pause_after=utterance.pause_after, gain_decibels=utterance.settings.gain_decibels)
        words = [asdict(word) for word in joined.words]
        self._reach_marks(utterance.written_end, seconds=self._joiner.sound_start)
        self.units_done = utterance.written_end
        self._events.publish(units_done=self.units_done, words=words, samples=joined.samples)
        self._file.write(joined.samples)
        self.words += words
        self.compute_seconds += compute_seconds

    def finish(self) -> EncodedFile:
        """Write the silence after the last sentence."""
        self._reach_marks(LAST_CHARACTER, seconds=self._joiner.seconds)
        tail: NDArray[np.float32] = self._joiner.finish(is_last=self._is_last)
        if not self._joiner.seconds:
            tail = np.zeros(round(self._silent_seconds * self._input_rate), np.float32)
        if self._events.is_audible:
            self._events.publish(units_done=self.units_done, samples=tail, is_last=True)
        self._file.write(tail)
        return self._file.finish()

    def _reach_marks(self, character: int, *, seconds: float) -> None:
        """Note the time of each mark before this character that was not reached yet."""
        while len(self.mark_seconds) < len(self._marks) and self._marks[len(self.mark_seconds)] < character:
            self.mark_seconds.append(round(seconds, 4))


def submit_utterance(
    item: tuple[int, Utterance],
    *,
    run: PartRun,
    work: SpeakWork,
    own_voices: Mapping[VoiceRef, object],
    sentences: PartSentences,
    context: WorkerContext,
) -> "Future[tuple[SynthesisedAudio, float]]":
    """Queue an utterance, given with its index, to be spoken, unless it is cached: its audio, and the seconds that the engine took."""
    index, utterance = item
    if (cached := sentences.find(utterance)) is not None:
        return cached
    settings, text = utterance.settings, sentence_text(utterance)

    def compute() -> tuple[SynthesisedAudio, float]:
        # Used here too: a part that times out releases the model while its sentence is still being synthesised.
        with context.models.use(work.engine) as model:
            engine = as_speaker(model)
            started = time.perf_counter()
            own = own_voices.get(settings.voice)
            synthesise = engine.speak if own is None else partial(cast("VoiceFileEngine", engine).speak_as, own)
            spoken = synthesise(
                text,
                voice=settings.voice,
                language=settings.language,
                speed=engine.spec.clamp_speed(work.speed * settings.rate),
                phonemes=utterance.given_phonemes,
            )
            if needs_watermark(work.watermark, voice=settings.voice):
                # Before the join, which only trims and levels: a listener's stream and the file then hold the same.
                spoken = replace(spoken, samples=embed_watermark(spoken.samples, sample_rate=spoken.sample_rate))
            seconds = time.perf_counter() - started
        sentences.keep(utterance, spoken=spoken)
        return spoken, seconds

    return context.scheduler.submit(sentence_order(run.message, index=index, units=len(text)), work=compute)
