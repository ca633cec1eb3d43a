"""Language detection: finds which of an engine's languages a text is written in."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workers.contract.tags import primary_tag
from workers.text.language_identifier import NOISE, identify_within, plain_words

SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")),
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
"""Scripts that identify a language, kana before the characters that Japanese shares with Chinese."""

LETTERS: Final = re.compile(r"[^\W\d_]")

SAMPLE_CHARACTERS: Final = 2000
"""Characters of a long text that detection reads; more do not change the result."""

SHORT_LETTERS: Final = 16
"""Number of letters below which the classifier needs more certainty to overrule the preferred language."""

SURE_SHORT: Final = 0.75
SURE: Final = 0.5
"""Probabilities above which the classifier is trusted, measured on one to twelve words in six languages."""

DECISIVE_LETTERS: Final = 5
"""Letters below which a single word that is none of OWN_WORDS (OK, NASA) gives no evidence."""

SURE_AGAINST: Final = 0.85
PLAIN_WORDS: Final = 4
"""Probability, by number of words, above which a text is not in the language of the chosen voice."""

OWN_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        language: frozenset(words.split())
        for language, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
    }
)
"""Words that identify the language of a short text."""


def detect_language(text: str, *, among: Collection[str], preferred: str = "") -> str:
    """Primary tag, one of `among`, of the language that the text is written in.

    preferred: the voice's language, used when the text gives too little evidence; by default the first of `among`. Deterministic; about 0.3
    ms per sentence once the model is loaded. Raises ValueError if `among` is empty.
    """
    candidates = list(dict.fromkeys(map(primary_tag, among)))
    if not candidates:
        raise ValueError("there are no languages to choose from")
    fallback = primary_tag(preferred)
    fallback = fallback if fallback in candidates else candidates[0]
    sample = NOISE.sub(" ", text[:SAMPLE_CHARACTERS])
    letters = len(LETTERS.findall(sample))
    if len(candidates) == 1 or not letters:
        return fallback
    return _by_script(sample, letters=letters, candidates=candidates) or _by_words(
        sample, letters=letters, candidates=candidates, fallback=fallback
    )


def detect_against(text: str, *, among: Collection[str], own: str) -> str:
    """Detect the language when a voice with the language `own` was chosen: another language is returned only for a text that is clearly in
    it.

    A few foreign words, names and titles stay in the language of the voice; so does another script as long as it is the smaller half.
    """
    candidates = list(dict.fromkeys(map(primary_tag, among)))
    own = primary_tag(own)
    sample = NOISE.sub(" ", text[:SAMPLE_CHARACTERS])
    letters = len(LETTERS.findall(sample))
    if own not in candidates or not letters:
        return own
    counts = {language: len(pattern.findall(sample)) for language, pattern in SCRIPTS}
    counts["ja"] += counts["zh"] if counts["ja"] else 0
    if counts.get(own):
        return own
    foreign = max(counts, key=lambda language: counts[language])
    if counts[foreign]:
        return foreign if 2 * counts[foreign] > letters and foreign in candidates else own
    return _certain_other_language(sample, letters=letters, candidates=candidates, own=own)


def _certain_other_language(sample: str, *, letters: int, candidates: list[str], own: str) -> str:
    """Language of a Latin text if the classifier is certain of it and no word suggests the voice's own."""
    words = {word.strip(".,;:!?¡¿\"'()«»“”") for word in sample.lower().split()}
    latin = frozenset(candidates) - {script for script, _ in SCRIPTS}
    found, probabilities = identify_within(plain_words(sample), among=latin)
    known = OWN_WORDS.get(found, frozenset())
    if not found or words & (OWN_WORDS.get(own, frozenset()) - known):
        return own
    is_other = 1.0 - probabilities.get(own, 0.0) >= SURE_AGAINST
    is_long = len(words) >= PLAIN_WORDS and letters >= SHORT_LETTERS and is_other
    return found if is_long or (words <= known and probabilities[found] >= SURE) else own


def _by_script(sample: str, *, letters: int, candidates: list[str]) -> str:
    """Language whose script has a sixth of the letters: one of its characters carries as much as several Latin ones."""
    counts = {language: len(pattern.findall(sample)) for language, pattern in SCRIPTS}
    if counts["ja"] and counts["ja"] + counts["zh"] >= letters / 6:
        return next((language for language in ("ja", "zh") if language in candidates), "")
    found = [language for language, count in counts.items() if count >= letters / 6 and language in candidates]
    return found[0] if found else ""


def _by_words(sample: str, *, letters: int, candidates: list[str], fallback: str) -> str:
    latin = [language for language in candidates if language not in {script for script, _ in SCRIPTS}]
    if not latin:
        return fallback
    words = sample.lower().split()
    if len(words) <= 4:
        stripped = {word.strip(".,;:!?¡¿\"'()«»“”") for word in words}
        scores = {language: len(stripped & OWN_WORDS.get(language, frozenset())) for language in latin}
        best = max(scores.values())
        leaders = [language for language, score in scores.items() if score == best]
        if best and len(leaders) == 1:
            return leaders[0]
    found, probabilities = identify_within(plain_words(sample), among=frozenset(latin))
    if not found:
        return fallback if fallback in latin else latin[0]
    is_decisive = len(words) > 1 or letters >= DECISIVE_LETTERS
    is_sure = is_decisive and probabilities[found] >= (SURE_SHORT if letters < SHORT_LETTERS else SURE)
    return found if is_sure or fallback not in latin else fallback
