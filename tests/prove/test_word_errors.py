"""Word error of synthesised speech over the frozen sentences, against the bare model's own audio through the same recogniser."""

import io
import json
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from tests.flows.listening import Listener, plain_words
from workers.audio.joins import Joiner
from workers.contract.markup import Segment
from workers.engines.base import Engine, Spoken
from workers.engines.kokoro import KokoroEngine
from workers.text.script import Request, write_script

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

SENTENCES: dict[str, list[str]] = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())
VOICES = {"en": "af_heart", "es": "ef_dora", "fr": "ff_siwis", "it": "if_sara", "pt": "pf_dora"}
LISTENER = Listener()


@cache
def engine() -> Engine:
    kokoro = KokoroEngine()
    kokoro.load()
    return kokoro


def as_wav(spoken: Spoken) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, spoken.samples, spoken.sample_rate, format="WAV")
    return file.getvalue()


def platform_audio(text: str, *, language: str) -> bytes:
    """As a worker makes it: normalised, split, joined."""
    joiner = Joiner(24_000)
    pieces = []
    for utterance in write_script((Segment(text),), request=Request(VOICES[language], language), engine=engine()).utterances:
        spoken = engine().speak(utterance.spoken.text, voice=utterance.manner.voice, language=utterance.manner.language, speed=1.0)
        pieces.append(joiner.feed(spoken, pause_after=utterance.pause_after).samples)
    return as_wav(Spoken(np.concatenate([*pieces, joiner.finish(is_last=True)]), 24_000))


def bare_audio(text: str, *, language: str) -> bytes:
    return as_wav(engine().speak(text, voice=VOICES[language], language=language, speed=1.0))


def error_rate(make: object, *, language: str) -> float:
    sentences = SENTENCES[language]
    heard = [plain_words(LISTENER.hear(make(text, language=language), language=language)) for text in sentences]  # type: ignore[operator]
    return float(jiwer.wer([plain_words(text) for text in sentences], heard))


def test_english_is_understood_but_for_three_words_in_a_hundred() -> None:
    rate = error_rate(platform_audio, language="en")
    print(f"en: {rate:.4f}")
    assert rate < 0.03


@pytest.mark.parametrize("language", ["es", "fr", "it", "pt"])
def test_other_languages_are_understood_as_the_bare_model_is(language: str) -> None:
    ours, bare = error_rate(platform_audio, language=language), error_rate(bare_audio, language=language)
    print(f"{language}: {ours:.4f}, bare {bare:.4f}")
    assert ours <= bare + 0.02
