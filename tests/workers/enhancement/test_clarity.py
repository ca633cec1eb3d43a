"""The clarity chain: gains by frequency, de-esser, length."""

import numpy as np
import pytest

from workers.audio.streams import Frames
from workers.enhancement.clarity import ClarityStream, equaliser_curve

RATE = 48_000


def run(stream: ClarityStream, frames: Frames, *, block: int = RATE) -> Frames:
    with stream:
        made = [stream.feed(frames[start : start + block]) for start in range(0, len(frames), block)]
        return np.concatenate([*made, stream.finish()])


def tone(hertz: float, *, seconds: float = 0.5, level: float = 0.1) -> Frames:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return wave[:, None].astype(np.float32)


def gain_decibels(hertz: float, **settings: float) -> float:
    frames = tone(hertz)
    made = run(ClarityStream(sample_rate=RATE, channels=1, **settings), frames)
    middle = slice(RATE // 8, RATE * 3 // 8)
    return float(10 * np.log10(np.square(made[middle]).mean() / np.square(frames[middle]).mean()))


@pytest.mark.parametrize(("hertz", "decibels"), [(75, -3.1), (250, -1.5), (1000, 0.0), (3200, 2.5)])
def test_each_band_gets_its_gain(hertz: float, decibels: float) -> None:
    assert gain_decibels(hertz) == pytest.approx(decibels, abs=0.5)


def test_depth_scales_the_equaliser_but_not_the_high_pass() -> None:
    assert gain_decibels(3200, depth=0.0) == pytest.approx(0.0, abs=0.1)
    assert gain_decibels(3200, depth=2.0) == pytest.approx(5.0, abs=0.3)
    assert gain_decibels(75, depth=0.0) == pytest.approx(-3.0, abs=0.4)


def test_a_hiss_is_turned_down_and_the_vowel_before_it_is_not() -> None:
    hiss = 0.1 * np.random.default_rng(1).standard_normal(RATE // 2)
    spectrum = np.fft.rfft(hiss)
    frequencies = np.fft.rfftfreq(len(hiss), 1 / RATE)
    spectrum[(frequencies < 5000) | (frequencies > 9500)] = 0
    frames = np.concatenate([tone(400), np.fft.irfft(spectrum)[:, None].astype(np.float32)])
    made = run(ClarityStream(sample_rate=RATE, channels=1, depth=0.0), frames)
    vowel, sibilant = slice(2000, 20_000), slice(28_000, 46_000)
    assert np.square(made[vowel]).mean() == pytest.approx(np.square(frames[vowel]).mean(), rel=0.05)
    assert np.square(made[sibilant]).mean() < 0.5 * np.square(frames[sibilant]).mean()


@pytest.mark.parametrize("rate", [4000, 8000, 44_100, 192_000])
@pytest.mark.parametrize("length", [1, 500, 9001])
def test_any_rate_and_length_keep_the_length(rate: int, length: int) -> None:
    frames = np.random.default_rng(2).uniform(-0.5, 0.5, (length, 2)).astype(np.float32)
    made = run(ClarityStream(sample_rate=rate, channels=2), frames, block=377)
    assert made.shape == frames.shape
    assert np.abs(made - run(ClarityStream(sample_rate=rate, channels=2), frames)).max() < 1e-5


def test_silence_stays_silent_after_the_chain() -> None:
    assert not run(ClarityStream(sample_rate=RATE, channels=2), np.zeros((10_000, 2), np.float32)).any()


def test_the_curve_is_zero_at_no_frequency_and_flat_far_from_the_bells() -> None:
    curve = equaliser_curve(np.array([0.0, 1000.0, 20_000.0]))
    assert curve[0] < 1e-6
    assert curve[1] == pytest.approx(1.0, abs=0.02)
    assert curve[2] == pytest.approx(1.0, abs=0.02)
