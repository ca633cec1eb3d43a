"""Finds and cuts silence, in bounded memory: one pass finds it, another copies the rest."""

import math
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import EncodedFile
from workers.audio.probe import ProbeLimits
from workers.audio.recordings import stream_recording
from workers.audio.rewriting import Samples, Steps, pass_over, rewrite
from workers.contract.audio_tools import AudioForm
from workers.contract.errors import BAD_AUDIO, WorkError

WINDOW_SECONDS: Final = 0.01
FADE_SECONDS: Final = 0.005
"""Fades at the cuts, which else might click."""


def trim_silence(
    source: Path,
    target: Path,
    *,
    form: AudioForm,
    limits: ProbeLimits,
    threshold_decibels: float,
    padding_seconds: float,
    longest_pause_seconds: float | None,
) -> Steps[EncodedFile]:
    """Write the recording without silence. Parameters as for find_sound. Raises WorkError (bad_audio), also where all is silence."""
    with stream_recording(source, limits=limits) as recording:
        meter = LevelMeter(sample_rate=recording.sample_rate)
        yield from pass_over(recording, meter.feed)
    kept = find_sound(
        meter.finish(),
        threshold_decibels=threshold_decibels,
        padding_seconds=padding_seconds,
        longest_pause_seconds=longest_pause_seconds,
    )
    if not kept:
        raise WorkError(
            BAD_AUDIO, f"The recording has no sound above {threshold_decibels:g} dB: nothing would be left of it. Send a lower threshold."
        )
    process = partial(keep_stretches, stretches=kept, sample_rate=form.sample_rate)
    return (yield from rewrite(source, target, form=form, limits=limits, process=process))


class LevelMeter:
    """Level of each 10 ms of a stream: 4 bytes each are kept, 6 MB for four hours."""

    def __init__(self, *, sample_rate: int) -> None:
        self.window = max(1, round(WINDOW_SECONDS * sample_rate))
        """Samples of one level."""
        self._waiting: Samples | None = None
        self._levels: list[NDArray[np.float32]] = []

    def feed(self, samples: Samples) -> None:
        """Measure samples [n, channels]."""
        waiting = samples if self._waiting is None else np.concatenate([self._waiting, samples])
        whole = len(waiting) // self.window
        self._append(waiting[: whole * self.window].reshape(whole, self.window, samples.shape[1]))
        self._waiting = waiting[whole * self.window :]

    def finish(self) -> NDArray[np.float32]:
        """Root mean squares of the loudest channel in each window, full scale 1.0; the last window may be shorter."""
        if self._waiting is not None and len(self._waiting):
            self._append(self._waiting[None])
        return np.concatenate([*self._levels, np.zeros(0, np.float32)])

    def _append(self, windows: Samples) -> None:
        self._levels.append(np.sqrt(np.square(windows).mean(axis=1)).max(axis=1) if len(windows) else np.zeros(0, np.float32))


def find_sound(
    levels: NDArray[np.float32], *, threshold_decibels: float, padding_seconds: float, longest_pause_seconds: float | None
) -> list[tuple[float, float]]:
    """Stretches to keep, in seconds: the sound with some padding around it, in order and apart from each other; none if all is silence.

    levels: of windows of WINDOW_SECONDS. longest_pause_seconds: pauses longer than this are cut too; None keeps every inner pause.
    """
    loud = np.flatnonzero(levels > 10 ** (threshold_decibels / 20))
    if not len(loud):
        return []
    padding, pause = padding_seconds / WINDOW_SECONDS, math.inf if longest_pause_seconds is None else longest_pause_seconds / WINDOW_SECONDS
    is_start = np.append(True, np.diff(loud) > max(pause, 2 * padding) + 1)
    starts, ends = loud[is_start], loud[np.append(is_start[1:], True)] + 1
    end = len(levels)
    return [
        (max(0.0, start - padding) * WINDOW_SECONDS, min(end, last + padding) * WINDOW_SECONDS)
        for start, last in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def keep_stretches(blocks: Iterable[Samples], stretches: list[tuple[float, float]], *, sample_rate: int) -> Iterator[Samples]:
    """The stretches (seconds) of a stream of blocks [n, channels], with short fades where something was cut away."""
    fade = round(FADE_SECONDS * sample_rate)
    spans = [(round(start * sample_rate), round(end * sample_rate)) for start, end in stretches]
    position = index = 0
    for block in blocks:
        end = position + len(block)
        while index < len(spans) and spans[index][0] < end:
            first, last = spans[index]
            yield _faded(block, position, first=first, last=last, fade=fade)
            if last > end:
                break
            index += 1
        position = end


def _faded(block: Samples, position: int, *, first: int, last: int, fade: int) -> Samples:
    """Part of a block between two positions of the stream, faded in after the first (but the stream's own start) and out before the last."""
    piece = block[max(0, first - position) : last - position]
    at = max(first, position) + np.arange(len(piece))
    gain = np.minimum(1.0, (last - at) / fade)
    if first > 0:
        gain = np.minimum(gain, (at - first) / fade)
    return np.asarray(piece * gain[:, None], np.float32)
