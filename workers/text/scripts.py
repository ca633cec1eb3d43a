"""Splits words in another script than the text's into segments of that language: a voice without those letters drops them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from workers.contract.markup import Segment
from workers.contract.tags import primary_tag

FIRST_IDEOGRAPH: Final = "\u2e80"
"""Characters from here on belong to scripts of East Asia, which part no words by spaces."""

SCRIPT_LANGUAGES: Final = ("zh", "ja", "hi")
"""Languages whose words are found by their script in texts of other languages."""

_TRAILING: Final = r"[\s、。，！？：；・「」『』（）.,!?:;\"'”’»)]*+"
"""Marks and spaces that follow a word belong to it."""
_HAN: Final = re.compile(rf"(?:[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]++{_TRAILING})++")
_KANA: Final = re.compile(r"[\u3040-\u30ff]")
_DEVANAGARI: Final = re.compile(rf"(?:[\u0900-\u097f][\u0900-\u097f\u200c\u200d]*+{_TRAILING})++")


def split_by_script(segments: Sequence[Segment], *, language: str, among: Collection[str]) -> list[Segment]:
    """Split runs of Chinese, Japanese and Hindi in a text of another language into segments of their own in those languages.

    language: the text's own, BCP 47. among: the engine's languages; others stay, and so do segments with a language or voice from markup.
    Linear in the length of the text.
    """
    primary = primary_tag(language)
    return [piece for segment in segments for piece in _pieces(segment, language=primary, among=among)]


def _pieces(segment: Segment, *, language: str, among: Collection[str]) -> Iterator[Segment]:
    if segment.kind != "text" or segment.language or segment.voice or segment.text.isascii():
        yield segment
        return
    runs = _runs(segment.text, language=language, among=among)
    position = 0
    for start, end, foreign in runs:
        if start > position:
            yield _piece(segment, position, start)
        yield replace(_piece(segment, start, end), language=foreign)
        position = end
    if position < len(segment.text) or not runs:
        yield _piece(segment, position, len(segment.text))


def _piece(segment: Segment, start: int, end: int) -> Segment:
    """Part of a segment; its end marks go to its last part."""
    is_last = end == len(segment.text)
    return replace(
        segment,
        text=segment.text[start:end],
        start=segment.start + start,
        ends_sentence=segment.ends_sentence and is_last,
        ends_paragraph=segment.ends_paragraph and is_last,
    )


def _runs(text: str, *, language: str, among: Collection[str]) -> list[tuple[int, int, str]]:
    """Start, end and language of the runs in other scripts, in order."""
    runs: list[tuple[int, int, str]] = []
    if language not in {"zh", "ja"}:
        runs += [(match.start(), match.end(), "ja" if _KANA.search(match[0]) else "zh") for match in _HAN.finditer(text)]
    if language != "hi":
        runs += [(match.start(), match.end(), "hi") for match in _DEVANAGARI.finditer(text)]
    return sorted(run for run in runs if run[2] in among)
