"""Recordings in a language that Kokoro does not speak: how well it is aligned with them, and the voices that are fitted to them.

`python3.11 requirements/install.py prove` brings the recordings. A fit costs some 100 CPU seconds and is kept, as in test_voices.py.
"""

import numpy as np
import pytest

from tests.prove.conversion_rows import RATE, converter, heard_words, recording
from tests.prove.judging import people
from tests.prove.voice_kinds import FITTED, KINDS, STOCK
from tests.prove.voice_results import result_of, row_of
from workers.audio.encoding.resampler import resample
from workers.audio.samples import Samples
from workers.cloning.passages import Prosody, recorded_passage
from workers.contract.transcription import TranscriptWord
from workers.kokoro.runtime import SAMPLE_RATE
from workers.kokoro.source_languages import source_accent
from workers.text.normalise import normalise

pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]

MOST_SECONDS = 6.0
UNIT_SECONDS = 0.025
MARGIN_SECONDS = 0.3
"""Silence around the words, as Kokoro's reading has it."""


@pytest.mark.parametrize(("name", "most_seconds"), [("en_brandon", 0.15), ("de_Ralf", 0.2), ("de_thorsten", 0.2)])
def test_words_are_aligned_where_the_recogniser_hears_them(name: str, most_seconds: float, capsys: pytest.CaptureFixture[str]) -> None:
    language = name[:2]
    samples = recording(name)[: round(MOST_SECONDS * RATE)]
    words = [word for word in heard_words(samples, language=language) if word.end < MOST_SECONDS - MARGIN_SECONDS]
    spoken = samples[round(words[0].start * RATE) : round(words[-1].end * RATE)]
    errors = np.abs([found - word.start for found, word in zip(starts_of(spoken, words, language), words, strict=True)])
    with capsys.disabled():
        print(f"\n{name}: {len(words)} words, median error {np.median(errors):.3f} s, 90% {np.percentile(errors, 90):.3f} s", flush=True)
    assert float(np.median(errors)) <= most_seconds


def starts_of(spoken: Samples, words: list[TranscriptWord], language: str) -> list[float]:
    """Start of each word in seconds of the recording, by the alignment. spoken: from the first word's start to the last one's end, at 16 kHz."""
    text = normalise(" ".join(word.word.strip() for word in words), language=language, has_html=False).text
    runtime = converter().runtime
    phonemised = source_accent(language).phonemizer()(text).restrict(runtime.vocabulary.__contains__)
    padded = np.pad(resample(spoken, input_rate=RATE, output_rate=SAMPLE_RATE), round(MARGIN_SECONDS * SAMPLE_RATE))
    _, analysis = recorded_passage(runtime, padded, phonemes=phonemised.phonemes, prosody=Prosody({"af_heart": 1.0}))
    firsts = [int(np.searchsorted(analysis.tokens, word.first + 1)) for word in phonemised.words]
    return [words[0].start - MARGIN_SECONDS + UNIT_SECONDS * first for first in firsts]


@pytest.mark.parametrize("name", ["de_Ralf", "de_Sonja", "de_thorsten"])
def test_a_german_reference_makes_a_voice_nearer_than_any_built_in_one(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    person = next(one for one in people() if one.name == name)
    stock, fitted = (result_of(person, kind, KINDS[kind]) for kind in (STOCK, FITTED))
    with capsys.disabled():
        print(f"\n{row_of(stock)}\n{row_of(fitted)}", flush=True)
    assert all(fitted.verdict.similarities[name] > stock.verdict.similarities[name] for name in ("ge2e", "d-vector"))
    assert (fitted.verdict.gender, fitted.verdict.word_errors <= 0.05) == (person.gender, True)
