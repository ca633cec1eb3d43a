"""Finds the chapters of a text: at its headings, or at the paragraphs or sentences of its markup."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from workers.contract.chapters import MOST_CHAPTERS, Chapter
from workers.text.markup.document import Document
from workers.text.references import unescape_references

T = TypeVar("T")

LONGEST_TITLE: Final = 100
LONGEST_HEADING: Final = 500
"""Longest heading in characters, with its tags; a longer one is text that somebody forgot to close."""
TITLE_WORDS_CHARACTERS: Final = 60
"""Length to which the first words of a paragraph are its chapter's title."""

# Bounded or possessive repeats: no text makes them slow.
_HASHES: Final = re.compile(rf"^ {{0,3}}(#{{1,6}})[ \t]++([^\n]{{1,{LONGEST_HEADING}}})", re.MULTILINE)
_UNDERLINED: Final = re.compile(rf"^(?=\S)([^\n]{{1,{LONGEST_TITLE}}})\n(=|-)\2{{2,}}+[ \t]*+$", re.MULTILINE)
_OPENING_TAG: Final = re.compile(r"<h([1-6])(?:\s[^<>]{0,500})?>", re.IGNORECASE)
_CLOSING_TAG: Final = re.compile(r"</h[1-6]", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_LINK: Final = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_MARKS: Final = re.compile(r"[*_`~]+|\s#+\s*\Z")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class FoundChapters:
    """Chapters of a text, in order, none where it has neither headings nor marked paragraphs."""

    chapters: tuple[Chapter, ...] = ()
    warning: str = ""
    """Headings or paragraphs that begin no chapter, because there are too many."""


@dataclass(frozen=True, slots=True)
class _Heading:
    start: int
    level: int
    title: str


def find_chapters(document: Document) -> FoundChapters:
    """Chapters at the headings (Markdown's #, HTML's <h1> to <h6>), otherwise at <p>, otherwise at <s>. Linear in the text."""
    headings = _find_headings(document.written)
    if headings:
        kept = _choose_levels(headings)
        marks = [(heading.start, heading.title) for heading in kept]
        warning = _warning(len(headings), "headings", kept=len(marks)) if len(kept) < len(headings) else ""
        return FoundChapters(with_beginning(document.written, marks), warning)
    for name in ("paragraphs", "sentences") if document.is_markup else ():
        starts = list(_starts_after(document, is_paragraph=name == "paragraphs"))
        if starts:
            kept_starts = _thin_out(starts)
            warning = _warning(len(starts), name, kept=len(kept_starts)) if len(kept_starts) < len(starts) else ""
            marks = [(start, first_words(document.written, start)) for start in kept_starts]
            return FoundChapters(with_beginning(document.written, marks), warning)
    return FoundChapters()


def with_beginning(written: str, marks: Sequence[tuple[int, str]]) -> tuple[Chapter, ...]:
    """Chapters at these characters with these titles; a text before the first is a chapter of its own. At most MOST_CHAPTERS."""
    chapters = [Chapter(title=clean_title(title) or first_words(written, start), start_character=start) for start, title in marks]
    if chapters and any(map(str.isalnum, written[: chapters[0].start_character])):
        chapters.insert(0, Chapter(first_words(written, 0), 0))
    return tuple(_thin_out(chapters))


def clean_title(title: str) -> str:
    """Title without markup and control characters, at most LONGEST_TITLE characters."""
    plain = unescape_references(_TAG.sub(" ", _LINK.sub(r"\1", title)))
    plain = " ".join(_UNPRINTABLE.sub(" ", _MARKS.sub("", plain)).split())
    return plain if len(plain) <= LONGEST_TITLE else plain[: LONGEST_TITLE - 1].rstrip() + "…"


def first_words(written: str, start: int) -> str:
    """The text's first words from here, as a title."""
    text = clean_title(written[start : start + 4 * TITLE_WORDS_CHARACTERS].strip())
    if len(text) <= TITLE_WORDS_CHARACTERS:
        return text
    cut = text[:TITLE_WORDS_CHARACTERS].rpartition(" ")[0] or text[:TITLE_WORDS_CHARACTERS]
    return f"{cut}…"


def _find_headings(written: str) -> list[_Heading]:
    found = [_Heading(match.start(), len(match[1]), match[2]) for match in _HASHES.finditer(written)]
    found += [_Heading(match.start(), 1 if match[2] == "=" else 2, match[1]) for match in _UNDERLINED.finditer(written)]
    for match in _OPENING_TAG.finditer(written):
        closing = _CLOSING_TAG.search(written, match.end(), match.end() + LONGEST_HEADING)
        if closing is not None:
            found.append(_Heading(match.start(), int(match[1]), written[match.end() : closing.start()]))
    titled = [heading for heading in found if any(map(str.isalnum, heading.title))]
    return sorted(titled, key=lambda heading: heading.start)


def _choose_levels(headings: list[_Heading]) -> list[_Heading]:
    """Headings of the highest levels, as many levels as give at most MOST_CHAPTERS."""
    levels = sorted({heading.level for heading in headings})
    most = MOST_CHAPTERS - 1  # one for the text before the first
    while len(levels) > 1 and sum(heading.level <= levels[-1] for heading in headings) > most:
        levels.pop()
    return _thin_out([heading for heading in headings if heading.level <= levels[-1]], most=most)


def _thin_out(items: Sequence[T], *, most: int = MOST_CHAPTERS) -> list[T]:
    """Every item, or every second, third, …, so that there are at most `most`."""
    return list(items[:: max(1, -(-len(items) // most))])


def _starts_after(document: Document, *, is_paragraph: bool) -> Iterator[int]:
    """First characters of the marked paragraphs or sentences; none without such marks."""
    is_marked = any(segment.ends_paragraph if is_paragraph else segment.ends_sentence for segment in document.segments)
    is_start = True
    for segment in document.segments if is_marked else ():
        if not segment.text.strip():
            continue
        if is_start:
            yield segment.start + len(segment.text) - len(segment.text.lstrip())
        is_start = segment.ends_paragraph if is_paragraph else segment.ends_sentence


def _warning(count: int, name: str, *, kept: int) -> str:
    return f"chapters: the text has {count} {name}, of which {kept} begin a chapter; a file holds at most {MOST_CHAPTERS}."


def marks_within(chapters: Sequence[Chapter], *, start: int, end: int) -> tuple[int, ...]:
    """Characters, counted from `start`, at which chapters begin in [start, end) of the whole text."""
    starts = [chapter.start_character for chapter in chapters]
    return tuple(character - start for character in starts[bisect_left(starts, start) : bisect_left(starts, end)])
