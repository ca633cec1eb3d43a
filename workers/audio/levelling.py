"""Brings a recording to a loudness without exceeding a true peak, in two passes or some more, in bounded memory."""

import math
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from workers.audio.encoding import EncodedFile
from workers.audio.k_weighting import Loudness, LoudnessMeter
from workers.audio.probe import ProbeLimits
from workers.audio.recordings import stream_recording
from workers.audio.rewriting import Process, Samples, Steps, check_channels, pass_over, rewrite
from workers.audio.true_peak_limiter import TruePeakLimiter
from workers.contract.audio_tools import AudioForm
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.formats import STEREO

TOLERANCE: Final = 0.1
"""LU by which the result may differ from the target before another pass corrects it."""
MOST_CORRECTIONS: Final = 3
"""Passes that measure the limited result. Limiting takes loudness away, and more gain brings ever less of it."""


def normalize(
    source: Path, target: Path, *, form: AudioForm, limits: ProbeLimits, target_lufs: float, ceiling_decibels: float
) -> Steps[EncodedFile]:
    """Measure, choose a gain, and write the limited result. Raises WorkError (bad_audio), also for a silent recording."""
    measured = yield from _measure(source, form=form, limits=limits)
    if math.isinf(measured.integrated):
        raise WorkError(BAD_AUDIO, "The recording is silent (below -70 LUFS): it has no loudness that could be brought to a target.")
    gain = target_lufs - measured.integrated
    if measured.true_peak + gain > ceiling_decibels:
        gain = yield from _correct(source, gain, form=form, limits=limits, target_lufs=target_lufs, ceiling_decibels=ceiling_decibels)
    return (yield from rewrite(source, target, form=form, limits=limits, process=_limit(gain, ceiling_decibels, form=form)))


def _correct(
    source: Path, gain: float, *, form: AudioForm, limits: ProbeLimits, target_lufs: float, ceiling_decibels: float
) -> Steps[float]:
    """Gain (dB) by which the limited result reaches the target, as nearly as the ceiling allows."""
    for _ in range(MOST_CORRECTIONS):
        limited = yield from _measure(source, form=form, limits=limits, process=_limit(gain, ceiling_decibels, form=form))
        missing = target_lufs - limited.integrated
        if abs(missing) <= TOLERANCE:
            break
        gain += missing
    return gain


def _measure(source: Path, *, form: AudioForm, limits: ProbeLimits, process: Process | None = None) -> Steps[Loudness]:
    channels = form.channels if form.channels <= STEREO else 0
    with stream_recording(source, sample_rate=form.sample_rate, channels=channels, limits=limits) as recording:
        check_channels(recording, form=form)
        meter = LoudnessMeter(sample_rate=recording.sample_rate, channels=recording.channels)
        yield from pass_over(recording, meter.feed, process=process)
        return meter.finish()


def _limit(gain: float, ceiling_decibels: float, *, form: AudioForm) -> Process:
    return partial(_limited, gain=10 ** (gain / 20), ceiling=10 ** (ceiling_decibels / 20), form=form)


def _limited(blocks: Iterable[Samples], *, gain: float, ceiling: float, form: AudioForm) -> Iterator[Samples]:
    limiter = TruePeakLimiter(gain=gain, ceiling=ceiling, sample_rate=form.sample_rate, channels=form.channels)
    for block in blocks:
        yield limiter.feed(block)
    yield limiter.finish()
