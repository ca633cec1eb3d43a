"""Pronunciation of Kokoro's languages, and the built-in voices that speak them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from workers.contract.engines import VoiceSpec
from workers.contract.tags import is_same_language, normalise_tag, primary_tag
from workers.kokoro.stock_voices import STOCK_VOICES, gender_of
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


ACCENTS: Final[Mapping[str, Accent]] = MappingProxyType(
    {
        "a": Accent("en-us", "American English", partial(english_phonemizer, is_british=False)),
        "b": Accent("en-gb", "British English", partial(english_phonemizer, is_british=True)),
        "e": Accent("es", "Spanish", partial(phonemizer_of, "es")),
        "f": Accent("fr-fr", "French", partial(phonemizer_of, "fr")),
        "h": Accent("hi", "Hindi", partial(phonemizer_of, "hi")),
        "i": Accent("it", "Italian", partial(phonemizer_of, "it")),
        "j": Accent("ja", "Japanese", partial(phonemizer_of, "ja")),
        "p": Accent("pt-br", "Brazilian Portuguese", partial(phonemizer_of, "pt")),
        "z": Accent("zh-cn", "Mandarin Chinese", partial(phonemizer_of, "zh")),
    }
)
"""Accents by the first letter of their voices' ids."""
LANGUAGES: Final = tuple(dict.fromkeys(primary_tag(accent.tag) for accent in ACCENTS.values()))
"""Primary tags."""


def accent_of(language: str) -> Accent:
    """The accent of a language tag: that of its region, else the first of its language; American English for any other."""
    accents = ACCENTS.values()
    regional = (accent for accent in accents if accent.tag == normalise_tag(language))
    return next(regional, next((accent for accent in accents if is_same_language(accent.tag, language)), ACCENTS["a"]))


def find_missing_languages() -> Mapping[str, str]:
    """Languages whose G2P is not available here, each with the reason. Imports their packages, in up to two seconds."""
    return {language: obstacle for language in LANGUAGES if (obstacle := find_obstacle(language))}


def _voice(voice: str) -> VoiceSpec:
    accent, gender, name = ACCENTS[voice[0]], gender_of(voice), voice.partition("_")[2]
    return VoiceSpec(voice, name.capitalize(), accent.tag, gender, f"{accent.name}, {gender}")


VOICES: Final = tuple(map(_voice, STOCK_VOICES))
