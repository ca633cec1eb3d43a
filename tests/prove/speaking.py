"""Text and markup to audio as by a worker, in this process: parsed, normalised, split, synthesised, joined."""

import io
from collections.abc import Callable
from functools import cache

import numpy as np
import soundfile

from tests.workers.voices import settled_work, voice_ref
from workers.audio.joins import Joiner
from workers.audio.samples import SynthesisedAudio
from workers.engines.kokoro import KokoroEngine
from workers.protocols.engine import Engine
from workers.text.markup.parse import parse_markup
from workers.text.script import write_script

Maker = Callable[..., SynthesisedAudio]
"""Called with the text and `language`."""

VOICES = {"en": "af_heart", "es": "ef_dora", "fr": "ff_siwis", "it": "if_sara", "pt": "pf_dora"}


@cache
def engine() -> Engine:
    kokoro = KokoroEngine()
    kokoro.load()
    return kokoro


def worker_audio(text: str, *, language: str) -> SynthesisedAudio:
    """Joined sentences with word timings."""
    joiner, pieces, words = Joiner(24_000), [], []
    work = settled_work(parse_markup(text), engine=engine(), voice=VOICES[language], language=language)
    for utterance in write_script(work, engine=engine()).utterances:
        spoken = engine().speak(utterance.spoken.text, voice=utterance.settings.voice, language=utterance.settings.language, speed=1.0)
        piece = joiner.feed(spoken, pause_after=utterance.pause_after, start_character=utterance.spoken.start)
        pieces.append(piece.samples)
        words += piece.words
    return SynthesisedAudio(np.concatenate([*pieces, joiner.finish(is_last=True)]), 24_000, tuple(words))


def bare_audio(text: str, *, language: str) -> SynthesisedAudio:
    """The model alone."""
    return engine().speak(text, voice=voice_ref(engine(), VOICES[language]), language=language, speed=1.0)


def as_wav(spoken: SynthesisedAudio) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, spoken.samples, spoken.sample_rate, format="WAV")
    return file.getvalue()
