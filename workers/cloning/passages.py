"""Passages that the decoder is trained on: recordings aligned with their words, and sentences that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.cloning.analysis import SpeechAnalysis, analyse
from workers.cloning.features import UNIT, Floats
from workers.kokoro.runtime import Encoding, KokoroRuntime, Pitch

VOICED_HERTZ: Final = 50.0
NARROWEST, WIDEST = 0.75, 1.33
"""Bounds of the factor by which a reading's range of log F0 is stretched to the speaker's."""
HARMONIC_STEP: Final = 120
"""Frames of the harmonic source per unit."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The decoder's inputs over whole units of 25 ms, time first; and the recording, if there is one."""

    asr: Floats
    """[units, 512]."""
    f0: Floats
    """[2 units]."""
    energy: Floats
    """[2 units]."""
    har: Floats
    """[120 units + 1, 22]."""
    samples: Floats | None = None
    """[600 units]."""

    @property
    def units(self) -> int:
        return len(self.asr)

    def window(self, start: int, units: int) -> dict[str, Floats]:
        """The decoder's inputs from unit `start` on."""
        stop = start + units
        return {
            "asr": self.asr[start:stop],
            "f0": self.f0[2 * start : 2 * stop],
            "energy": self.energy[2 * start : 2 * stop],
            "har": self.har[HARMONIC_STEP * start : HARMONIC_STEP * stop + 1],
        }

    def target(self, start: int, units: int) -> Floats:
        if self.samples is None:
            raise ValueError("A sentence that was only read has no recording.")
        return self.samples[UNIT * start : UNIT * (start + units)]

    def repeat_to_length(self, units: int) -> "Passage":
        """The passage, repeated until it has that many units."""
        times = -(-units // max(1, self.units))
        if times <= 1:
            return self
        body = np.tile(self.har[:-1], (times, 1))
        return Passage(
            np.tile(self.asr, (times, 1)),
            np.tile(self.f0, times),
            np.tile(self.energy, times),
            np.concatenate([body, self.har[-1:]]),
            None if self.samples is None else np.tile(self.samples, times),
        )


@dataclass(frozen=True, slots=True)
class Prosody:
    """Mix of stock voices that words are read with."""

    mix: Mapping[str, float]

    def style(self, runtime: KokoroRuntime, tokens: NDArray[np.int64]) -> Floats:
        return runtime.mix_styles(self.mix, phoneme_count=len(tokens) - 2)


def recorded_passage(runtime: KokoroRuntime, samples: Floats, *, phonemes: str, prosody: Prosody) -> tuple[Passage, SpeechAnalysis]:
    """Align a recording (24 kHz) with its phonemes, of which Kokoro's vocabulary holds every one."""
    tokens = runtime.tokens(phonemes)
    style = prosody.style(runtime, tokens)
    encoding = runtime.encode(tokens, style=style)
    reading = runtime.align(encoding, track=_track(encoding), style=style)
    audio = runtime.decode(reading, affine=runtime.affine(style))
    found = analyse(samples, reading=audio, durations=encoding.durations, reading_energy=reading.energy)
    asr = np.ascontiguousarray(encoding.text[:, found.tokens].T)
    return Passage(asr, found.f0, found.energy, _harmonics(runtime, found.f0), found.samples), found


def read_passage(runtime: KokoroRuntime, phonemes: str, *, prosody: Prosody, log_f0: tuple[float, float]) -> Passage:
    """A sentence as the voice will read it: the mix's durations, energy and contour of pitch, moved to the speaker's register."""
    tokens = runtime.tokens(phonemes)
    style = prosody.style(runtime, tokens)
    encoding = runtime.encode(tokens, style=style)
    frames = runtime.align(encoding, track=_track(encoding), style=style)
    f0 = pitch_of_speaker(frames.f0, log_f0).apply(frames.f0)
    return Passage(np.ascontiguousarray(frames.asr.T), f0, frames.energy, _harmonics(runtime, f0))


def pitch_of_speaker(f0: Floats, log_f0: tuple[float, float]) -> Pitch:
    """The change that gives a reading the speaker's mean of log F0 and, within bounds, the speaker's range."""
    voiced = np.log(f0[f0 > VOICED_HERTZ])
    if not voiced.size or not log_f0[0]:
        return Pitch()
    mean, deviation = float(voiced.mean()), float(voiced.std())
    scale = float(np.clip(log_f0[1] / deviation, NARROWEST, WIDEST)) if deviation > 0 else 1.0
    return Pitch(scale, log_f0[0] - scale * mean)


def _track(encoding: Encoding) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(encoding.durations)), encoding.durations)


def _harmonics(runtime: KokoroRuntime, f0: Floats) -> Floats:
    return np.ascontiguousarray(runtime.harmonics(f0).T)
