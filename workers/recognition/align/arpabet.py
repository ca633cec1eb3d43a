"""English phonemes in the notation of pocketsphinx's acoustic model."""

from typing import Final

from workers.text.english import english_phonemizer

ARPABET: Final = {
    "A": "EY", "I": "AY", "O": "OW", "Q": "OW", "W": "AW", "Y": "OY", "ʤ": "JH", "ʧ": "CH", "ɑ": "AA", "ɐ": "AH", "æ": "AE", "ɔ": "AO",
    "ɒ": "AA", "ə": "AH", "ᵊ": "AH", "ɛ": "EH", "e": "EH", "ɜ": "ER", "ɡ": "G", "ɪ": "IH", "i": "IY", "u": "UW", "ʊ": "UH", "ʌ": "AH",
    "ŋ": "NG", "ɹ": "R", "ʃ": "SH", "ʒ": "ZH", "θ": "TH", "ð": "DH", "ᵻ": "IH", "ɾ": "T", "ʔ": "T", "T": "T", "j": "Y", "h": "HH", "b": "B",
    "d": "D", "f": "F", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P", "s": "S", "t": "T", "v": "V", "w": "W", "z": "Z", "o": "OW",
    "a": "AA", "x": "K",
}  # fmt: skip
"""ARPABET symbols by the symbols of hibari's and Kokoro's phonemes."""
SILENT_WORD: Final = "AH"
"""Phoneme for a word without known sounds: an arbitrary vowel."""


def arpabet_of(word: str) -> str:
    """Phonemes of an English word, guessed if no dictionary has it."""
    phonemes = english_phonemizer(is_british=False)(word).phonemes.replace("ɜɹ", "ɜ").replace("əɹ", "ɜ")
    return " ".join(ARPABET[symbol] for symbol in phonemes if symbol in ARPABET) or SILENT_WORD
