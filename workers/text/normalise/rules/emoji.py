"""Emoji by their names; signs without a name are silent."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language

LONGEST: Final = 12
"""Code points of one emoji: families and flags of regions."""

MODIFIERS: Final = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u20e3\u200d]")
FIGURES: Final = re.compile(r"(\d{1,9})(st|nd|rd|th)?")
LANGUAGES: Final = frozenset(("en", "es", "fr", "de", "it", "pt", "ja", "zh"))


@cache
def _names(language: str) -> dict[str, str]:
    """Names of all emoji in a language, English if missing."""
    from emoji import EMOJI_DATA, config

    if language in LANGUAGES:
        config.load_language(language)
    return {character: _readable(str(data.get(language) or data["en"])) for character, data in EMOJI_DATA.items()}


def _readable(name: str) -> str:
    return " ".join(re.sub(r"[^\w’'&-]+", " ", name.strip(":").replace("_", " ")).replace("-", " ").split())


def read_emoji(context: Context, position: int) -> Reading:
    """Emoji at the position, named once for repetitions; skin tones are not named."""
    name, end = name_emoji(context.text, position, language=context.language.code)
    while end < len(context.text) and (context.text[end] > "\u203b" or MODIFIERS.match(context.text, end)):
        following, after = name_emoji(context.text, end, language=context.language.code)
        if following not in {name, ""} or context.text[end].isalnum():
            break
        end = after
    return Reading(end, f" {_without_figures(name, language=context.language)} " if name else "")


def _without_figures(name: str, *, language: Language) -> str:
    """Spell out the figures of a name: "3rd place medal"."""
    return FIGURES.sub(lambda match: language.ordinal(int(match[1])) if match[2] else language.cardinal(int(match[1])), name)


def name_emoji(text: str, position: int, *, language: str) -> tuple[str, int]:
    """Name of the longest emoji at the position, and its end; an empty name for other signs."""
    if text[position] < "\u203c":
        return "", position + 1
    names = _names(language)
    for end in range(min(len(text), position + LONGEST), position, -1):
        name = names.get(text[position:end])
        if name is not None:
            plain = MODIFIERS.sub("", text[position:end])
            return names.get(plain, name), end
    return "", position + 1
