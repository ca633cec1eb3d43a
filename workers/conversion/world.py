"""WORLD vocoder (Morise et al. 2016): analysis of a speaker, and resynthesis with another register, timbre and pace.

Everything is 24 kHz mono. pyworld releases the interpreter's lock.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples
from workers.contract.conversion import CONVERSION_RATE, Delivery, SpeakerProfile
from workers.conversion.delivery import Prosody, move_pitch, prosody_of

FRAME_MILLISECONDS: Final = 5.0
LOWEST_HERTZ, HIGHEST_HERTZ = 60.0, 800.0
"""Range of F0: speech of men to singing of sopranos."""
ENVELOPE_NUMBERS: Final = 60
"""Numbers of a coded envelope: enough for the formants, too few for single harmonics."""
LOUD_QUANTILE: Final = 0.35
"""Quantile of the level below which voiced frames do not count for a profile."""
FEWEST_VOICED_FRAMES: Final = 20
LEAST_SPREAD, MOST_SPREAD = 0.7, 1.4
LEAST_SAMPLES: Final = CONVERSION_RATE // 20
"""Shortest audio that WORLD analyses."""

Frames = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Analysis:
    """Frames of 5 ms."""

    f0: Frames
    """Hz, shape [frames]; 0 where unvoiced."""
    envelope: Frames
    """Coded, shape [frames, ENVELOPE_NUMBERS]."""
    aperiodicity: Frames
    """Shape [frames, bins]."""


def measure_profile(samples: Samples) -> SpeakerProfile | None:
    """Profile of the speaker; None without voiced sound. samples: shape [n]."""
    import pyworld

    if len(samples) < LEAST_SAMPLES:
        return None
    sound = np.ascontiguousarray(samples, np.float64)
    rough, times = pyworld.dio(sound, CONVERSION_RATE, f0_floor=LOWEST_HERTZ, f0_ceil=HIGHEST_HERTZ, frame_period=FRAME_MILLISECONDS)
    f0 = pyworld.stonemask(sound, rough, times, CONVERSION_RATE)
    envelope = _code_envelope(sound, f0, times)
    voiced = f0 > 0
    if voiced.sum() < FEWEST_VOICED_FRAMES:
        return None
    loud = voiced & (envelope[:, 0] >= np.quantile(envelope[voiced, 0], LOUD_QUANTILE))
    logarithm, chosen = np.log(f0[loud]), envelope[loud]
    return SpeakerProfile(
        log_f0_mean=round(float(logarithm.mean()), 5),
        log_f0_deviation=round(float(logarithm.std()), 5),
        envelope=tuple(np.round(chosen.mean(axis=0), 5).tolist()),
        envelope_deviation=tuple(np.round(chosen.std(axis=0), 5).tolist()),
    )


def convert_by_world(samples: Samples, *, source: SpeakerProfile, target: SpeakerProfile, delivery: Delivery) -> Samples:
    """The same sound in the target's register and timbre: [n] to [round(n / tempo)]. Aperiodicity and dynamics are kept."""
    import pyworld

    prosody = prosody_of(delivery)
    wanted = round(len(samples) / prosody.tempo)
    if len(samples) < LEAST_SAMPLES:
        return np.zeros(wanted, np.float32)
    found = _analyse(np.ascontiguousarray(samples, np.float64))
    f0 = move_pitch(found.f0, source=source, target=target, prosody=prosody)
    shift, spread = _timbre_change(source, target)
    mean = np.array(source.envelope)
    envelope = found.envelope.copy()
    envelope[:, 1:] = (found.envelope[:, 1:] - mean[1:]) * spread[1:] + mean[1:] + shift[1:]
    f0, envelope, aperiodicity = _change_tempo(f0, envelope, found.aperiodicity, tempo=prosody.tempo)
    size = pyworld.get_cheaptrick_fft_size(CONVERSION_RATE, LOWEST_HERTZ)
    power = pyworld.decode_spectral_envelope(np.ascontiguousarray(envelope), CONVERSION_RATE, size)
    spoken = pyworld.synthesize(f0, power, np.ascontiguousarray(aperiodicity), CONVERSION_RATE, FRAME_MILLISECONDS)
    spoken = spoken * _level_change(source, shift=shift, prosody=prosody)
    return np.asarray(np.pad(spoken[:wanted], (0, max(0, wanted - len(spoken)))), np.float32)


def _analyse(sound: Frames) -> _Analysis:
    import pyworld

    f0, times = pyworld.harvest(sound, CONVERSION_RATE, f0_floor=LOWEST_HERTZ, f0_ceil=HIGHEST_HERTZ, frame_period=FRAME_MILLISECONDS)
    size = pyworld.get_cheaptrick_fft_size(CONVERSION_RATE, LOWEST_HERTZ)
    return _Analysis(f0, _code_envelope(sound, f0, times), pyworld.d4c(sound, f0, times, CONVERSION_RATE, fft_size=size))


def _code_envelope(sound: Frames, f0: Frames, times: Frames) -> Frames:
    import pyworld

    power = pyworld.cheaptrick(sound, f0, times, CONVERSION_RATE, f0_floor=LOWEST_HERTZ)
    coded: Frames = pyworld.code_spectral_envelope(power, CONVERSION_RATE, ENVELOPE_NUMBERS)
    return coded


def _timbre_change(source: SpeakerProfile, target: SpeakerProfile) -> tuple[Frames, Frames]:
    """Shift of the mean envelope and factor of its spread; the first number, the level, is not used."""
    shift = np.array(target.envelope) - np.array(source.envelope)
    spread = np.array(target.envelope_deviation) / np.maximum(np.array(source.envelope_deviation), 1e-6)
    return shift, np.clip(spread, LEAST_SPREAD, MOST_SPREAD)


def _level_change(source: SpeakerProfile, *, shift: Frames, prosody: Prosody) -> float:
    """Factor that keeps the average level although the timbre changes, with the delivery's change of energy."""
    import pyworld

    mean = np.array([source.envelope])
    moved = mean.copy()
    moved[:, 1:] += shift[1:]
    size = pyworld.get_cheaptrick_fft_size(CONVERSION_RATE, LOWEST_HERTZ)
    before, after = (float(pyworld.decode_spectral_envelope(one, CONVERSION_RATE, size).sum()) for one in (mean, moved))
    return float(np.sqrt(before / max(after, 1e-12)) * 10 ** (prosody.decibels / 20))


def _change_tempo(f0: Frames, envelope: Frames, aperiodicity: Frames, *, tempo: float) -> tuple[Frames, Frames, Frames]:
    """Frames at another pace: envelopes are interpolated, the rest is taken from the nearest frame."""
    count = max(1, round(len(f0) / tempo))
    if count == len(f0):
        return f0, envelope, aperiodicity
    position = np.minimum(np.arange(count) * tempo, len(f0) - 1)
    nearest = np.round(position).astype(int)
    before = np.floor(position).astype(int)
    after, share = np.minimum(before + 1, len(f0) - 1), (position - before)[:, np.newaxis]
    return f0[nearest], envelope[before] * (1 - share) + envelope[after] * share, aperiodicity[nearest]
