"""Joins sentences to one stream: trimmed, equally loud, with natural pauses and inaudible joins."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.loudness import level_gain, limit_peaks
from workers.audio.samples import SynthesisedAudio
from workers.contract.speech import WordTiming

FRAME_SECONDS: Final = 0.01
SOUND_BELOW_PEAK_DB: Final = 50.0
"""Frames this far below the loudest one are silence: softer than any fricative, louder than a model's noise floor."""

KEPT_BEFORE_SECONDS: Final = 0.03
KEPT_AFTER_SECONDS: Final = 0.05
"""Silence kept around a sentence, for the attack of its first sound and the decay of its last."""

FADE_IN_SECONDS: Final = 0.005
FADE_OUT_SECONDS: Final = 0.015

FINAL_SILENCE_SECONDS: Final = 0.1
"""Silence after the last sound: players cut the end of a file, and lossy decoders drop a frame."""


class Joiner:
    """Joins the sentences of one stream, in order. Holds a pause back until it is known whether anything follows."""

    def __init__(self, sample_rate: int, *, speed: float = 1.0, pause_before: float = 0.0) -> None:
        """sample_rate: Hz of all sentences. speed: pauses are divided by it. pause_before: seconds of silence before the first sentence."""
        self._sample_rate = sample_rate
        self._speed = speed
        self._pending_seconds = pause_before
        self._written = 0
        self.sound_start = 0.0
        """Seconds at which the last sentence begins, behind the pause before it."""

    @property
    def seconds(self) -> float:
        return self._written / self._sample_rate

    def feed(
        self, spoken: SynthesisedAudio, *, pause_after: float, start_character: int = 0, gain_decibels: float = 0.0
    ) -> SynthesisedAudio:
        """Append a sentence: returns the pending pause and the sentence as mono samples [n], with words timed and positioned in the whole
        stream.

        pause_after: seconds between this sentence's last sound and the next. start_character: of the sentence in the text. gain_decibels:
        relative to the other sentences, which are equally loud.

        Raises ValueError for another sample rate than the stream's.
        """
        if spoken.sample_rate != self._sample_rate:
            raise ValueError(f"{spoken.sample_rate} Hz in a stream of {self._sample_rate} Hz")
        first, end, silence_before, silence_after = self._find_sound(spoken.samples)
        sound = fade_edges(spoken.samples[first:end], sample_rate=self._sample_rate)
        gain = level_gain(sound, sample_rate=self._sample_rate) * 10 ** (gain_decibels / 20)
        sound = limit_peaks(sound * np.float32(gain))
        pause = self._zeros(self._pending_seconds - silence_before)
        offset = (self._written + len(pause) - first) / self._sample_rate
        bounds = (offset + first / self._sample_rate, offset + end / self._sample_rate)
        words = tuple(_shift(word, offset, bounds=bounds, start_character=start_character) for word in spoken.words)
        self.sound_start = bounds[0]
        self._pending_seconds = pause_after / self._speed - silence_after
        samples = np.concatenate([pause, sound])
        self._written += len(samples)
        return SynthesisedAudio(samples, self._sample_rate, words)

    def finish(self, *, is_last: bool) -> NDArray[np.float32]:
        """Return the silence after the last sentence: a little at the end of a text, the pending pause if another part follows."""
        tail = self._zeros(FINAL_SILENCE_SECONDS if is_last else self._pending_seconds) if self._written else self._zeros(0.0)
        self._written += len(tail)
        self._pending_seconds = 0.0
        return tail

    def _zeros(self, seconds: float) -> NDArray[np.float32]:
        return np.zeros(max(0, round(seconds * self._sample_rate)), np.float32)

    def _find_sound(self, samples: NDArray[np.float32]) -> tuple[int, int, float, float]:
        """Find the positions to cut at, and the seconds of silence kept before and after the sound; pure silence is not cut."""
        sound = find_sound(samples, sample_rate=self._sample_rate)
        if sound is None:
            return 0, len(samples), 0.0, 0.0
        first = max(0, sound[0] - round(KEPT_BEFORE_SECONDS * self._sample_rate))
        end = min(len(samples), sound[1] + round(KEPT_AFTER_SECONDS * self._sample_rate))
        return first, end, (sound[0] - first) / self._sample_rate, (end - sound[1]) / self._sample_rate


def find_sound(samples: NDArray[np.float32], *, sample_rate: int) -> tuple[int, int] | None:
    """First sample of the first frame with sound and the end of the last one, for mono samples [n]; None for silence."""
    frame = max(1, round(FRAME_SECONDS * sample_rate))
    padded = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
    power = np.asarray(np.mean(padded * padded, axis=1, dtype=np.float64))
    if not samples.size or power.max() == 0.0:
        return None
    loud = np.flatnonzero(power > power.max() * 10 ** (-SOUND_BELOW_PEAK_DB / 10))
    return int(loud[0]) * frame, min(len(samples), (int(loud[-1]) + 1) * frame)


def fade_edges(samples: NDArray[np.float32], *, sample_rate: int) -> NDArray[np.float32]:
    """Apply a raised cosine to both ends of the samples [n], so that they begin and end at zero."""
    faded = samples.astype(np.float32, copy=True)
    rise, fall = (min(len(faded) // 2, round(seconds * sample_rate)) for seconds in (FADE_IN_SECONDS, FADE_OUT_SECONDS))
    faded[:rise] *= _raised_cosine(rise)
    faded[len(faded) - fall :] *= _raised_cosine(fall)[::-1]
    return faded


def _raised_cosine(length: int) -> NDArray[np.float32]:
    """Rise from 0 to just below 1 in `length` steps."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(1, length))).astype(np.float32)


def _shift(word: WordTiming, offset: float, *, bounds: tuple[float, float], start_character: int) -> WordTiming:
    """Shift the word to the time and the text of the whole stream, clipped to the untrimmed audio."""
    start, end = (round(min(max(bounds[0], seconds + offset), bounds[1]), 4) for seconds in (word.start, word.end))
    first, last = word.start_character + start_character, word.end_character + start_character
    return replace(word, start=start, end=end, start_character=first, end_character=last)
