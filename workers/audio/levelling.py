"""Brings a recording to a loudness without exceeding a true peak, in two passes or some more, in bounded memory."""

import math
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from workers.audio.encoding import EncodedFile
from workers.audio.k_weighting import Loudness, LoudnessMeter
from workers.audio.probe import ProbeLimits
from workers.audio.recordings import RecordingStream, stream_recording
from workers.audio.rewriting import Samples, Steps, pass_over, rewrite
from workers.audio.true_peak_limiter import TruePeakLimiter
from workers.contract.audio_tools import AudioForm
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.formats import STEREO

TOLERANCE: Final = 0.1
"""LU by which the result may differ from the target before another pass corrects it."""
MOST_CORRECTIONS: Final = 3
"""Passes that measure how much loudness the limiter takes away: more gain brings ever less of it."""
STRETCH_SECONDS, MOST_STRETCHES = 30.0, 20
"""Length and number of the stretches, spread over the recording, on which that is measured."""


def normalize(
    source: Path, target: Path, *, form: AudioForm, limits: ProbeLimits, target_lufs: float, ceiling_decibels: float
) -> Steps[EncodedFile]:
    """Measure, choose a gain, and write the limited result. Raises WorkError (bad_audio), also for a silent recording."""
    measured = yield from _measure(source, form=form, limits=limits)
    if math.isinf(measured.integrated):
        raise WorkError(BAD_AUDIO, "The recording is silent (below -70 LUFS): it has no loudness that could be brought to a target.")
    gain = target_lufs - measured.integrated
    if measured.true_peak + gain <= ceiling_decibels:
        return (yield from rewrite(source, target, form=form, limits=limits, process=partial(_amplified, gain=_factor(gain))))
    for _ in range(MOST_CORRECTIONS):
        lost = yield from _measure_loss(source, gain, form=form, limits=limits, ceiling_decibels=ceiling_decibels)
        needed = target_lufs - measured.integrated + lost
        if abs(needed - gain) <= TOLERANCE:
            break
        gain = needed
    process = partial(_limited, limiter=_limiter(gain, ceiling_decibels, form=form))
    return (yield from rewrite(source, target, form=form, limits=limits, process=process))


def _measure(source: Path, *, form: AudioForm, limits: ProbeLimits) -> Steps[Loudness]:
    with _open(source, form=form, limits=limits) as recording:
        meter = LoudnessMeter(sample_rate=recording.sample_rate, channels=recording.channels)
        yield from pass_over(recording, meter.feed)
        return meter.finish()


def _measure_loss(source: Path, gain: float, *, form: AudioForm, limits: ProbeLimits, ceiling_decibels: float) -> Steps[float]:
    """Loudness in LU that the limiter takes away at this gain."""
    every = max(1, math.ceil(limits.max_audio_seconds / STRETCH_SECONDS / MOST_STRETCHES))
    with _open(source, form=form, limits=limits) as recording:
        plain, limited = (LoudnessMeter(sample_rate=recording.sample_rate, channels=recording.channels) for _ in range(2))
        limiter = _limiter(gain, ceiling_decibels, form=form)

        def measure(block: Samples) -> None:
            if int((recording.frames - 1) / recording.sample_rate / STRETCH_SECONDS) % every == 0:
                plain.feed(block)
                limited.feed(limiter.feed(block))

        yield from pass_over(recording, measure)
        limited.feed(limiter.finish())
        return plain.finish().integrated + gain - limited.finish().integrated


def _open(source: Path, *, form: AudioForm, limits: ProbeLimits) -> AbstractContextManager[RecordingStream]:
    channels = form.channels if form.channels <= STEREO else 0
    return stream_recording(source, sample_rate=form.sample_rate, channels=channels, limits=limits)


def _limiter(gain: float, ceiling_decibels: float, *, form: AudioForm) -> TruePeakLimiter:
    ceiling = _factor(ceiling_decibels)
    return TruePeakLimiter(gain=_factor(gain), ceiling=ceiling, sample_rate=form.sample_rate, channels=form.channels)


def _factor(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _amplified(blocks: Iterable[Samples], *, gain: float) -> Iterator[Samples]:
    for block in blocks:
        yield np.asarray(block * np.float32(gain), np.float32)


def _limited(blocks: Iterable[Samples], *, limiter: TruePeakLimiter) -> Iterator[Samples]:
    for block in blocks:
        yield limiter.feed(block)
    yield limiter.finish()
