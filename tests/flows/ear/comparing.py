"""Compares a transcript with the expected text by its sounds: the recogniser chooses spelling and figures, the voice does not."""

import re
import unicodedata

import jiwer

from workers.text.english import english_phonemizer
from workers.text.g2p.languages import phonemizer_of
from workers.text.normalise import normalise
from workers.text.say_as import say_as

ACRONYM = re.compile(r"\b[A-Z](?:[-.\s]?[A-Z]){1,4}\b\.?")
SYLLABLES = re.compile(r"[A-Z]{6,}")
"""Names of letters that the recogniser wrote as they sound: GAYALYAM."""
FIGURES = re.compile(r"\+?\d(?:[\d\s().,-]*\d)?")
TONES = frozenset("↓↑→↗↘")


def distance(said: str, heard: str, *, row: str, language: str) -> float:
    """Differing sounds per expected sound.

    Tolerated as the recogniser's spelling and not the voice's error: figures for words and words for figures (both sides are normalised), a
    telephone number in other groups, spelled letters as an acronym, homophones, stress, length and tone.
    """
    written = heard
    if row == "telephone":
        written = FIGURES.sub(lambda match: f" {spelled_figures(match[0], language=language)} ", heard)
    elif row == "spell-out":
        written = ACRONYM.sub(lambda match: spelled_letters(match[0], language=language), heard)
        written = SYLLABLES.sub(lambda match: match[0].lower(), written)
    return float(jiwer.cer(sounds(said, language=language), sounds(written, language=language)))


def spelled_figures(written: str, *, language: str) -> str:
    """Figures digit by digit, as they are heard."""
    plus, digits = written.startswith("+"), "".join(filter(str.isdigit, written))
    spoken = say_as(digits, interpret_as="digits", language=language)
    return f"{say_as('+1', interpret_as='telephone', language=language)[:-1]} {spoken}" if plus and len(digits) < 3 else spoken


def spelled_letters(written: str, *, language: str) -> str:
    return say_as("".join(filter(str.isalpha, written)), interpret_as="spell-out", language=language)


def sounds(text: str, *, language: str) -> str:
    """Phonemes of the normalised text, without stress, length, tone and pauses."""
    phonemise = english_phonemizer(is_british=False) if language == "en" else phonemizer_of(language)
    phonemes = phonemise(normalise(text, language=language).text).phonemes
    return "".join(one for one in phonemes if unicodedata.category(one)[0] == "L" and one not in "ˈˌː" and one not in TONES)
