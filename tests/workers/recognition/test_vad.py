"""Speech detection: regions detected as speech, and others."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.recognition.clips import LIBRIVOX, clip, clips, music, noise, silence
from workers.audio.voice_activity.silero import FRAME_SAMPLES
from workers.recognition.speech_regions import find_regions
from workers.recognition.vad import find_detector_obstacle, speech_probabilities


def test_the_detector_has_no_obstacle_here() -> None:
    assert find_detector_obstacle() == ""


def test_detector_gives_one_probability_for_each_frame() -> None:
    assert speech_probabilities(silence(1.0)).shape == (32,)
    assert speech_probabilities(np.zeros(FRAME_SAMPLES + 1, np.float32)).shape == (2,)
    assert speech_probabilities(np.zeros(0, np.float32)).shape == (0,)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: silence(20), id="silence"),
        pytest.param(lambda: noise(20, level=0.1), id="white"),
        pytest.param(lambda: noise(20, level=0.5, exponent=1), id="loud pink"),
        pytest.param(lambda: noise(20, level=0.01, exponent=2), id="soft brown"),
        pytest.param(lambda: music(20), id="music"),
        pytest.param(lambda: np.sin(np.arange(320_000) * 0.17).astype(np.float32), id="tone"),
    ],
)
def test_audio_without_speech_has_no_regions(make: Callable[[], NDArray[np.float32]]) -> None:
    assert find_regions(speech_probabilities(make()), seconds=20) == ()


@pytest.mark.parametrize("level", [1.0, 0.05])
def test_a_sentence_is_found_between_silences(level: float) -> None:
    samples = np.concatenate([silence(2), clip("librivox-0880") * np.float32(level), silence(2)])
    (region,) = find_regions(speech_probabilities(samples), seconds=len(samples) / 16_000)
    assert region.start == pytest.approx(2.25, abs=0.15)
    assert region.end == pytest.approx(4.8, abs=0.25)


def test_blocks_with_what_came_before_are_heard_as_the_whole_is() -> None:
    samples = clips(LIBRIVOX)
    half = 400 * FRAME_SAMPLES
    whole = find_regions(speech_probabilities(samples), seconds=len(samples) / 16_000)
    first = speech_probabilities(samples[:half])
    second = speech_probabilities(samples[half:], lead=samples[:half])
    together = find_regions(np.concatenate([first, second]), seconds=len(samples) / 16_000)
    assert len(together) == len(whole) == 5
    for ours, theirs in zip(together, whole, strict=True):
        assert (ours.start, ours.end) == pytest.approx((theirs.start, theirs.end), abs=0.3)  # a breath more or less
