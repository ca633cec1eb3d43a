"""Weighted prediction error: echoes go, dry sound and silence stay."""

import numpy as np
import pytest

from workers.audio.streams import Frames
from workers.engines.wpe import AMOUNTS, PREDICTIONS
from workers.enhancement.prediction import SAMPLE_RATE, subtract_prediction

DELAY = SAMPLE_RATE // 5


def speech_like(seconds: float = 4.0) -> np.ndarray:
    """Bursts of noise with pauses, as syllables have them."""
    generator = np.random.default_rng(3)
    length = int(seconds * SAMPLE_RATE)
    sounds = np.repeat(generator.uniform(0, 1, length // 4800 + 1) ** 3, 4800)[:length]
    return np.asarray(0.1 * sounds * generator.standard_normal(length), np.float32)


def with_echo(dry: np.ndarray) -> np.ndarray:
    wet = dry.copy()
    wet[DELAY:] += 0.5 * dry[:-DELAY]
    return wet


def echo_share(made: Frames, dry: np.ndarray) -> float:
    """Level of the echo in the result, relative to the sound itself."""
    delayed = np.concatenate([np.zeros(DELAY, np.float32), dry[:-DELAY]])
    own, echo = np.linalg.lstsq(np.stack([dry, delayed], axis=1), made[:, 0], rcond=None)[0]
    return float(echo / own)


def test_a_higher_intensity_leaves_less_of_an_echo() -> None:
    dry = speech_like()
    wet = with_echo(dry)[:, None]
    shares = [echo_share(subtract_prediction(wet, prediction=PREDICTIONS["echo"], amount=AMOUNTS[level]), dry) for level in (1, 3, 5)]
    assert echo_share(wet, dry) == pytest.approx(0.5, abs=0.01)
    assert 0.48 > shares[0] > shares[1] + 0.01 > shares[2] + 0.02


def test_two_equal_channels_stay_equal() -> None:
    wet = np.repeat(with_echo(speech_like(2.0))[:, None], 2, axis=1)
    made = subtract_prediction(wet, prediction=PREDICTIONS["reverb"], amount=1.0)
    assert made.shape == wet.shape
    assert np.array_equal(made[:, 0], made[:, 1])


@pytest.mark.parametrize("channels", [2, 3])
def test_several_channels_and_a_silent_one_stay_finite_and_no_louder(channels: int) -> None:
    wet = np.stack([with_echo(speech_like(1.5))] + [np.zeros(int(1.5 * SAMPLE_RATE), np.float32)] * (channels - 1), axis=1)
    made = subtract_prediction(wet, prediction=PREDICTIONS["reverb"], amount=1.0)
    assert made.shape == wet.shape
    assert np.isfinite(made).all()
    assert np.square(made).sum() <= np.square(wet).sum() * 1.01


@pytest.mark.parametrize("length", [0, 1, 5000])
def test_frames_too_short_for_a_prediction_are_unchanged(length: int) -> None:
    frames = np.ones((length, 1), np.float32)
    assert subtract_prediction(frames, prediction=PREDICTIONS["both"], amount=1.0) is frames


def test_silence_is_returned_unchanged() -> None:
    frames = np.zeros((3 * SAMPLE_RATE, 2), np.float32)
    assert subtract_prediction(frames, prediction=PREDICTIONS["both"], amount=1.0) is frames
