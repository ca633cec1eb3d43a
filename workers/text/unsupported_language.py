"""Finds texts in a language that a model does not speak, before anything is charged.

The thresholds were set on the texts of Django's translations, about 700 per language (docs/figures.md): of 7,336 texts in kokoro's
languages none is refused.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from workers.text.cldr import LANGUAGE_NAMES
from workers.text.language import OWN_WORDS
from workers.text.language_identifier import LANGUAGES_OF_SCRIPT, NOISE, WORDS, identify_within, plain_words, rank_latin, related_tag
from workers.text.normalise.languages.nouns import word_set

SAMPLE_CHARACTERS: Final = 2000
SLICES: Final = 4
"""Evenly spread pieces of a longer text that are read."""

FRAGMENT: Final = re.compile(r"[^.!?…;:\n\"“”„«»()\[\]]+")
MOST_FRAGMENTS: Final = 40

LATIN: Final = "LATIN"
GREEK: Final = "GREEK"
"""Script whose single letters are symbols: 5 Ω, α."""
SURE_SCRIPT: Final = 2 / 3
"""Share of a text's letters in unreadable scripts above which it is not just a text with some foreign words."""
SYLLABIC: Final = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA"})
SYLLABLE_LETTERS: Final = 3
"""Letters of an alphabet that a character of those scripts counts as."""

SURE: Final = {3: 0.97, 4: 0.93, 5: 0.93}
SURE_LONG: Final = 0.8
"""Probability, by the number of different words, above which a text is certainly in none of the model's languages."""
FEWEST_WORDS: Final = 3
PLAIN_WORDS: Final = 2
"""Lower-case words that a text needs, so that a list of names is not taken for a foreign text."""
KNOWN: Final = 0.5
"""Least total probability of all languages in Latin script; nonsense has less."""
KNOWN_SHORT: Final = 0.6
LONG_WORDS: Final = 6
"""Number of words that allow lower thresholds; fewer words in capitals may be acronyms."""
SUSPECTED, SUSPECTED_LONG, SUSPECTED_KNOWN, SUSPECTED_TOP = 0.8, 0.6, 0.4, 0.5
"""Thresholds of a warning: all unspoken languages, the same in a long text, all in Latin script, the share of the likeliest."""

ENGLISH: Final = word_set(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["english"])
"""Words that hardly any other language has."""
ENGLISH_SHARE: Final = 0.08

_SENTENCE_END: Final = re.compile(r"[.!?…。]\s*$")


@dataclass(frozen=True, slots=True)
class UnsupportedLanguage:
    """Language that a text seems to be in and the model does not speak."""

    language: str
    """Primary tag of the likeliest one."""
    is_sure: bool
    """True if the text as a whole is certainly in it; False if only a part of it is, or the text is short."""
    is_likely: bool
    """True if a model that speaks the language should be used instead: certain, or only common words of that language."""


def find_unsupported_language(text: str, *, spoken: Collection[str]) -> UnsupportedLanguage | None:
    """Detect a language of the text, or of a part of it, that is not in `spoken` (primary tags); None otherwise.

    Linear in the first 2,000 characters; about 0.1 ms for a sentence, 3 ms at most. Deterministic.
    """
    return _find(_sample(text), tuple(sorted(spoken))) if spoken else None


@lru_cache(maxsize=32)  # one request calls this several times
def _find(sample: str, spoken: tuple[str, ...]) -> UnsupportedLanguage | None:
    return _by_script(sample, spoken=spoken) or _by_words(sample, spoken=spoken)


def has_readable_word(text: str, *, spoken: Collection[str]) -> bool:
    """True if the text has more than words in scripts that none of the languages uses."""
    if not spoken or text.isascii() or any(map(str.isdigit, text)):
        return True
    words = WORDS.findall(text)
    return not words or not all(_foreign_script(word, spoken=spoken) for word in words)


def _sample(text: str) -> str:
    if len(text) <= SAMPLE_CHARACTERS:
        return text
    size, step = SAMPLE_CHARACTERS // SLICES, (len(text) - SAMPLE_CHARACTERS // SLICES) // (SLICES - 1)
    slices = (text[start : start + size] for start in range(0, step * SLICES, step))
    return "\n".join(" ".join(piece.split(" ")[1:-1]) or piece for piece in slices)  # without the words that were cut


def _by_script(sample: str, *, spoken: Collection[str]) -> UnsupportedLanguage | None:
    """Language of words in a script that no voice reads: they would be left out."""
    foreign = _foreign_letters(sample, spoken=spoken)
    if not foreign:
        return None
    script, _ = foreign.most_common(1)[0]
    candidates = [language for language in LANGUAGES_OF_SCRIPT[script] if language not in spoken]
    words = [word for word in WORDS.findall(sample) if _script_of(word[0]) == script]
    language = identify_within(words, among=candidates)[0] or candidates[0]
    is_sure = sum(foreign.values()) > SURE_SCRIPT * sum(_weight(letter) for letter in filter(str.isalpha, sample))
    return UnsupportedLanguage(language, is_sure=is_sure, is_likely=is_sure)


def _foreign_letters(text: str, *, spoken: Collection[str]) -> "Counter[str]":
    """Letters, by script, of words in scripts that none of the languages uses. Every voice can read Latin letters somehow."""
    letters: Counter[str] = Counter()
    if not text.isascii():
        for word in WORDS.findall(text):
            if script := _foreign_script(word, spoken=spoken):
                letters[script] += sum(_weight(letter) for letter in filter(str.isalpha, word))
    return letters


def _foreign_script(word: str, *, spoken: Collection[str]) -> str:
    """Script of a word that none of the languages uses; empty otherwise."""
    script = _script_of(word[0])
    languages = LANGUAGES_OF_SCRIPT.get(script)
    is_foreign = languages and not any(language in spoken for language in languages) and (len(word) > 1 or script != GREEK)
    return script if is_foreign else ""


def _weight(letter: str) -> int:
    return SYLLABLE_LETTERS if _script_of(letter) in SYLLABIC else 1


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]


def _by_words(sample: str, *, spoken: Collection[str]) -> UnsupportedLanguage | None:
    """Language of the Latin words: of all together, or of one sentence or quotation among others."""
    letters = list(filter(str.isalpha, sample))
    latin = sum(_script_of(letter) == LATIN for letter in letters)
    if 2 * latin <= sum(map(_weight, letters)):
        return None  # Latin words in a text of another script
    whole = _identify_unsupported(sample, spoken=spoken)
    if whole is not None and whole.is_sure:
        return whole
    fragments = FRAGMENT.findall(NOISE.sub(" ", sample))[:MOST_FRAGMENTS]
    found = (_identify_unsupported(fragment, spoken=spoken) for fragment in fragments if len(fragment.split()) > FEWEST_WORDS)
    part = next((one for one in found if one is not None and one.is_sure), None) if len(fragments) > 1 else None
    return UnsupportedLanguage(part.language, is_sure=False, is_likely=False) if part is not None else whole


def _identify_unsupported(text: str, *, spoken: Collection[str]) -> UnsupportedLanguage | None:
    words = [word for word in plain_words(text) if _script_of(word[0]) == LATIN]
    different = {word.lower() for word in words if len(word) > 1}
    probabilities = {language: share for language, share in rank_latin(words).items() if language in LANGUAGE_NAMES}
    known = sum(probabilities.values())
    own = {related_tag(language) for language in spoken}
    others = {language: probability for language, probability in probabilities.items() if language not in own}
    if len(different) < PLAIN_WORDS or not others or known < SUSPECTED_KNOWN:
        return None
    top = max(others, key=lambda language: others[language])
    foreign = sum(others.values()) / known
    is_common = different <= OWN_WORDS.get(top, frozenset()) and foreign >= SUSPECTED
    is_sure = _is_sure(text, words, known=known, foreign=foreign, has_english="en" in own)
    is_suspected = foreign >= (SUSPECTED_LONG if len(different) >= LONG_WORDS else SUSPECTED)
    if is_sure or is_common or (is_suspected and others[top] >= SUSPECTED_TOP * known):
        return UnsupportedLanguage(top, is_sure=is_sure, is_likely=is_sure or is_common)
    return None


def _is_sure(text: str, words: Sequence[str], *, known: float, foreign: float, has_english: bool) -> bool:
    lowered = [word.lower() for word in words]
    count = len({word for word in lowered if len(word) > 1})
    if count < FEWEST_WORDS or foreign < SURE.get(count, SURE_LONG) or known < (KNOWN_SHORT if count < LONG_WORDS else KNOWN):
        return False
    if count == FEWEST_WORDS and not _SENTENCE_END.search(text):
        return False
    english = sum(word in ENGLISH for word in lowered) if has_english else 0
    if english and english >= ENGLISH_SHARE * len(words):
        return False
    return count >= LONG_WORDS if text.isupper() else sum(map(str.islower, words)) >= PLAIN_WORDS
