"""The detector of live audio gives the probabilities of the worker's, which runs the same network in a model runtime."""

import numpy as np

from tests.workers.recognition.clips import clip, noise, silence
from workers.audio.voice_activity import SpeechDetector
from workers.audio.voice_activity.silero import FRAME_SAMPLES
from workers.recognition.vad import speech_probabilities


def test_live_detector_gives_the_probabilities_of_the_recorded_one_whatever_the_blocks() -> None:
    samples = np.concatenate([silence(0.5), clip("cards-001"), noise(0.5, level=0.05), clip("cards-005")])
    whole = len(samples) // FRAME_SAMPLES
    expected = speech_probabilities(samples)[:whole]
    for size in (160, 700, len(samples)):
        detector = SpeechDetector()
        found = np.concatenate([detector.feed(samples[start : start + size]) for start in range(0, len(samples), size)])
        assert len(found) == whole
        assert np.abs(found - expected).max() < 0.01
    assert expected.max() > 0.9
    assert expected.min() < 0.1


def test_live_detector_without_a_whole_frame_returns_nothing() -> None:
    detector = SpeechDetector()
    assert detector.feed(np.zeros(0, np.float32)).shape == (0,)
    assert detector.feed(np.zeros(FRAME_SAMPLES - 1, np.float32)).shape == (0,)
    assert detector.feed(np.zeros(1, np.float32)).shape == (1,)
