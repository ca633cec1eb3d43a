"""English G2P by hibari.g2p (a port of misaki), with the phonemes of each written word."""

import re
import threading
from difflib import SequenceMatcher
from functools import cache
from importlib import import_module
from typing import Any, Final

from workers.text.english_spelling import find_words, simplify_word, sound_of
from workers.text.interjections import sound_phonemes
from workers.text.phonemes import PhonemisedText, WordPhonemes

MARKS: Final = frozenset(' ;:,.!?—…"“”()')
"""Punctuation in Kokoro's vocabulary."""

STOPS: Final = ",.!?;:"
"""Punctuation that no article precedes."""

MARK_RUN: Final = re.compile(r"""([;:,.!?—…"“”()]{3})[;:,.!?—…"“”()]+""")
"""Longest run of marks: three are as long a pause as a thousand, and the model's input is short."""

_loading = threading.Lock()


class EnglishPhonemizer:
    """American or British G2P. Thread-safe: immutable after construction."""

    def __init__(self, *, is_british: bool) -> None:
        from hibari.g2p import G2P

        # Its rules for Roman numerals take the C of "King Charles" for an empty one and say "the zeroth"; workers.text.normalise reads
        # them before, so that these never need to match.
        rules = import_module("hibari.g2p.normalize")
        rules.RE_ROMAN_C = rules.RE_ROMAN_O = re.compile(r"(?!)")  # type: ignore[attr-defined]
        self._g2p: Any = G2P(british=is_british)
        self._g2p.lexicon.golds.d.update(sound_phonemes("en"))
        self._g2p.oov("warm")  # loads the network for unknown words now instead of in the first request

    def __call__(self, text: str) -> PhonemisedText:
        """Phonemes of one sentence. Words are separated by white space or dashes; silent ones are left out."""
        words = find_words(text)
        pieces = [
            (index, piece)
            for index, word in enumerate(words)
            for piece in simplify_word(word[0], is_known=self._is_known, is_common=self._is_common)
        ]
        if not pieces:
            return PhonemisedText("", ())
        pieces = [
            (index, name_letter(piece, pieces[max(0, at - 1) : at + 2], is_last=at == len(pieces) - 1))
            for at, (index, piece) in enumerate(pieces)
        ]
        sounds, chunks = self._read(" ".join(piece for _, piece in pieces))
        piece_of_chunk = align([piece for _, piece in pieces], chunks)
        return _assemble(words, [(pieces[piece][0], sound) for piece, sound in zip(piece_of_chunk, sounds, strict=True)])

    def _read(self, text: str) -> tuple[list[str], list[str]]:
        """Phonemes and normalised spelling ("7:30" is "seven thirty") of everything between two spaces."""
        from hibari.g2p import normalize

        normalised = normalize(text)
        chunks = normalised.split()
        sounds = [""] * len(chunks)
        position = 0
        for token in self._g2p.phonemize_tokens(self._g2p.tokenize(normalised)):
            sounds[position] += token.phonemes or ""
            position += bool(token.whitespace)
        return sounds, chunks

    def _is_known(self, word: str) -> bool:
        lexicon = self._g2p.lexicon
        return word in lexicon.golds or word in lexicon.silvers

    def _is_common(self, word: str) -> bool:
        return word in self._g2p.lexicon.golds


@cache
def _build(is_british: bool) -> EnglishPhonemizer:  # noqa: FBT001  # the cache's key
    return EnglishPhonemizer(is_british=is_british)


def english_phonemizer(*, is_british: bool) -> EnglishPhonemizer:
    """Shared phonemizer per accent: its lexicons take about 100 MB and 0.3 s."""
    with _loading:
        return _build(is_british)


def name_letter(piece: str, neighbours: list[tuple[int, str]], *, is_last: bool) -> str:
    """Respell an A that is a letter, among spelled ones or where no article can stand ("N A S A", "vitamin A."), so that it is not read as
    an article.
    """
    letter = piece.rstrip(STOPS)
    if letter != "A":
        return piece
    spelled = [other for _, other in neighbours if len(other.rstrip(STOPS)) == 1 and other[0].isupper()]
    return f"eigh{piece[1:]}" if is_last or letter != piece or len(spelled) > 1 else piece


def align(written: list[str], normalised: list[str]) -> list[int]:
    """Written piece of each normalised chunk: equal ones first, then rewritten ones in order."""
    keys, found = [sound_of(piece) for piece in written], [sound_of(chunk) for chunk in normalised]
    if keys == found:
        return list(range(len(keys)))
    owners = [0] * len(found)
    matcher = SequenceMatcher(None, keys, found, autojunk=False)
    for _, first, last, start, end in matcher.get_opcodes():
        count = last - first
        for place in range(start, end):  # inserted chunks ("5 million dollars" for "$5 million") go with the piece before
            owners[place] = first + (place - start) * count // (end - start) if count else max(0, first - 1)
    return owners


def _assemble(words: list[tuple[str, int]], sounds: list[tuple[int, str]]) -> PhonemisedText:
    """Join the chunks' phonemes with spaces, and record where each word's phonemes begin and end."""
    phonemes = ""
    spans: dict[int, tuple[int, int]] = {}
    for word, long_sound in sounds:
        sound = MARK_RUN.sub(r"\1", long_sound)
        is_mark = not sound.strip("".join(MARKS))
        if not sound or (is_mark and phonemes[-1:] in MARKS):  # repeated marks make no longer pause
            continue
        phonemes += " " if phonemes else ""
        if not is_mark:
            first = len(phonemes) + next(i for i, phoneme in enumerate(sound) if phoneme not in MARKS)
            end = len(phonemes) + max(i for i, phoneme in enumerate(sound) if phoneme not in MARKS) + 1
            spans[word] = (spans.get(word, (first, end))[0], end)
        phonemes += sound[:1] if is_mark else sound
    timed = (WordPhonemes(words[word][1], words[word][1] + len(words[word][0]), *span) for word, span in sorted(spans.items()))
    return PhonemisedText(phonemes, tuple(timed))
