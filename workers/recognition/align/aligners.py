"""Aligns one stretch of a recording with its text: by pocketsphinx for English, by a recogniser's cross-attention otherwise."""

import re
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.protocols.recogniser import Recogniser
from workers.recognition.align.sphinx import SphinxAligner
from workers.recognition.align.text_mapping import AlignedSpan

LONGEST_TEXT_CHARACTERS: Final = 900
"""Longest text of half a minute; a recogniser reads no more at once."""

_WORD: Final = re.compile(r"\S+")


@cache
def sphinx_aligner() -> SphinxAligner:
    """The process's only instance: its dictionary and model take about 60 MB."""
    return SphinxAligner()


def align_by_sphinx(samples: NDArray[np.float32], *, text: str) -> list[AlignedSpan]:
    """Align English words. Offsets of the text, seconds of the samples; empty if the text does not match the audio."""
    return [AlignedSpan(*word) for word in sphinx_aligner().align(samples, text=text)] if len(text) <= LONGEST_TEXT_CHARACTERS else []


def align_by_recogniser(recogniser: Recogniser, samples: NDArray[np.float32], *, text: str, language: str) -> list[AlignedSpan]:
    """Align words of any language that the recogniser knows. Raises WorkError (unsupported_language)."""
    if len(text) > LONGEST_TEXT_CHARACTERS:
        return []
    spans: list[AlignedSpan] = []
    position = 0
    for word in recogniser.align(samples, text=text, language=language):
        said = word.word.strip()
        found = text.find(said, position) if said else -1
        if found >= 0 and word.end >= word.start:
            spans.append(AlignedSpan(found, found + len(said), word.start, word.end))
            position = found + len(said)
    return spans


def align_evenly(text: str, *, start: float, end: float) -> list[AlignedSpan]:
    """Distribute words between two times in proportion to their length, where no aligner finds them."""
    pace = (end - start) / max(1, len(text))
    return [AlignedSpan(*match.span(), start + pace * match.start(), start + pace * match.end()) for match in _WORD.finditer(text)]
