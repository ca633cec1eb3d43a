"""Spoken form of a written text, with the mapping between both."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Self

_spoken_end = attrgetter("spoken_end")
_spoken_start = attrgetter("spoken_start")


@dataclass(frozen=True, slots=True)
class Span:
    """Piece of the spoken text and the piece of the written text that it stands for. Either may be empty, never both."""

    spoken_start: int
    spoken_end: int
    written_start: int
    written_end: int
    is_verbatim: bool = False
    """Spoken as written, so that every character maps to itself."""


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A written text, its spoken form, and the spans that connect them: in order, without gaps in either."""

    written: str
    text: str
    spans: tuple[Span, ...]
    start: int = 0
    """Offset of `written` in the text that it was cut from."""

    @classmethod
    def verbatim(cls, text: str, *, start: int = 0) -> Self:
        """A text that is spoken as written."""
        return cls(text, text, (Span(0, len(text), 0, len(text), is_verbatim=True),) if text else (), start)

    def written_range(self, spoken_start: int, spoken_end: int) -> tuple[int, int]:
        """Written range of spoken_start to spoken_end, plus `start`.

        Exact to the character where the text is spoken as written, otherwise all of what was rewritten. An empty range maps to the empty
        range at its position.
        """
        first, last = self._written_offset(spoken_start), self._written_offset(spoken_start)
        if spoken_end > spoken_start:
            touched = self._touching(spoken_start, spoken_end)
            if touched:
                first = min(self._inside(span, spoken_start, is_end=False) for span in touched)
                last = max(self._inside(span, spoken_end, is_end=True) for span in touched)
        return first + self.start, last + self.start

    def slice(self, spoken_start: int, spoken_end: int) -> "SpokenText":
        """Part from spoken_start to spoken_end. A cut inside a rewritten piece leaves all of its written form in both parts."""
        touched = self._touching(spoken_start, min(spoken_end, len(self.text)))
        if not touched or spoken_end <= spoken_start:
            return SpokenText("", "", (), self.start + self._written_offset(spoken_start))
        begin, end = self._inside(touched[0], spoken_start, is_end=False), self._inside(touched[-1], spoken_end, is_end=True)
        spans = tuple(
            Span(
                max(span.spoken_start, spoken_start) - spoken_start,
                min(span.spoken_end, spoken_end) - spoken_start,
                max(span.written_start, begin) - begin,
                min(span.written_end, end) - begin,
                span.is_verbatim,
            )
            for span in touched
        )
        return SpokenText(self.written[begin:end], self.text[spoken_start:spoken_end], spans, self.start + begin)

    def shift(self, offset: int) -> "SpokenText":
        """Shift to the position in a longer text, by `offset` characters."""
        return SpokenText(self.written, self.text, self.spans, self.start + offset)

    def then(self, later: "SpokenText") -> "SpokenText":
        """Compose with a later step; later.written must be this text."""
        if later.written != self.text:
            raise ValueError("the later step must start from this step's text")
        if self.written == self.text and len(self.spans) <= 1:
            return SpokenText(self.written, later.text, later.spans, self.start)
        builder = SpokenTextBuilder(self.written, start=self.start)
        for span in later.spans:
            self._copy_through(builder, span, said=later.text[span.spoken_start : span.spoken_end])
        builder.say("", up_to=len(self.written))  # what the first step left out at the end
        return builder.build()

    def _copy_through(self, builder: "SpokenTextBuilder", span: Span, *, said: str) -> None:
        """Append the spoken form of `span`, a piece of the later step, at the finest granularity that both steps allow."""
        if not span.is_verbatim:
            builder.say(said, up_to=self._written_offset(span.written_end))
            return
        for own in self._touching(span.written_start, span.written_end):
            builder.say("", up_to=own.written_start)  # what the first step left out between two pieces
            start, end = max(own.spoken_start, span.written_start), min(own.spoken_end, span.written_end)
            if own.is_verbatim:
                builder.keep(up_to=own.written_start + end - own.spoken_start)
            else:
                builder.say(self.text[start:end], up_to=own.written_end)

    def _touching(self, spoken_start: int, spoken_end: int) -> tuple[Span, ...]:
        """Spans that overlap the range, and the silent ones between them."""
        return self.spans[bisect_right(self.spans, spoken_start, key=_spoken_end) : bisect_left(self.spans, spoken_end, key=_spoken_start)]

    def _inside(self, span: Span, spoken: int, *, is_end: bool) -> int:
        """Map a spoken offset in `span` to a written one: the span's edge if it lies outside or the span was rewritten."""
        if span.spoken_start < spoken < span.spoken_end and span.is_verbatim:
            return span.written_start + spoken - span.spoken_start
        return span.written_end if is_end else span.written_start

    def _written_offset(self, spoken: int) -> int:
        """End of the written text for everything before `spoken`."""
        index = bisect_left(self.spans, spoken, key=_spoken_end)
        if index == len(self.spans):
            return len(self.written)
        return self._inside(self.spans[index], spoken, is_end=spoken > self.spans[index].spoken_start)


class SpokenTextBuilder:
    """Builds a SpokenText from left to right: `keep` text that is spoken as written, `say` replacements for the next characters."""

    def __init__(self, written: str, *, start: int = 0) -> None:
        self.written = written
        self._start = start
        self._position = 0
        """Length of the written text that has been processed."""
        self.last_character = ""
        """Last character spoken so far, or an empty string."""
        self._pieces: list[str] = []
        self._spoken_length = 0
        self._spans: list[Span] = []

    @property
    def position(self) -> int:
        """Number of written characters processed."""
        return self._position

    def keep(self, *, up_to: int) -> None:
        """Keep the characters before the written offset `up_to` as written."""
        if up_to > self._position:
            self._add(self.written[self._position : up_to], up_to=up_to, is_kept=True)

    def say(self, spoken: str, *, up_to: int) -> None:
        """Replace the characters before the written offset `up_to` by `spoken`, which may be empty.

        A leading space maps to no written text, so that a sentence ending with it does not extend into what follows.
        """
        up_to = max(up_to, self._position)
        said = spoken.lstrip(" ")
        if said and said != spoken != self.written[self._position : up_to]:
            self._add(spoken[: -len(said)], up_to=self._position, is_kept=False)
            spoken = said
        if spoken or up_to > self._position:
            self._add(spoken, up_to=up_to, is_kept=spoken == self.written[self._position : up_to])

    def build(self) -> SpokenText:
        """The finished text; unprocessed characters are spoken as written."""
        self.keep(up_to=len(self.written))
        return SpokenText(self.written, "".join(self._pieces), tuple(self._spans), self._start)

    def _add(self, spoken: str, *, up_to: int, is_kept: bool) -> None:
        end = self._spoken_length + len(spoken)
        if is_kept and self._spans and self._spans[-1].is_verbatim:  # neighbours that are spoken as written make one span
            last = self._spans.pop()
            self._spans.append(Span(last.spoken_start, end, last.written_start, up_to, is_verbatim=True))
        else:
            self._spans.append(Span(self._spoken_length, end, self._position, up_to, is_kept))
        self._pieces.append(spoken)
        self.last_character = spoken[-1:] or self.last_character
        self._spoken_length, self._position = end, up_to


def join(parts: tuple[SpokenText, ...]) -> SpokenText:
    """Join adjacent parts of one text. Raises ValueError if they do not adjoin."""
    if any(left.start + len(left.written) != right.start for left, right in pairwise(parts)):
        raise ValueError("the parts do not adjoin")
    builder = SpokenTextBuilder("".join(part.written for part in parts), start=parts[0].start if parts else 0)
    offset = 0
    for part in parts:
        for span in part.spans:
            builder.say(part.text[span.spoken_start : span.spoken_end], up_to=offset + span.written_end)
        offset += len(part.written)
    return builder.build()
