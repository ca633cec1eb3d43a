"""Follows an answer's text while its words are spoken, so that the transcript never runs ahead of the audio."""

from collections.abc import Iterable, Mapping
from typing import Any

from apps.compat.realtime.conversation import SpokenWord


class SpokenText:
    """Position in a text by the words that were spoken."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.words: list[SpokenWord] = []

    @property
    def spoken(self) -> str:
        """Text up to the last word spoken."""
        return self._text[: self._position]

    def advance(self, words: Iterable[Mapping[str, Any]]) -> str:
        """Text up to the end of these words, with the punctuation after them; words that the text does not have are skipped."""
        start = self._position
        for word in words:
            written = str(word["word"]).strip()
            found = self._text.find(written, self._position) if written else -1
            if found < 0:
                continue
            self._add(self._end_of_word(found + len(written)), end_ms=round(float(word["end"]) * 1000))
        return self._text[start : self._position]

    def finish(self, *, end_ms: int) -> str:
        """The rest of the text, once all of it was spoken."""
        start = self._position
        if start < len(self._text):
            self._add(len(self._text), end_ms=end_ms)
        return self._text[start:]

    def _end_of_word(self, end: int) -> int:
        while end < len(self._text) and not self._text[end].isspace() and not self._text[end].isalnum():
            end += 1
        return end

    def _add(self, end: int, *, end_ms: int) -> None:
        self.words.append(SpokenWord(self._text[self._position : end], end_ms))
        self._position = end
