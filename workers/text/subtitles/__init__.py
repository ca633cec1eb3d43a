"""Subtitles: timed words to readable cues, and cues to files. Standard library only: the platform writes them too."""

from workers.text.subtitles.cues import make_cues
from workers.text.subtitles.files import CONTENT_TYPES, write_srt, write_vtt
from workers.text.subtitles.lines import columns_for
from workers.text.subtitles.words import ShownWord, TimedSpan, locate_words, words_of_text, words_of_transcript

__all__ = [
    "CONTENT_TYPES",
    "ShownWord",
    "TimedSpan",
    "columns_for",
    "locate_words",
    "make_cues",
    "words_of_text",
    "words_of_transcript",
    "write_srt",
    "write_vtt",
]
