"""Parts of subtitles that are spoken to their times."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workers.contract.dubbing import Cue
from workers.contract.messages import SpeakWork
from workers.text.markup.parts import LONGEST_PART_CHARACTERS

GAP_SECONDS = 1.0
"""Silence at which a part may end before it is full: a subtitle that takes too long then delays none of another part."""


def cut_cues(text: str, cues: Sequence[Cue], *, work: SpeakWork) -> list[SpeakWork]:
    """Work of parts of some 500 characters, cut between subtitles. Each subtitle is one line of the text."""
    parts = []
    for group in _groups(cues):
        start, end = group[0].start_character, min(group[-1].end_character + 1, len(text))
        own = tuple(replace(cue, start_character=cue.start_character - start, end_character=cue.end_character - start) for cue in group)
        parts.append(replace(work, text=text[start:end], cues=own))
    return parts


def _groups(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    group: list[Cue] = []
    for cue in cues:
        size = cue.end_character - group[0].start_character if group else 0
        is_apart = bool(group) and cue.start - group[-1].end >= GAP_SECONDS
        if size > 2 * LONGEST_PART_CHARACTERS or (size > LONGEST_PART_CHARACTERS and is_apart):
            yield group
            group = []
        group.append(cue)
    if group:
        yield group
