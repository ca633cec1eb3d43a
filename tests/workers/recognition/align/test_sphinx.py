"""Alignment of English words against the engine's own timings."""

import threading

import numpy as np

from tests.workers.recognition.align.readings import Reading, read_aloud
from workers.recognition.align.arpabet import arpabet_of
from workers.recognition.align.sphinx import SphinxAligner
from workers.recognition.align.text_mapping import AlignedSpan, normalise_for_alignment, written_words

ALIGNER = SphinxAligner()
TEXTS = (
    "The quick brown fox jumps over the lazy dog, and nobody minds.",
    '"Well," said Mr. Smith, "it costs $1,234.56 (net) — or 3/4 of that!"',
    "Zyxtralian Kokoro met Dr. Müller in Reykjavík, didn't he?",
)


def errors_of(reading: Reading) -> list[float]:
    """Differences in seconds between aligned and true starts and ends."""
    spoken = normalise_for_alignment(reading.text, language="en")
    found = written_words(spoken, [AlignedSpan(*word) for word in ALIGNER.align(reading.samples, text=spoken.text)])
    assert [word.word for word in found] == [word.word for word in reading.words]
    pairs = list(zip(found, reading.words, strict=True))
    return [abs(a.start - b.start) for a, b in pairs] + [abs(a.end - b.end) for a, b in pairs]


def test_words_are_found_within_hundredths_of_a_second() -> None:
    errors = [error for text in TEXTS for error in errors_of(read_aloud(text))]
    assert float(np.median(errors)) < 0.05
    assert float(np.quantile(errors, 0.95)) < 0.25


def test_aligning_an_unrelated_or_empty_text_finds_no_words() -> None:
    reading = read_aloud(TEXTS[0])
    assert ALIGNER.align(reading.samples, text="…") == []
    assert ALIGNER.align(reading.samples[:500], text="Hello") == []
    assert ALIGNER.align(np.zeros(0, np.float32), text="Hello") == []


def test_a_word_that_no_dictionary_has_is_spelled_by_its_sounds() -> None:
    assert arpabet_of("kokoro") == "K AH K AO R OW"
    assert arpabet_of("日") == "AH"


def test_concurrent_alignments_give_the_same_result() -> None:
    reading = read_aloud(TEXTS[0])
    expected = ALIGNER.align(reading.samples, text=reading.text)
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(ALIGNER.align(reading.samples, text=reading.text))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
