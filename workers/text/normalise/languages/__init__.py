"""Languages of numbers, dates and signs, one package each."""

from functools import cache

from workers.contract.tags import normalise_tag, primary_tag
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.chinese import Chinese
from workers.text.normalise.languages.english import BritishEnglish, English
from workers.text.normalise.languages.french import French
from workers.text.normalise.languages.german import German
from workers.text.normalise.languages.hindi import Hindi
from workers.text.normalise.languages.italian import Italian
from workers.text.normalise.languages.japanese import Japanese
from workers.text.normalise.languages.portuguese import EuropeanPortuguese, Portuguese
from workers.text.normalise.languages.spanish import Spanish

LANGUAGES: dict[str, type[Language]] = {
    "en": English,
    **dict.fromkeys(("en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za"), BritishEnglish),
    "es": Spanish,
    "fr": French,
    "de": German,
    "it": Italian,
    "pt": Portuguese,
    "zh": Chinese,
    "ja": Japanese,
    "hi": Hindi,
    "pt-pt": EuropeanPortuguese,
}


@cache
def _build(tag: str) -> Language | None:
    kind = LANGUAGES.get(tag) or LANGUAGES.get(primary_tag(tag))
    return kind() if kind else None


def find_language(tag: str) -> Language | None:
    """Language of a BCP 47 tag, its regional form if there is one, or None."""
    return _build(normalise_tag(tag)[:16])
