"""Hallucination filter: distinguishes spoken words from hallucinated ones, and decoding loops from real repetitions."""

import re
import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPETITIVE_ABOVE: Final = 2.4
"""Compression ratio of a looping text, and log probability of a guessed one: OpenAI's own thresholds."""
GUESSED_BELOW: Final = -1.0
SILENT_ABOVE: Final = 0.6
DOUBTFUL_SILENCE: Final = 0.25
DOUBTFUL_BELOW: Final = -0.55
LITTLE_SPEECH_SECONDS: Final = 0.6
SURE_WORD: Final = 0.5
"""Word probability above which a known phantom phrase counts as spoken in less time: for a spoken "thank you", "bye" or "gracias" base
reaches .57 to .97, for hallucinations over noise .02 to .1.
"""
MOST_CHARACTERS_PER_SECOND: Final = 45.0
"""Twice as fast as anybody speaks: a longer text was not spoken in that time."""
TIMELESS_WORDS: Final = 3
TIMELESS_SECONDS: Final = 0.15
"""Time below which so many words were not spoken: cross-attention assigns no time to the words of a loop, since no audio matches them. A
single word may lose its time to its neighbours.
"""
LOOP_TURNS: Final = 4
LONGEST_LOOP_WORDS: Final = 12

_TABLE: Final = Path(__file__).with_name("hallucinated_phrases.toml")
HALLUCINATED_PHRASES: Final[tuple[str, ...]] = tuple(tomllib.loads(_TABLE.read_text(encoding="utf-8"))["phrases"])
"""Phrases that Whisper hallucinates over noise, learnt from the ends of subtitles. People also say them, so one is dropped only with
further weak evidence.
"""
_HALLUCINATED_PHRASE: Final = re.compile("|".join(f"(?:{pattern})" for pattern in HALLUCINATED_PHRASES))
_BARE: Final = re.compile(r"[^\w\s'.\-]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence about a text besides its words."""

    average_log_probability: float
    no_speech_probability: float
    speech_seconds: float
    """Seconds of detected speech within the segment; negative if unknown."""
    word_probability: float = 0.0
    """Probability of the least certain word; 0 if unknown."""

    @property
    def is_silence(self) -> bool:
        """True if the model itself reports no speech."""
        return self.no_speech_probability > SILENT_ABOVE and self.average_log_probability < GUESSED_BELOW

    @property
    def is_weak(self) -> bool:
        """True if the evidence does not support a phrase that is often hallucinated."""
        return (
            self.average_log_probability < DOUBTFUL_BELOW
            or self.no_speech_probability > DOUBTFUL_SILENCE
            or (0 <= self.speech_seconds < LITTLE_SPEECH_SECONDS and self.word_probability < SURE_WORD)
        )


def compression_ratio(text: str) -> float:
    """Bytes of the text divided by those of its compressed form."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


def is_known_hallucination(text: str) -> bool:
    """True if the whole text is a phrase that recognisers hallucinate."""
    plain = _BARE.sub("", text.casefold()).strip(" .-")
    return bool(_HALLUCINATED_PHRASE.fullmatch(plain))


def is_hallucinated(text: str, *, evidence: Evidence) -> bool:
    """True if the text was not spoken: no evidence at all, a known phantom on weak evidence, or more than can be said in the time."""
    if not any(map(str.isalnum, text)) or evidence.is_silence:
        return True
    if evidence.speech_seconds >= 0 and len(text.strip()) > MOST_CHARACTERS_PER_SECOND * (evidence.speech_seconds + 0.5):
        return True
    return evidence.is_weak and is_known_hallucination(text)


def is_spoken_repetition(spans: Sequence[tuple[float, float]]) -> bool:
    """True if a repetitive text was really spoken, judged by the start and end of each of its words in seconds."""
    following = spans[TIMELESS_WORDS - 1 :]
    return all(last[1] - first[0] >= TIMELESS_SECONDS for first, last in zip(spans, following, strict=False))


def has_repeated_phrase(text: str) -> bool:
    """True if a phrase of two words or more occurs twice in a row."""
    words = _bare_words(text.split())
    sizes = range(2, min(LONGEST_LOOP_WORDS, len(words) // 2) + 1)
    return any(
        words[first : first + size] == words[first + size : first + 2 * size]
        for size in sizes
        for first in range(len(words) - 2 * size + 1)
    )


def find_loop(words: Sequence[str]) -> int:
    """Number of words to keep when the text ends in a loop (a group of words LOOP_TURNS times or more): one turn stays.

    Case and punctuation are ignored: a loop that is cut off ends without its comma.
    """
    bare = _bare_words(words)
    for size in range(1, min(LONGEST_LOOP_WORDS, len(words) // LOOP_TURNS) + 1):
        group = bare[-size:]
        turns = 1
        while bare[len(words) - (turns + 1) * size : len(words) - turns * size] == group:
            turns += 1
        if turns >= LOOP_TURNS:
            return len(words) - (turns - 1) * size
    return len(words)


def _bare_words(words: Sequence[str]) -> list[str]:
    return ["".join(filter(str.isalnum, word.casefold())) for word in words]
