"""Written text to spoken text: numbers, dates, money, units, addresses, abbreviations and signs as words."""

from workers.text.normalise.capitals import lower_capitals
from workers.text.normalise.fold import fold
from workers.text.normalise.formatting import strip_html, strip_markdown
from workers.text.normalise.languages import find_language
from workers.text.normalise.scanner import scan
from workers.text.spoken_text import SpokenText

__all__ = ["normalise"]


def normalise(text: str, *, language: str, has_html: bool = True) -> SpokenText:
    """Convert a written text to the spoken text for an engine, mapped character by character.

    language: BCP 47, `en`, `en-gb`, `pt-pt`. English, Spanish, French, German, Italian and Portuguese are normalised completely; in other
    languages letters are folded and the rest is left to the G2P. Every text is accepted, in linear time, and every written word is part of
    a spoken span.

    has_html: True if the text may contain tags and references; SSML is parsed before, and anything that looks like a tag in it is text.
    """
    spoken = strip_html(text) if has_html else SpokenText.verbatim(text)
    spoken = spoken.then(fold(spoken.text))
    spoken = spoken.then(strip_markdown(spoken.text))
    spoken_in = find_language(language)
    if not spoken_in:
        return spoken
    spoken = spoken.then(lower_capitals(spoken.text, language=spoken_in))
    return spoken.then(scan(spoken.text, language=spoken_in))
