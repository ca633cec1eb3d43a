"""Converts a sentence to the symbols of a VITS model, with the written word of each symbol."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from workers.contract.errors import NOTHING_TO_SAY, WorkError
from workers.contract.speech import GivenPhonemes
from workers.text.g2p.base import PAUSE_MARKS, PhonemeWord, join_phonemes
from workers.text.g2p.espeak import EspeakG2P, plain_ipa
from workers.text.ipa import espeak_spelling
from workers.text.phonemes import WordPhonemes
from workers.vits.folder import BEGIN, END, PAD, VitsVoice

_WORD_OR_MARK = re.compile(rf"[{re.escape(PAUSE_MARKS)}]|\w[\w'’-]*")


@dataclass(frozen=True, slots=True)
class SymbolRun:
    """Ids of a sentence, with the range of each written word."""

    ids: tuple[int, ...]
    words: tuple[WordPhonemes, ...]
    """`first` and `end` are indices of ids."""


def symbols_of(text: str, voice: VitsVoice, *, given: Sequence[GivenPhonemes] = ()) -> SymbolRun:
    """Convert text to ids; phonemes from markup apply if the voice was trained on phonemes. Raises WorkError (nothing_to_say) if no symbol
    of the model remains.
    """
    words = phoneme_words(text, voice)
    units, places = _units(words, voice, given=given)
    return _numbered(units, places, voice)


def phoneme_words(text: str, voice: VitsVoice) -> list[PhonemeWord]:
    """Words with their phonemes: by eSpeak, or a lexicon's tokens separated by spaces."""
    if voice.espeak_voice:
        return EspeakG2P(voice.espeak_voice, spell=plain_ipa)(text)
    words = []
    for match in _WORD_OR_MARK.finditer(text):
        word = match.group()
        is_mark = word in PAUSE_MARKS
        tokens = (word,) if is_mark else voice.lexicon.get(word.lower()) or tuple(word.lower())
        words.append(PhonemeWord(" ".join(tokens), match.start(), match.end(), is_mark=is_mark))
    return words


def _units(words: list[PhonemeWord], voice: VitsVoice, *, given: Sequence[GivenPhonemes]) -> tuple[list[str], tuple[WordPhonemes, ...]]:
    """Symbols (characters of decomposed IPA, or a lexicon's tokens), and the range of each word."""
    if voice.espeak_voice:
        joined = join_phonemes([PhonemeWord(_decompose(word.phonemes), word.start, word.end, word.is_mark) for word in words])
        joined = joined.with_given(given, spell=lambda ipa: _decompose(espeak_spelling(ipa)))
        return list(joined.phonemes), joined.words
    units: list[str] = []
    places = []
    for word in words:
        tokens = word.phonemes.split(" ")
        if not word.is_mark:
            places.append(WordPhonemes(word.start, word.end, len(units), len(units) + len(tokens)))
        units += tokens
    return units, tuple(places)


def _decompose(phonemes: str) -> str:
    """Split accents into symbols of their own, as in Piper's models."""
    return unicodedata.normalize("NFD", phonemes)


def _numbered(units: list[str], places: tuple[WordPhonemes, ...], voice: VitsVoice) -> SymbolRun:
    pad = voice.symbols.get(PAD, (0,)) if voice.has_padding else ()
    ids: list[int] = [*voice.symbols.get(BEGIN, ()), *pad] if voice.has_ends else [*pad]
    head = len(ids)
    first_id: list[int] = []
    for unit in units:
        first_id.append(len(ids))
        known = voice.symbols.get(unit, ())
        ids += [*known, *(pad if known else ())]
    if len(ids) == head:
        raise WorkError(NOTHING_TO_SAY, "The text contains nothing that can be spoken.")
    first_id.append(len(ids))
    if voice.has_ends:
        ids += voice.symbols.get(END, ())
    words = (WordPhonemes(w.start_character, w.end_character, first_id[w.first], first_id[w.end]) for w in places)
    return SymbolRun(tuple(ids), tuple(word for word in words if word.end > word.first))
