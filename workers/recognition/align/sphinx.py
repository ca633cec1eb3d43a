"""Alignment of English words by pocketsphinx, whose acoustic model and dictionary are in its wheel."""

import importlib.util
import re
import threading
import unicodedata
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.recognition.align.arpabet import arpabet_of

METHOD: Final = "pocketsphinx"
LANGUAGE: Final = "en"
FRAME_SECONDS: Final = 0.01
WIDE_BEAM: Final = 1e-80
"""Unlimited beam of a second attempt: the first one sometimes prunes the only valid path."""
MOST_ADDED_WORDS: Final = 2000
"""Most words that a decoder learns in addition to its dictionary; then a new one is created."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VARIANT: Final = re.compile(r"\(\d+\)$")


class SphinxWord(NamedTuple):
    """Aligned word: offsets in the text, seconds in the samples."""

    start_character: int
    end_character: int
    start: float
    end: float


class SphinxAligner:
    """One decoder, used by one thread at a time: alignment takes a hundredth of the audio's duration."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoder: Any = None
        self._added = 0

    def align(self, samples: NDArray[np.float32], *, text: str) -> list[SphinxWord]:
        """Time each word of an English text in samples at 16 kHz that contain all of it; empty if they do not match.

        Raises WorkError (engine_unavailable) if the library is missing.
        """
        words = [(match, plain) for match in _WORD.finditer(text) if (plain := _plain(match[0]))]
        if not words or samples.size < 0.1 / FRAME_SECONDS * 160:
            return []
        raw = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
        with self._lock:
            times = self._decode(raw, words=[plain for _, plain in words])
        return [SphinxWord(*match.span(), *time) for (match, _), time in zip(words, times, strict=True)] if times else []

    def _decode(self, raw: bytes, *, words: list[str]) -> list[tuple[float, float]]:
        for is_wide in (False, True):
            decoder = self._ready(words) if not is_wide else _new_decoder(beam=WIDE_BEAM, pbeam=WIDE_BEAM, wbeam=WIDE_BEAM)
            if is_wide:
                _add_pronunciations(decoder, words)
            found = _run(decoder, raw=raw, words=words)
            if found:
                return found
        return []

    def _ready(self, words: list[str]) -> Any:
        if self._decoder is None or self._added > MOST_ADDED_WORDS:
            self._decoder, self._added = _new_decoder(), 0
        self._added += _add_pronunciations(self._decoder, words)
        return self._decoder


def find_sphinx_obstacle() -> str:
    """Reason why English cannot be aligned here; empty if it can."""
    return "" if importlib.util.find_spec("pocketsphinx") else "Aligning English needs pocketsphinx: install requirements/worker-cpu.txt."


def _new_decoder(**settings: float) -> Any:
    if obstacle := find_sphinx_obstacle():
        raise WorkError(ENGINE_UNAVAILABLE, obstacle)
    from pocketsphinx import Decoder

    return Decoder(loglevel="FATAL", bestpath=False, lm=None, **settings)


def _add_pronunciations(decoder: Any, words: list[str]) -> int:
    """Add unknown words to the dictionary; returns their number."""
    unknown = [word for word in dict.fromkeys(words) if decoder.lookup_word(word) is None]
    for number, word in enumerate(unknown, start=1):
        decoder.add_word(word, arpabet_of(word), number == len(unknown))
    return len(unknown)


def _run(decoder: Any, *, raw: bytes, words: list[str]) -> list[tuple[float, float]]:
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    found = [segment for segment in decoder.seg() if not segment.word.startswith(("<", "["))]
    if [_VARIANT.sub("", segment.word) for segment in found] != words:
        return []
    return [(segment.start_frame * FRAME_SECONDS, (segment.end_frame + 1) * FRAME_SECONDS) for segment in found]


def _plain(word: str) -> str:
    """Spelling of the dictionary: lower case without accents, a straight apostrophe."""
    folded = unicodedata.normalize("NFKD", word.replace("’", "'").casefold())
    return "".join(character for character in folded if character.isascii() and (character.isalpha() or character == "'")).strip("'")
