"""Places of lines in the file that joins them, from the lengths of their takes. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from apps.projects.models import Line
from apps.projects.services.planning import RenderOrder, settings_digest


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line in time. Nothing is known of one without a current take, nor of the start of those after it."""

    line: Line
    seconds: float | None
    start: float | None

    @property
    def is_current(self) -> bool:
        """True if its audio speaks its text as it is now."""
        return self.seconds is not None

    @property
    def end(self) -> float | None:
        return None if self.start is None or self.seconds is None else round(self.start + self.seconds, 3)


def place_lines(lines: Sequence[Line], *, order: RenderOrder) -> list[PlacedLine]:
    """Lines one after the other, with their pauses, as a render with these settings joins them."""
    placed: list[PlacedLine] = []
    start: float | None = 0.0
    for line, following in zip_longest(lines, lines[1:]):
        seconds = _seconds_of(line)
        placed.append(PlacedLine(line, seconds, None if start is None else round(start, 3)))
        start = None if start is None or seconds is None else start + seconds + _gap(line, following, order=order)
    return placed


def total_seconds(placed: Sequence[PlacedLine]) -> float | None:
    """Length of the file; None if a line has no current take."""
    return placed[-1].end if placed else 0.0


def _gap(line: Line, following: Line | None, *, order: RenderOrder) -> float:
    """Seconds from the end of a line to the start of the next, negative for a cross-fade."""
    pause = order.pause_after(line)
    if pause or following is None:
        return pause
    shortest = min(line.take_seconds, following.take_seconds)
    return -min(order.crossfade_ms / 1000, shortest)


def _seconds_of(line: Line) -> float | None:
    is_current = line.take is not None and line.take_settings == settings_digest(line)
    return line.take_seconds if is_current else None
