"""Quality of Kokoro's faster decoders against the packaged graph, over the frozen sentences in all of their languages."""

import json
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import pytest

from tests.flows.listening import said_words
from tests.prove.judging import Recording, dnsmos, transcribe
from tests.prove.speaking import VOICES
from workers.kokoro.accents import accent_of
from workers.kokoro.decoders import COMPILED, PACKAGED, STATIC
from workers.kokoro.kernels.library import KernelError, load_kernels
from workers.kokoro.runtime import SAMPLE_RATE, KokoroRuntime
from workers.kokoro.synthesis import speak_text
from workers.kokoro.voices import stock_voice

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]

SENTENCES: dict[str, list[str]] = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())


@cache
def runtime(kind: str) -> KokoroRuntime:
    return KokoroRuntime.load(kind=kind)


@cache
def speak_all(kind: str, language: str) -> tuple[Recording, ...]:
    """All sentences of a language."""
    voice = stock_voice(VOICES[language])
    return tuple(
        Recording(speak_text(runtime(kind), text, accent=accent_of(language), voice=voice, speed=1.0).samples, SAMPLE_RATE)
        for text in SENTENCES[language]
    )


@cache
def judge_all(kind: str, language: str) -> tuple[float, int, int]:
    """DNSMOS of a language's sentences, words misheard, and words."""
    recordings = speak_all(kind, language)
    heard = [said_words(transcribe(recording, language=language), language=language) for recording in recordings]
    measured = jiwer.process_words([said_words(text, language=language) for text in SENTENCES[language]], heard)
    errors = measured.substitutions + measured.deletions + measured.insertions
    return float(np.mean([dnsmos(recording) for recording in recordings])), errors, errors - measured.insertions + measured.hits


@pytest.mark.parametrize("kind", [COMPILED, STATIC])
def test_faster_decoder_is_as_good_and_intelligible_as_the_packaged_one(kind: str) -> None:
    if kind == COMPILED:
        try:
            load_kernels()
        except KernelError as error:
            pytest.skip(str(error))
    rows = {language: (judge_all(kind, language), judge_all(PACKAGED, language)) for language in SENTENCES}
    for language, (ours, packaged) in rows.items():
        print(f"{kind} {language}: DNSMOS {ours[0]:.3f} ({packaged[0]:.3f}), errors {ours[1]} ({packaged[1]}) of {ours[2]} words")
    quality, errors, words = (np.array([[side[part] for side in row] for row in rows.values()]) for part in range(3))
    assert (quality[:, 0] >= quality[:, 1] - 0.03).all()
    rates = errors.sum(axis=0) / words.sum(axis=0)
    assert rates[0] <= rates[1] + 0.003
