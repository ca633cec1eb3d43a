"""Chapters of an order: found in its text, or given with an uploaded book, and assigned to the parts in which they begin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workers.contract.chapters import Chapter
from workers.contract.formats import FORMATS
from workers.contract.messages import SpeakWork
from workers.text.markup.chapters import FoundChapters, find_chapters, marks_within
from workers.text.markup.document import Document

AUDIOBOOK = "m4b"
NO_CHAPTERS = "chapters: the text has no headings and no marked paragraphs."
NO_CHAPTERS_OF_SUBTITLES = "chapters: subtitles have none."


@dataclass(frozen=True, slots=True)
class Book:
    """Work of a text, with the chapters that begin in it."""

    works: tuple[SpeakWork, ...]
    chapters: tuple[Chapter, ...] = ()
    warnings: tuple[str, ...] = ()


def plan_chapters(
    document: Document, *, works: Sequence[SpeakWork], is_wanted: bool | None, audio_format: str, given: Sequence[Chapter] = ()
) -> Book:
    """Mark the parts at the chapters of the text. is_wanted: as the request says; None for an audiobook or a text of several parts.

    given: chapters that are known already, in place of the text's headings. Subtitles have none: a cue that begins with `#` is a song.
    """
    if any(work.cues for work in works):
        return Book(tuple(works), warnings=(NO_CHAPTERS_OF_SUBTITLES,) if is_wanted else ())
    if is_wanted is False or (is_wanted is None and audio_format != AUDIOBOOK and len(works) == 1):
        return Book(tuple(works))
    spoken = len(document.written)
    found = FoundChapters(tuple(one for one in given if one.start_character < spoken)) if given else find_chapters(document)
    if not found.chapters:
        return Book(tuple(works), warnings=(NO_CHAPTERS,) if is_wanted else ())
    marked, start = [], 0
    for work in works:
        end = start + len(work.spoken_text)
        marked.append(replace(work, marks=marks_within(found.chapters, start=start, end=end)))
        start = end
    warnings = [found.warning] if found.warning else []
    if is_wanted and not FORMATS[audio_format].has_chapters:
        warnings.append(f"chapters: a file in {audio_format} holds none; the result lists them.")
    return Book(tuple(marked), found.chapters, tuple(warnings))
