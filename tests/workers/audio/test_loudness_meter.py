"""Loudness and true peaks against the published test signals of EBU Tech 3341 and 3342, and the limiter."""

import numpy as np
import pytest

from workers.audio.k_weighting import Loudness, LoudnessMeter, k_weighting
from workers.audio.true_peak_limiter import TruePeakLimiter

RATE = 48_000


def sine(decibels: list[float], *, seconds: float, hertz: float = 1000.0, rate: int = RATE) -> np.ndarray:
    """Sine [n, channels], each channel with its own level in dBFS."""
    wave = np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave * 10 ** (level / 20) for level in decibels], axis=1).astype(np.float32)


def measure(*stretches: np.ndarray, rate: int = RATE) -> Loudness:
    meter = LoudnessMeter(sample_rate=rate, channels=stretches[0].shape[1])
    for stretch in stretches:
        for start in range(0, len(stretch), 37_000):
            meter.feed(stretch[start : start + 37_000])
    return meter.finish()


def test_k_weighting_at_48_khz_has_the_coefficients_of_the_recommendation() -> None:
    expected = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
    assert np.abs(k_weighting(48_000) - np.array(expected)).max() < 1e-8


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
    ids=["1", "2", "3", "4", "5"],
)
def test_integrated_loudness_matches_the_cases_of_ebu_tech_3341(stretches: list[tuple[float, float]], expected: float) -> None:
    measured = measure(*(sine([level, level], seconds=seconds, rate=16_000) for level, seconds in stretches), rate=16_000)
    assert measured.integrated == pytest.approx(expected, abs=0.1)


def test_surround_channels_count_more_and_the_effects_channel_not_at_all() -> None:
    five = measure(sine([-28, -28, -24, -30, -30], seconds=20, rate=16_000), rate=16_000)
    assert five.integrated == pytest.approx(-23.0, abs=0.1)  # case 6 of EBU Tech 3341
    six = measure(sine([-28, -28, -24, -3, -30, -30], seconds=20, rate=16_000), rate=16_000)
    assert six.integrated == pytest.approx(five.integrated, abs=0.01)


@pytest.mark.parametrize(("levels", "expected"), [((-20, -30), 10.0), ((-20, -15), 5.0), ((-40, -20), 20.0)])
def test_loudness_range_matches_the_cases_of_ebu_tech_3342(levels: tuple[float, float], expected: float) -> None:
    measured = measure(*(sine([level, level], seconds=20, rate=16_000) for level in levels), rate=16_000)
    assert measured.range == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000, 96_000])
def test_true_peak_between_the_samples_is_found_at_every_rate(rate: int) -> None:
    wave = 0.5 * np.sin(2 * np.pi * np.arange(rate) / 4 + np.pi / 4)  # every sample is at 0.354, the wave reaches 0.5
    found = measure(wave[:, None].astype(np.float32), rate=rate).true_peak
    assert -6.4 <= found <= -5.8  # the tolerance of EBU Tech 3341


def test_silence_has_no_loudness_and_a_short_sound_has_one() -> None:
    assert measure(np.zeros((RATE, 2), np.float32)) == Loudness(float("-inf"), 0.0, float("-inf"))
    assert measure(sine([-23, -23], seconds=0.05)).integrated == pytest.approx(-23, abs=0.5)


def limited(samples: np.ndarray, *, gain: float, block: int = 10_000) -> np.ndarray:
    limiter = TruePeakLimiter(gain=gain, ceiling=10 ** (-1 / 20), sample_rate=RATE, channels=samples.shape[1])
    return np.concatenate([*(limiter.feed(samples[start : start + block]) for start in range(0, len(samples), block)), limiter.finish()])


def test_limiter_keeps_true_peaks_below_the_ceiling_and_leaves_the_rest_exact() -> None:
    loud = sine([-20, -26], seconds=1.0)
    loud[20_000:20_400] *= 12
    result = limited(loud, gain=2.0)
    assert result.shape == loud.shape
    assert measure(result).true_peak <= -1.0
    assert np.array_equal(result[:18_000], 2 * loud[:18_000])
    assert np.array_equal(result[23_000:], 2 * loud[23_000:])
    assert np.abs(limited(loud, gain=2.0, block=777) - result).max() < 1e-6


def test_limiter_holds_back_a_sound_shorter_than_its_window() -> None:
    assert np.array_equal(limited(sine([-20], seconds=0.001), gain=0.5), sine([-20], seconds=0.001) / 2)
