"""Turns in live audio: where speech starts and stops, with the client's settings."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.recognition.clips import clip, noise, silence
from workers.audio.voice_activity import SpeechStarted, SpeechStopped, TurnDetector, TurnSettings

BLOCK = 320


def turns_in(samples: NDArray[np.float32], settings: TurnSettings) -> list[SpeechStarted | SpeechStopped]:
    detector = TurnDetector(settings)
    return [event for start in range(0, len(samples), BLOCK) for event in detector.feed(samples[start : start + BLOCK])]


def test_turn_detector_finds_each_sentence_between_two_silences() -> None:
    one, two = clip("cards-002"), clip("cards-005")
    found = turns_in(np.concatenate([silence(1), one, silence(1.5), two, silence(1)]), TurnSettings())
    assert [type(event) for event in found] == [SpeechStarted, SpeechStopped] * 2
    starts = [event.start_ms for event in found if isinstance(event, SpeechStarted)]
    stops = [event.end_ms for event in found if isinstance(event, SpeechStopped)]
    seconds_of_one = len(one) / 16
    assert 700 <= starts[0] <= 1500
    assert 1000 < stops[0] <= 1000 + seconds_of_one + 700
    assert starts[1] > stops[0] - 300
    assert stops[1] > starts[1] + 1000


def test_turn_detector_with_a_longer_silence_joins_what_a_short_one_divides() -> None:
    samples = np.concatenate([silence(0.5), clip("cards-002"), silence(0.9), clip("cards-002"), silence(3)])
    short = turns_in(samples, TurnSettings(silence_duration_ms=200))
    long = turns_in(samples, TurnSettings(silence_duration_ms=2000))
    assert sum(isinstance(event, SpeechStarted) for event in short) >= 2
    assert [type(event) for event in long] == [SpeechStarted, SpeechStopped]


@pytest.mark.parametrize("samples", [silence(3), noise(3, level=0.05), noise(3, level=0.05, exponent=1)], ids=["silence", "white", "pink"])
def test_turn_detector_finds_no_turn_without_speech(samples: NDArray[np.float32]) -> None:
    assert turns_in(samples, TurnSettings()) == []


def test_turn_detector_that_was_stopped_starts_the_next_turn_in_the_same_speech() -> None:
    detector = TurnDetector(TurnSettings(prefix_padding_ms=0))
    speech = np.concatenate([clip("cards-005"), silence(1)])
    first = [event for start in range(0, 16_000, BLOCK) for event in detector.feed(speech[start : start + BLOCK])]
    assert [type(event) for event in first] == [SpeechStarted]
    detector.stop()
    assert not detector.is_speaking
    rest = [event for start in range(16_000, len(speech), BLOCK) for event in detector.feed(speech[start : start + BLOCK])]
    assert isinstance(rest[0], SpeechStarted)
    assert rest[0].start_ms >= 900
    assert isinstance(rest[-1], SpeechStopped)
