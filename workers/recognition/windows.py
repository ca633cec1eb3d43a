"""Concatenates regions of speech to windows that fill a recogniser's input, and maps window time back to the recording's time."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.recognition.speech_regions import Region

MARGIN_SECONDS: Final = 0.3
"""Audio kept before and after every region, at most half of the silence: longer silences shrink to twice as much."""
CONTEXT_SECONDS: Final = 1.0
"""Context beyond a cut in the middle of speech; its words belong to the other side."""

Read = Callable[[float, float], NDArray[np.int16]]
"""16-bit samples at 16 kHz between two times in seconds of the recording."""


@dataclass(frozen=True, slots=True)
class Window:
    """Audio that a recogniser transcribes in one call."""

    regions: tuple[Region, ...]
    """Regions of speech inside the window."""
    stretches: tuple[Region, ...]
    """Stretches of the recording, ascending, concatenated into the window."""
    is_cut_before: bool = False
    """Speech continues across its beginning: words before the first region belong to the window before."""
    is_cut_after: bool = False
    _offsets: tuple[float, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_offsets", (0.0, *accumulate(stretch.seconds for stretch in self.stretches)))

    @property
    def seconds(self) -> float:
        """Duration of the window as the recogniser hears it, including seams."""
        return self._offsets[-1]

    @property
    def start(self) -> float:
        """Time in the recording at which the window's own speech begins."""
        return self.regions[0].start

    @property
    def end(self) -> float:
        """Time in the recording at which the window's own speech ends."""
        return self.regions[-1].end

    @property
    def speech_seconds(self) -> float:
        """Total seconds of speech in the window's own regions."""
        return sum(region.seconds for region in self.regions)

    def read(self, read: Read) -> NDArray[np.int16]:
        return np.concatenate([read(stretch.start, stretch.end) for stretch in self.stretches])

    def recording_time(self, seconds: float, *, is_end: bool = False) -> float:
        """Convert window time to the recording's time; on a seam to the end of the stretch before it, or the beginning of the next."""
        find = bisect_left if is_end else bisect_right
        position = find(self._offsets[1:-1], seconds)
        stretch = self.stretches[position]
        return min(max(stretch.start + seconds - self._offsets[position], stretch.start), stretch.end)

    def window_time(self, seconds: float) -> float:
        """Convert the recording's time to window time; times between stretches map to the beginning of the next."""
        for stretch, offset in zip(self.stretches, self._offsets, strict=False):
            if seconds < stretch.start:
                return offset
            if seconds <= stretch.end:
                return offset + seconds - stretch.start
        return self.seconds


def pack_windows(
    regions: Sequence[Region], *, window_seconds: float, seconds: float, before: float | None = None, after: float | None = None
) -> tuple[Window, ...]:
    """Fewest windows of at most `window_seconds` that hold all regions in order.

    regions: ascending, not overlapping; seconds: duration of the recording; before, after: end of the speech before the first region and
    beginning of the speech after the last, if any.
    """
    windows: list[Window] = []
    group: list[Region] = []
    for index, region in enumerate(regions):
        following = regions[index + 1].start if index + 1 < len(regions) else after
        if group and _length(_stretches([*group, region], seconds=seconds, before=before, after=following)) > window_seconds:
            windows.append(_make(group, window_seconds=window_seconds, seconds=seconds, before=before, after=region.start))
            before, group = group[-1].end, []
        group.append(region)
    if group:
        windows.append(_make(group, window_seconds=window_seconds, seconds=seconds, before=before, after=after))
    return tuple(windows)


def split_window(window: Window, *, window_seconds: float, seconds: float) -> tuple[Window, Window]:
    """Split into two windows with about half of the speech each. Needs at least two regions."""
    spoken = list(accumulate(region.seconds for region in window.regions))
    cut = 1 + min(range(len(spoken) - 1), key=lambda index: abs(spoken[index] - spoken[-1] / 2))
    first, second = window.regions[:cut], window.regions[cut:]
    left = 0.0 if window.is_cut_before else window.start - window.stretches[0].start
    right = 0.0 if window.is_cut_after else window.stretches[-1].end - window.end
    # Where the neighbours' speech must be for the same margins at both ends.
    before = window.start - 2 * left if left or window.is_cut_before else None
    after = window.end + 2 * right if right or window.is_cut_after else None
    return (
        _make(first, window_seconds=window_seconds, seconds=seconds, before=before, after=second[0].start),
        _make(second, window_seconds=window_seconds, seconds=seconds, before=first[-1].end, after=after),
    )


def sample_span(start: float, end: float) -> tuple[int, int]:
    """First sample and the one after the last, for two times in seconds."""
    return round(start * RECOGNITION_SAMPLE_RATE), round(end * RECOGNITION_SAMPLE_RATE)


def _make(regions: Sequence[Region], *, window_seconds: float, seconds: float, before: float | None, after: float | None) -> Window:
    stretches = _stretches(regions, seconds=seconds, before=before, after=after)
    is_cut_before = before is not None and regions[0].start <= before
    is_cut_after = after is not None and regions[-1].end >= after
    room = max(0.0, window_seconds - _length(stretches)) / max(1, is_cut_before + is_cut_after)
    context = min(CONTEXT_SECONDS, room)
    if is_cut_before:
        stretches[0] = Region(max(0.0, stretches[0].start - context), stretches[0].end)
    if is_cut_after:
        stretches[-1] = Region(stretches[-1].start, min(seconds, stretches[-1].end + context))
    return Window(tuple(regions), tuple(stretches), is_cut_before=is_cut_before, is_cut_after=is_cut_after)


def _stretches(regions: Sequence[Region], *, seconds: float, before: float | None, after: float | None) -> list[Region]:
    """Regions with their margins: at most half of the silence to the neighbour, all of it at the ends of the recording."""
    ends = [-regions[0].start if before is None else before, *(region.end for region in regions)]
    starts = [*(region.start for region in regions), 2 * seconds - regions[-1].end if after is None else after]
    margins = [min(MARGIN_SECONDS, (start - end) / 2) for end, start in zip(ends, starts, strict=True)]
    return [Region(region.start - left, region.end + right) for region, left, right in zip(regions, margins[:-1], margins[1:], strict=True)]


def _length(stretches: Sequence[Region]) -> float:
    return sum(stretch.seconds for stretch in stretches)
