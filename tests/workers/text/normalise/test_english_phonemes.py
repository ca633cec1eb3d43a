"""English G2P receives words only, after normalisation."""

import re

import pytest

from tests.workers.text.normalise.test_normalise_english import SAID
from workers.text.english import english_phonemizer

WRITTEN_WORDS = re.compile(r"[A-Za-zÀ-ÿ\s.,;:!?'’\"“”‘()…—-]*")
SPOKEN = [spoken for group in SAID.values() for spoken in group.values()]


def test_normalised_text_has_only_words_and_pauses() -> None:
    assert [spoken for spoken in SPOKEN if not WRITTEN_WORDS.fullmatch(spoken)] == []


@pytest.mark.parametrize("spoken", SPOKEN[::7])
def test_every_spoken_word_has_phonemes(spoken: str) -> None:
    heard = english_phonemizer(is_british=False)(spoken).words
    words = [match for match in re.finditer(r"[^\s—…]+", spoken) if any(map(str.isalnum, match[0]))]
    assert len(heard) >= len(words) - 1
