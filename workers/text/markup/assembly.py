"""Assembles characters and elements, in order, to segments."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workers.contract.markup import Segment
from workers.text.markup.elements import Style


@dataclass(slots=True)
class _Run:
    """Characters of one style that do not form a segment yet."""

    style: Style
    offset: int
    is_blank: bool
    pieces: list[str] = field(default_factory=list)
    ends_sentence: bool = False
    ends_paragraph: bool = False


class Assembly:
    """Merges neighbouring characters of one style into a segment; white space between elements joins a neighbour if possible."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.offsets: list[int] = []
        self.length = 0
        """Characters of the finished segments."""
        self._run: _Run | None = None
        self._last_spoken = -1
        """Index of the last audible segment."""

    def add_characters(self, text: str, *, style: Style, offset: int) -> None:
        """Add characters to speak; `offset` is their position in the source."""
        is_blank = not text or text.isspace()
        run = self._run
        if run is not None and not is_blank and (run.ends_sentence or (run.style != style and not run.is_blank)):
            self.flush()
            run = None
        if run is None:
            run = self._run = _Run(style, offset, is_blank)
        elif run.is_blank and not is_blank:
            run.style, run.is_blank = style, False
        run.pieces.append(text)

    def add_element(self, text: str, *, style: Style, fields: Mapping[str, Any], offset: int) -> None:
        """Add an element that is a segment by itself; `fields` are its fields of Segment."""
        self.flush()
        if fields["kind"] != "break":
            self._last_spoken = len(self.segments)
        self._append(style.segment(text, start=self.length, **fields), offset)

    def end_sentence(self, *, ends_paragraph: bool) -> None:
        """End a sentence, or a whole paragraph, after the last spoken text."""
        run = self._run
        if run is not None and not run.is_blank:
            run.ends_sentence = True
            run.ends_paragraph = run.ends_paragraph or ends_paragraph
        elif self._last_spoken >= 0:
            last = self.segments[self._last_spoken]
            is_paragraph = last.ends_paragraph or ends_paragraph
            self.segments[self._last_spoken] = replace(last, ends_sentence=True, ends_paragraph=is_paragraph)

    def flush(self) -> None:
        """Turn the run into a segment."""
        run, self._run = self._run, None
        text = "".join(run.pieces) if run else ""
        if run is None or not text:
            return
        if not run.is_blank:
            self._last_spoken = len(self.segments)
        ends = {"ends_sentence": run.ends_sentence, "ends_paragraph": run.ends_paragraph}
        self._append(run.style.segment(text, start=self.length, **ends), run.offset)

    def _append(self, segment: Segment, offset: int) -> None:
        self.segments.append(segment)
        self.offsets.append(offset)
        self.length += len(segment.text)
