"""Pronunciation of Kokoro's languages, and the built-in voices that speak them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from workers.contract.engines import VoiceSpec
from workers.contract.tags import is_same_language, normalise_tag, primary_tag
from workers.kokoro.stock_voices import VOICES_BY_ID, StockVoice
from workers.text.english import english_phonemizer
from workers.text.g2p.languages import find_obstacle, phonemizer_of
from workers.text.phonemes import PhonemisedText

Phonemizer = Callable[[str], PhonemisedText]


@dataclass(frozen=True, slots=True)
class Accent:
    """Pronunciation of one language and region."""

    tag: str
    name: str
    phonemizer: Callable[[], Phonemizer]


AMERICAN: Final = Accent("en-us", "American English", partial(english_phonemizer, is_british=False))
ACCENTS: Final[Mapping[str, Accent]] = MappingProxyType(
    {
        accent.tag: accent
        for accent in (
            AMERICAN,
            Accent("en-gb", "British English", partial(english_phonemizer, is_british=True)),
            Accent("es", "Spanish", partial(phonemizer_of, "es")),
            Accent("fr-fr", "French", partial(phonemizer_of, "fr")),
            Accent("hi", "Hindi", partial(phonemizer_of, "hi")),
            Accent("it", "Italian", partial(phonemizer_of, "it")),
            Accent("ja", "Japanese", partial(phonemizer_of, "ja")),
            Accent("pt-br", "Brazilian Portuguese", partial(phonemizer_of, "pt")),
            Accent("zh-cn", "Mandarin Chinese", partial(phonemizer_of, "zh")),
        )
    }
)
"""Accents by their tags."""
LANGUAGES: Final = tuple(dict.fromkeys(primary_tag(accent.tag) for accent in ACCENTS.values()))
"""Primary tags."""


def accent_of(language: str) -> Accent:
    """The accent of a language tag: that of its region, else the first of its language; American English for any other."""
    related = (accent for accent in ACCENTS.values() if is_same_language(accent.tag, language))
    return ACCENTS.get(normalise_tag(language)) or next(related, AMERICAN)


def find_missing_languages() -> Mapping[str, str]:
    """Languages whose G2P is not available here, each with the reason. Imports their packages, in up to two seconds."""
    return {language: obstacle for language in LANGUAGES if (obstacle := find_obstacle(language))}


def _voice(voice: StockVoice) -> VoiceSpec:
    accent, name = ACCENTS[voice.language], voice.id.partition("_")[2]
    return VoiceSpec(voice.id, name.capitalize(), voice.language, voice.gender, f"{accent.name}, {voice.gender}")


VOICES: Final = tuple(map(_voice, VOICES_BY_ID.values()))
