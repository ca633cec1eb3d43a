"""Subtitles task: speaks each subtitle and places it on its time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from workers.audio.dubbing import CueTrack
from workers.audio.encoding import FileEncoder
from workers.audio.joins import Joiner
from workers.audio.samples import SynthesisedAudio
from workers.contract.dubbing import CUES, Cue
from workers.contract.messages import Manifest, SpeakWork
from workers.contract.outputs import AUDIO, TIMINGS
from workers.contract.speech import WordTiming
from workers.parts import PartRun
from workers.protocols.engine import Engine, as_speaker
from workers.stream import PartEvents
from workers.tasks.cached_sentences import PartSentences
from workers.tasks.conditioning import prepare_voices
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format
from workers.tasks.scheduling import compute_in_order
from workers.tasks.speak import submit_utterance
from workers.tasks.speech_work import read_speak_work
from workers.text.script import Script, Utterance, write_script

Spoken = tuple[tuple[int, Utterance], tuple[SynthesisedAudio, float]]


@dataclass(slots=True)
class _Reading:
    """Subtitles spoken so far."""

    words: list[dict[str, Any]] = field(default_factory=list)
    cues: list[dict[str, Any]] = field(default_factory=list)
    compute_seconds: float = 0.0


def dub(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `dub`. Raises WorkError, PartStoppedError."""
    message = run.message
    outputs = OutputWriter(message, storage=context.storage)
    with context.models.use(message.engine) as model, outputs.open(AUDIO) as output:
        engine = as_speaker(model)
        work = read_speak_work(message.work, spec=engine.spec, storage=context.storage)
        check_format(work.format)
        scripts = [_read_script(work, cue=cue, engine=engine) for cue in work.cues]
        utterances = [utterance for script in scripts for utterance in script.utterances]
        own_voices = prepare_voices(
            (one.settings.voice for one in utterances), engine=engine, storage=context.storage, cache=context.voices
        )
        sentences = PartSentences(message, work=work, engine=engine, cache=context.sentences)
        submit = partial(submit_utterance, run=run, work=work, own_voices=own_voices, sentences=sentences, context=context)
        spoken = compute_in_order(run, scheduler=context.scheduler, items=enumerate(utterances), submit=submit)
        with FileEncoder(output.path, work.format, input_rate=engine.spec.sample_rate) as file:
            reading = _speak_cues(run, work=work, scripts=scripts, spoken=spoken, engine=engine, file=file, context=context)
            encoded = file.finish()
            output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    if reading.words and outputs.is_wanted(TIMINGS):
        outputs.write_json(TIMINGS, reading.words)
    outputs.write_json(CUES, reading.cues)
    details = {"engine": engine.spec.id, "engine_version": engine.spec.version, "compute_seconds": round(reading.compute_seconds, 4)}
    return outputs.finish(units_done=len(work.spoken_text), details=details)


def _read_script(work: SpeakWork, *, cue: Cue, engine: Engine) -> Script:
    return write_script(replace(work, text=work.spoken_text[cue.start_character : cue.end_character], cues=()), engine=engine)


def _speak_cues(
    run: PartRun,
    *,
    work: SpeakWork,
    scripts: Sequence[Script],
    spoken: Iterable[Spoken],
    engine: Engine,
    file: FileEncoder,
    context: WorkerContext,
) -> _Reading:
    track = CueTrack(engine.spec.sample_rate, start_seconds=work.cues[0].start)
    events = PartEvents(context.live, message=run.message, units_total=len(work.spoken_text))
    reading, coming = _Reading(), iter(spoken)
    for cue, script in zip(work.cues, scripts, strict=True):
        sentences = list(_next_sentences(coming, count=len(script.utterances)))
        whole = _join_sentences(sentences, work=work, script=script, engine=engine)
        placed, times = track.place(whole, cue=cue)
        file.write(placed.samples)
        reading.words += [asdict(_shift(word, cue.start_character)) for word in placed.words]
        reading.cues.append(times.to_dict())
        reading.compute_seconds += sum(seconds for _, (_, seconds) in sentences)
        run.units_done = cue.end_character
        events.publish(units_done=run.units_done)
    return reading


def _next_sentences(coming: Iterator[Spoken], *, count: int) -> Iterator[Spoken]:
    for _ in range(count):
        yield next(coming)


def _join_sentences(sentences: Sequence[Spoken], *, work: SpeakWork, script: Script, engine: Engine) -> SynthesisedAudio:
    """One subtitle's sentences, without silence behind the last."""
    joiner = Joiner(engine.spec.sample_rate, speed=work.speed)
    pieces: list[SynthesisedAudio] = []
    for (_, utterance), (spoken, _) in sentences:
        written = replace(spoken, words=utterance.written_words(spoken.words, text=script.written))
        pieces.append(joiner.feed(written, pause_after=utterance.pause_after, gain_decibels=utterance.settings.gain_decibels))
    samples = np.concatenate([np.zeros(0, np.float32), *(piece.samples for piece in pieces)])
    return SynthesisedAudio(samples, engine.spec.sample_rate, tuple(word for piece in pieces for word in piece.words))


def _shift(word: WordTiming, characters: int) -> WordTiming:
    return replace(word, start_character=word.start_character + characters, end_character=word.end_character + characters)
