"""Reads SRT subtitles: cues of a start, an end and lines of text."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workers.contract.dubbing import Cue
from workers.contract.time_units import DAY_SECONDS
from workers.documents.errors import INVALID_SRT, TEXT_TOO_LONG, DocumentError
from workers.documents.file import TextFile
from workers.text.references import unescape_references

MOST_CUES: Final = 30_000
LONGEST_SECONDS: Final = DAY_SECONDS
SPARE_SECONDS: Final = 600.0
SECONDS_PER_CHARACTER: Final = 2.0
"""Length of the whole that a text may have: silence costs nothing to speak, but it is encoded and stored."""
_TIME: Final = r"(\d{1,3}):([0-5]?\d):([0-5]?\d)(?:[,.](\d{1,3}))?"
_TIMES: Final = re.compile(rf"\s*+{_TIME}\s*+-->\s*+{_TIME}(?:\s.*+)?\s*+")
_NUMBER: Final = re.compile(r"\s*+\d{1,9}\s*+")
_FORMATTING: Final = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")


@dataclass(frozen=True, slots=True)
class _Subtitle:
    start: float
    end: float
    text: str


def read_srt(text: str) -> TextFile:
    """Cues in the order of their starts; each is one line of the text. Raises DocumentError (invalid_srt)."""
    subtitles = sorted((one for one in _subtitles(text) if any(map(str.isalnum, one.text))), key=lambda one: one.start)
    if not subtitles:
        raise DocumentError(INVALID_SRT, "The file has no subtitles with words. Each needs a line such as 00:00:01,000 --> 00:00:03,500.")
    cues, position = [], 0
    for one in subtitles:
        cues.append(Cue(one.start, one.end, position, position + len(one.text)))
        position += len(one.text) + 1
    end, most = max(one.end for one in subtitles), SPARE_SECONDS + SECONDS_PER_CHARACTER * position
    if end > min(most, LONGEST_SECONDS):
        raise DocumentError(
            TEXT_TOO_LONG,
            f"The subtitles end after {end:,.0f} s; with so little text they may last {min(most, LONGEST_SECONDS):,.0f} s. Cut them in parts.",
        )
    overlapping = sum(after.start < before.end for before, after in itertools.pairwise(subtitles))
    warning = f"file: {overlapping} subtitles begin before the one before them ends; they are spoken one after the other."
    return TextFile("srt", "\n".join(one.text for one in subtitles), cues=tuple(cues), warnings=(warning,) if overlapping else ())


def _subtitles(text: str) -> Iterator[_Subtitle]:
    lines = text.split("\n")
    starts = [index for index, line in enumerate(lines) if "-->" in line]
    if len(starts) > MOST_CUES:
        raise DocumentError(INVALID_SRT, f"The file has {len(starts):,} subtitles; {MOST_CUES:,} are taken.")
    for number, index in enumerate(starts):
        times = _TIMES.fullmatch(lines[index])
        if times is None:
            raise DocumentError(
                INVALID_SRT, f"Line {index + 1} {lines[index].strip()[:60]!r} is no interval such as 00:00:01,000 --> 00:00:03,500."
            )
        start, end = _seconds(*times.groups()[:4]), _seconds(*times.groups()[4:])
        if end <= start:
            raise DocumentError(INVALID_SRT, f"Line {index + 1}: the subtitle ends at {end:g} s, and begins at {start:g} s.")
        stop = starts[number + 1] if number + 1 < len(starts) else len(lines)
        if stop < len(lines) and stop - 1 > index and _NUMBER.fullmatch(lines[stop - 1]):
            stop -= 1
        spoken = _FORMATTING.sub(" ", " ".join(lines[index + 1 : stop]))
        yield _Subtitle(start, end, " ".join(unescape_references(spoken).split()))


def _seconds(hours: str, minutes: str, seconds: str, fraction: str | None) -> float:
    milliseconds = int((fraction or "0").ljust(3, "0"))
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + milliseconds / 1000
