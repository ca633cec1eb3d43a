"""Parses a text with or without SSML tags to segments."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from workers.contract.markup import Segment
from workers.text.markup.assembly import Assembly
from workers.text.markup.document import Document, added_size
from workers.text.markup.elements import Element, Style, Values, read_tag
from workers.text.markup.errors import MarkupError, MarkupOffsetError, line_and_column
from workers.text.markup.scan import Characters, Tag, VoiceSwitch, is_markup, is_whole_document, scan

DEEPEST_NESTING: Final = 32
MOST_TAGS: Final = 30_000
"""Most opening and empty tags of one text: a tag per sentence of a million characters takes half of them."""
TAGS_OF_ANY_TEXT: Final = 1000
CHARACTERS_PER_TAG: Final = 4
"""Beyond TAGS_OF_ANY_TEXT, one tag per four spoken characters: tags are free, and reading one costs as much as speaking a word."""

GROWTH_CHARACTERS: Final = 1000
GROWTH_FACTOR: Final = 8
"""Growth limit: aliases and phonemes are not counted, so they may add GROWTH_FACTOR times the written text and GROWTH_CHARACTERS, not
more.
"""

PAUSE_SECONDS: Final = 60.0
PAUSE_SECONDS_PER_CHARACTER: Final = 0.1
"""Pause limit: breaks are not counted either; in total they may last this long, somewhat more than speaking the text takes."""


def parse_markup(text: str) -> Document:
    """Parse a customer's text. Raises MarkupError with line and column.

    A text without known tags is plain: one segment, exactly as written. Linear in the length of the text.
    """
    if not is_markup(text):
        segments = (Segment(text),) if text else ()
        return Document(text, segments, source=text, offsets=(0,) * len(segments))
    try:
        return _Reader(text).read()
    except MarkupOffsetError as fault:
        raise MarkupError.at(text, fault.offset, fault.message) from None


@dataclass(slots=True)
class _Frame:
    """Open element."""

    tag: Tag
    element: Element
    given: Values
    style: Style
    held: list[str] = field(default_factory=list)
    """Characters of an element that is one segment."""


class _Reader:
    """State of one parse: open elements and the segments so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.is_whole_document = is_whole_document(source)
        self.has_root = False
        self.frames: list[_Frame] = []
        self.assembly = Assembly()
        self.tags = 0
        self.speaker = ""
        """Voice of the last switch; it speaks outside all <voice> elements."""
        self.unfollowed: dict[tuple[str, str], int] = {}
        """Unsupported attributes by element and name, with the position of the first."""

    def read(self) -> Document:
        """Parse the whole document. Raises MarkupOffsetError."""
        for token in scan(self.source, is_strict=self.is_whole_document):
            if isinstance(token, Characters):
                self._take(token)
            elif isinstance(token, VoiceSwitch):
                self._switch(token)
            elif token.is_closing:
                self._close(token)
            else:
                self._open(token)
        if self.frames:
            tag = self.frames[-1].tag
            raise MarkupOffsetError(f"<{tag.name}> is never closed", offset=tag.offset)
        self.assembly.flush()
        self._check_bounds()
        segments = tuple(self.assembly.segments)
        written = "".join(segment.text for segment in segments)
        offsets = tuple(self.assembly.offsets)
        return Document(written, segments, tuple(self._warnings()), is_markup=True, source=self.source, offsets=offsets)

    def _take(self, characters: Characters) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame is None and self.is_whole_document:
            self._check_outside(characters)
        elif frame is None:
            self.assembly.add_characters(characters.text, style=self._voiced(Style()), offset=characters.offset)
        elif frame.element.holds == "anything":
            self.assembly.add_characters(characters.text, style=self._voiced(frame.style), offset=characters.offset)
        elif frame.element.holds == "text":
            frame.held.append(characters.text)
        elif characters.text.strip():
            raise MarkupOffsetError(f"<{frame.tag.name}> holds nothing: write <{frame.tag.name}/>", offset=characters.offset)

    def _switch(self, switch: VoiceSwitch) -> None:
        """Change the speaker, which ends a sentence."""
        if self.frames and self.frames[-1].element.holds != "anything":
            name = self.frames[-1].tag.name
            raise MarkupOffsetError(f"a voice is switched inside <{name}>", offset=switch.offset)
        if not self.frames and self.is_whole_document:
            self._check_outside(Characters("[", switch.offset))
        self._count_tag(switch.offset)
        self.assembly.end_sentence(ends_paragraph=False)
        self.speaker = switch.name

    def _voiced(self, style: Style) -> Style:
        """The style, spoken by the speaker of the last switch unless a <voice> element names one."""
        return replace(style, voice=self.speaker) if self.speaker and not style.voice else style

    def _count_tag(self, offset: int) -> None:
        self.tags += 1
        if self.tags > MOST_TAGS:
            raise MarkupOffsetError(f"more than {MOST_TAGS} tags", offset=offset)

    def _check_outside(self, characters: Characters) -> None:
        rest = characters.text.lstrip()
        if rest:
            place = characters.offset + len(characters.text) - len(rest)
            raise MarkupOffsetError(
                f"text {'behind </speak>' if self.has_root else 'before <speak>'}, which must hold all of it", offset=place
            )

    def _open(self, tag: Tag) -> None:
        element, given, unfollowed = read_tag(tag)
        self._check_place(tag, element)
        self._count_tag(tag.offset)
        for name in unfollowed:
            self.unfollowed.setdefault((tag.name, name), tag.attributes[name].offset)
        outer = self.frames[-1].style if self.frames else Style()
        style = element.style(given, outer) if element.style else outer
        self._end_sentence(tag.name)
        self.frames.append(_Frame(tag, element, given, style))
        if tag.is_empty:
            self._leave()

    def _check_place(self, tag: Tag, element: Element) -> None:
        names = [frame.tag.name for frame in self.frames]
        if len(names) >= DEEPEST_NESTING:
            raise MarkupOffsetError(f"elements are nested more than {DEEPEST_NESTING} deep", offset=tag.offset)
        if names and self.frames[-1].element.holds != "anything":
            what = self.frames[-1].element.holds
            raise MarkupOffsetError(
                f"<{tag.name}> stands inside <{names[-1]}>, which holds {what}{' only' * (what == 'text')}", offset=tag.offset
            )
        for name in names:
            if name in element.never_inside:
                raise MarkupOffsetError(f"<{tag.name}> stands inside <{name}>", offset=tag.offset)
        if tag.name == "speak" and (names or self.has_root):
            raise MarkupOffsetError("a second <speak>: one holds the whole text", offset=tag.offset)
        if self.is_whole_document and not names and tag.name != "speak":
            side = "behind </speak>" if self.has_root else "before <speak>"
            raise MarkupOffsetError(f"<{tag.name}> {side}, which must hold all of the text", offset=tag.offset)
        self.has_root = self.has_root or tag.name == "speak"

    def _close(self, tag: Tag) -> None:
        if not self.frames:
            raise MarkupOffsetError(f"</{tag.name}> closes nothing: no <{tag.name}> is open", offset=tag.offset)
        opening = self.frames[-1].tag
        if opening.name != tag.name:
            line, column = line_and_column(self.source, opening.offset)
            message = f"</{tag.name}> where </{opening.name}> must come first, for the <{opening.name}> of line {line}, column {column}"
            raise MarkupOffsetError(message, offset=tag.offset)
        self._leave()

    def _leave(self) -> None:
        """Close the innermost element."""
        frame = self.frames.pop()
        if frame.element.segment is not None:
            text = "".join(frame.held)
            if frame.element.holds == "text" and not text.strip():
                raise MarkupOffsetError(f"<{frame.tag.name}> holds no text to say", offset=frame.tag.offset)
            self.assembly.add_element(
                text, style=self._voiced(frame.style), fields=frame.element.segment(frame.given), offset=frame.tag.offset
            )
        self._end_sentence(frame.tag.name)

    def _end_sentence(self, name: str) -> None:
        """End the sentence before an <s> or <p> tag."""
        if name in {"s", "p"}:
            self.assembly.end_sentence(ends_paragraph=name == "p")

    def _check_bounds(self) -> None:
        segments, offsets, written = self.assembly.segments, self.assembly.offsets, self.assembly.length
        most_tags = TAGS_OF_ANY_TEXT + written // CHARACTERS_PER_TAG
        if self.tags > most_tags:
            raise MarkupOffsetError(
                f"at most {most_tags} tags in a text of this length, not {self.tags}", offset=offsets[-1] if offsets else 0
            )
        growth = sum(added_size(segment) for segment in segments)
        if growth > GROWTH_CHARACTERS + GROWTH_FACTOR * written:
            last = max(index for index, segment in enumerate(segments) if segment.kind in {"sub", "phoneme"})
            message = f"aliases and phonemes may add {GROWTH_CHARACTERS} characters and {GROWTH_FACTOR} times the text to it, not {growth}"
            raise MarkupOffsetError(message, offset=offsets[last])
        pauses, most = sum(segment.break_seconds for segment in segments), PAUSE_SECONDS + PAUSE_SECONDS_PER_CHARACTER * written
        if pauses > most:
            last = max(index for index, segment in enumerate(segments) if segment.kind == "break")
            raise MarkupOffsetError(
                f"all breaks together may last {most:.0f} s in a text of this length, not {pauses:.0f} s", offset=offsets[last]
            )

    def _warnings(self) -> Iterator[str]:
        for (element, name), offset in self.unfollowed.items():
            line, column = line_and_column(self.source, offset)
            yield f"line {line}, column {column}: {name} of <{element}> is not followed"
