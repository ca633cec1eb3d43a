"""Word error of synthesised speech over the frozen sentences, against the bare model's own audio through the same recogniser."""

import json
from pathlib import Path

import jiwer
import pytest

from tests.flows.listening import Listener, said_words
from tests.prove.speaking import Maker, as_wav, bare_audio, worker_audio

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

SENTENCES: dict[str, list[str]] = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())


def error_rate(make: Maker, *, language: str, listener: Listener) -> float:
    """Word error rate, with figures as words on both sides."""
    sentences = SENTENCES[language]
    heard = [listener.hear(as_wav(make(text, language=language)), language=language) for text in sentences]
    return float(jiwer.wer(*([said_words(text, language=language) for text in texts] for texts in (sentences, heard))))


def test_english_is_understood_but_for_three_words_in_a_hundred(listener: Listener) -> None:
    rate = error_rate(worker_audio, language="en", listener=listener)
    print(f"en: {rate:.4f}")
    assert rate < 0.03


@pytest.mark.parametrize("language", ["es", "fr", "it", "pt"])
def test_word_errors_in_other_languages_equal_those_of_the_bare_model(listener: Listener, language: str) -> None:
    ours, bare = (error_rate(make, language=language, listener=listener) for make in (worker_audio, bare_audio))
    print(f"{language}: {ours:.4f}, bare {bare:.4f}")
    assert ours <= bare + 0.02
