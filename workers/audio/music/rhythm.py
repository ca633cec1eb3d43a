"""Tempo and meter by onset strengths."""

import itertools
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.music import chroma
from workers.audio.music.frames import SAMPLE_RATE
from workers.audio.music.onsets import FRAME_RATE, HOP, SIZE

Floats = NDArray[np.floating]

SLOWEST, FASTEST, STEP = 50.0, 220.0, 0.25
"""Beats a minute that are tried."""
WINDOW_SECONDS, LONGEST_LAG_SECONDS = 12.0, 5.0
MULTIPLES: Final = ((1, 1.5), (2, 1.0), (3, 0.7), (4, 1.0))
"""Beats after which onsets must recur, with their weights: a tempo that only every second onset supports is not the beat."""
USUAL_TEMPO, TEMPO_SPREAD = 115.0, 1.15
"""Middle and standard deviation, in octaves, of the tempi that people tap: it decides between a tempo and its double."""
LEAST_CONFIDENCE: Final = 0.2
"""Speech and noise reach 0.1, pieces with drums 0.6 to 0.9."""
LEAST_STRENGTH: Final = 0.01
"""Standard deviation of onset strengths below which nothing begins: a tone that lasts, silence."""
LEAST_SECONDS: Final = 4.0
METERS: Final = (3, 4)
BEATS_SECONDS: Final = 300.0
"""Beginning of a recording whose beats stand for all of it."""
MOST_DRIFT: Final = 0.02
LEAST_BEATS: Final = 24
TIGHTNESS: Final = 100.0
"""Weight of even beats against strong onsets (Ellis, Beat tracking by dynamic programming, 2007)."""
LOW_WEIGHT: Final = 0.5
"""Weight of the bass drum against changes of harmony, which mark the first beats of bars."""


@dataclass(frozen=True, slots=True)
class Tempo:
    bpm: float
    confidence: float
    """0 to 1."""


def find_tempo(strengths: Floats) -> Tempo | None:
    """Tempo of onset strengths [frames]; None where there is none to tell."""
    if len(strengths) < LEAST_SECONDS * FRAME_RATE or strengths.std() < LEAST_STRENGTH:
        return None
    correlation = _autocorrelation(strengths)
    tempi = np.arange(SLOWEST, FASTEST + STEP, STEP)
    lags = 60 * FRAME_RATE / tempi
    recurrences = [np.interp(multiple * lags, np.arange(len(correlation)), correlation, right=0.0) for multiple, _ in MULTIPLES]
    scores = np.array([weight for _, weight in MULTIPLES]) @ np.array(recurrences)
    prior = np.exp(-0.5 * (np.log2(tempi / USUAL_TEMPO) / TEMPO_SPREAD) ** 2)
    best = int(np.argmax(scores * prior))
    confidence = float(np.clip(scores[best] / sum(weight for _, weight in MULTIPLES), 0.0, 1.0))
    return Tempo(float(tempi[best]), round(confidence, 2)) if confidence >= LEAST_CONFIDENCE else None


def refine_tempo(tempo: Tempo, *, beats: NDArray[np.int64]) -> Tempo:
    """The tempo by the mean distance of the beats, where they keep it."""
    if len(beats) < LEAST_BEATS:
        return tempo
    bpm = 60 * FRAME_RATE * (len(beats) - 1) / float(beats[-1] - beats[0])
    return replace(tempo, bpm=bpm) if abs(bpm / tempo.bpm - 1) < MOST_DRIFT else tempo


def find_meter(beats: NDArray[np.int64], *, low_strengths: Floats, pitch_classes: Floats) -> int | None:
    """Beats of a bar, 3 or 4; None for a recording of few beats. pitch_classes [frames, 12]: of ChromaMeter."""
    if len(beats) < LEAST_BEATS:
        return None
    accents = _standard(_harmony_changes(beats, pitch_classes)) + LOW_WEIGHT * _standard(
        np.array([low_strengths[max(0, beat - 2) : beat + 3].max() for beat in beats[:-1]])
    )
    return max(METERS, key=lambda meter: _accent_of_bars(accents, meter))


def find_beats(strengths: Floats, *, bpm: float) -> NDArray[np.int64]:
    """Frames of the beats in the first minutes: strong onsets at about equal distances, found by dynamic programming."""
    period = 60 * FRAME_RATE / bpm
    strengths = strengths[: round(BEATS_SECONDS * FRAME_RATE)]
    onsets = strengths / (strengths.std() + 1e-9)
    reach = np.arange(-int(period), int(period) + 1)
    local = np.convolve(onsets, np.exp(-0.5 * (reach * 32 / period) ** 2), "same")
    distances = np.arange(round(2 * period), round(period / 2) - 1, -1)
    penalties = -TIGHTNESS * np.log(distances / period) ** 2
    scores, before = local.astype(np.float64), np.full(len(local), -1)
    for frame in range(distances[-1], len(local)):
        possible = frame - distances
        start = int(np.searchsorted(possible, 0))
        ranked = scores[possible[start:]] + penalties[start:]
        best = int(np.argmax(ranked))
        scores[frame] += ranked[best]
        before[frame] = possible[start + best]
    last = max(0, len(scores) - round(1.5 * period))
    frame = last + int(np.argmax(scores[last:]))
    beats = []
    while frame >= 0:
        beats.append(frame)
        frame = int(before[frame])
    return np.array(beats[::-1])


def _autocorrelation(strengths: Floats) -> NDArray[np.float64]:
    """Mean of the autocorrelations of overlapping windows, 1 at lag 0, so that a tempo may drift in the course of a piece."""
    half = round(FRAME_RATE / 2)
    around = np.convolve(strengths, np.full(2 * half + 1, 1 / (2 * half + 1)), "same")
    peaks = np.maximum(0, strengths - around)
    size, most = round(WINDOW_SECONDS * FRAME_RATE), round(LONGEST_LAG_SECONDS * FRAME_RATE)
    total = np.zeros(most)
    for start in range(0, max(1, len(peaks) - size + 1), size // 2):
        window = peaks[start : start + size]
        spectrum = np.abs(np.fft.rfft(window - window.mean(), 2 * size)) ** 2
        found = np.fft.irfft(spectrum)[:most]
        total += found / (found[0] + 1e-9)
    return np.asarray(total / (total[0] + 1e-9), np.float64)


def _harmony_changes(beats: NDArray[np.int64], pitch_classes: Floats) -> NDArray[np.float64]:
    """Difference of the harmony between two beats from that before, [beats - 1]."""
    middles = (np.arange(len(pitch_classes)) * chroma.HOP + chroma.SIZE / 2) / SAMPLE_RATE
    edges = np.searchsorted(middles, (beats * HOP + SIZE / 2) / SAMPLE_RATE)
    last = len(pitch_classes) - 1
    spans = [pitch_classes[min(start, last) : max(end, min(start, last) + 1)].mean(axis=0) for start, end in itertools.pairwise(edges)]
    chords = np.array(spans, np.float64)
    chords /= np.linalg.norm(chords, axis=1, keepdims=True) + 1e-9
    changes: NDArray[np.float64] = 1 - (chords[1:] * chords[:-1]).sum(axis=1)
    return np.concatenate([np.zeros(1), changes])


def _accent_of_bars(accents: NDArray[np.float64], meter: int) -> float:
    """Accent of the first beats against the others, in standard errors, at the best beginning."""

    def accent(first: int) -> float:
        firsts = accents[first::meter]
        others = np.delete(accents, np.arange(first, len(accents), meter))
        return float((firsts.mean() - others.mean()) * np.sqrt(len(firsts)))

    return max(accent(first) for first in range(meter))


def _standard(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), np.float64)
