"""Languages of recordings: those that Kokoro speaks, and those whose words eSpeak NG phonemises well enough to align Kokoro's speech with a recording.

Kokoro does not speak the latter: whisper-base hears up to half of the German words that it reads otherwise (docs/figures.md). Its reading only tells
which sound is said at which time of a recording.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from workers.contract.tags import primary_tag
from workers.kokoro.accents import LANGUAGES, Accent, Phonemizer, accent_of
from workers.text.g2p.base import join_phonemes
from workers.text.g2p.espeak import EspeakG2P, find_espeak_obstacle, fold_phonemes
from workers.text.g2p.languages import find_obstacle

_TABLE: Final[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
ESPEAK_VOICES: Final[Mapping[str, str]] = _TABLE["voices"]
"""Languages that Kokoro is only aligned with, by primary tag."""


def find_source_obstacle(language: str) -> str:
    """Reason why words of the language cannot be phonemised here, one sentence; empty if they can."""
    tag = primary_tag(language)
    if tag in ESPEAK_VOICES:
        return find_espeak_obstacle(ESPEAK_VOICES[tag])
    return find_obstacle(tag) if tag in LANGUAGES else f"Kokoro has no pronunciation for the language {language!r}."


def source_accent(language: str) -> Accent:
    """Pronunciation of a source language; that of `accent_of` for any other."""
    tag = primary_tag(language)
    return Accent(tag, tag, lambda: _phonemizer(tag)) if tag in ESPEAK_VOICES else accent_of(language)


@cache
def _phonemizer(tag: str) -> Phonemizer:
    g2p = EspeakG2P(ESPEAK_VOICES[tag], spell=_speller(tag))
    return lambda text: join_phonemes(g2p(text))


def _speller(tag: str) -> Callable[[str], str]:
    """Function from eSpeak's IPA to symbols of Kokoro's vocabulary, the nearest where it lacks a sound."""
    rules = [(re.compile(pattern), replacement) for pattern, replacement in _TABLE["rules"].get(tag, ())]
    sounds = _TABLE["sounds"] | dict.fromkeys(_TABLE["dropped"], "")
    lacking = re.compile("|".join(map(re.escape, sounds)))

    def spell(phonemes: str) -> str:
        spelled = fold_phonemes(phonemes.replace("͡^", "^").replace("͡", "^"))  # some voices tie the letters themselves
        for pattern, replacement in rules:
            spelled = pattern.sub(replacement, spelled)
        return lacking.sub(lambda match: str(sounds[match.group()]), spelled)

    return spell
