"""Rates of texts refused or warned about for their language, over Django's own translations: labels of user interfaces and sentences."""

import gettext
import re
from collections import Counter
from pathlib import Path

import django
import pytest

from workers.text.language_identifier import WORDS
from workers.text.unsupported_language import find_unsupported_language

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]

MODELS = {
    "kokoro": ("en", "es", "fr", "hi", "it", "ja", "pt", "zh"),
    "pico": ("de", "en", "es", "fr", "it"),
    "hibari": ("en",),
}
OTHERS = ("ca", "cs", "da", "fi", "hu", "id", "nb", "nl", "pl", "ro", "sv", "tr", "vi", "ar", "el", "he", "ko", "ru", "th")
FEWEST_REFUSED = 0.8
"""Least share of refused texts among those of four words or more in an unspoken language; Catalan, Danish and Norwegian may have less."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")


def texts(language: str) -> set[str]:
    """Texts of Django's translations in a language; the originals for English."""
    folder = "de" if language == "en" else language
    said: set[str] = set()
    for path in Path(django.__file__).parent.glob(f"**/locale/{folder}*/LC_MESSAGES/*.mo"):
        with path.open("rb") as file:
            catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for key, translation in catalog.items():
            original = (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2]
            text = original if language == "en" else translation
            if original and (language == "en" or text != original):
                said.add(" ".join(PLACEHOLDER.sub("", text).split()))
    return said


def rates(language: str, *, spoken: tuple[str, ...]) -> tuple[int, Counter[str], list[str]]:
    """Number of texts; counts of all, refused and warned-about texts by length; the refused texts."""
    counts: Counter[str] = Counter()
    refused = []
    for text in texts(language):
        words = len({word.lower() for word in WORDS.findall(text)})
        found = find_unsupported_language(text, spoken=spoken)
        length = "short" if words < 4 else "long"
        counts[length] += 1
        if found is not None:
            counts[f"{length} {'refused' if found.is_sure else 'warned'}"] += 1
        if found is not None and found.is_sure:
            refused.append(text)
    return counts["short"] + counts["long"], counts, refused


@pytest.mark.parametrize("model", MODELS)
def test_no_text_in_a_language_of_the_model_is_refused(model: str) -> None:
    total, refused, warned = 0, [], 0
    for language in MODELS[model]:
        count, counts, wrong = rates("zh_Hans" if language == "zh" else language, spoken=MODELS[model])
        total, warned = total + count, warned + counts["short warned"] + counts["long warned"]
        refused += wrong
    print(f"\n{model}: {total} texts, {len(refused)} refused, {warned} warned about")
    assert refused == []


@pytest.mark.parametrize("language", OTHERS)
def test_most_texts_of_four_words_in_another_language_are_refused(language: str) -> None:
    _, counts, _ = rates(language, spoken=MODELS["kokoro"])
    share = counts["long refused"] / counts["long"]
    print(f"\n{language}: {share:.2f} of {counts['long']} refused, {counts['long warned']} warned about")
    print(f"of {counts['short']} with fewer words {counts['short refused']} refused, {counts['short warned']} warned about")
    assert share >= {"ca": 0.5, "da": 0.7, "nb": 0.7}.get(language, FEWEST_REFUSED)
