"""Pitch and gender of a voice."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.recognition.clips import LIBRIVOX, clip, clips, noise, silence
from workers.recognition.pitch import PitchTally, most_common, tally_pitch, voiced_pitches


def voice(hertz: float, *, seconds: float = 3.0) -> NDArray[np.float32]:
    """Pulses through two formants, like a vowel."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    harmonics = np.arange(1, int(4000 / hertz))
    weights = 1 / (1 + ((harmonics * hertz - 600) / 300) ** 2) + 0.5 / (1 + ((harmonics * hertz - 1800) / 400) ** 2)
    samples = sum(weight * np.sin(2 * np.pi * hertz * n * time) for n, weight in zip(harmonics, weights, strict=True))
    return np.asarray(0.3 * samples / np.abs(samples).max(), np.float32)


@pytest.mark.parametrize("hertz", [85.0, 110.0, 160.0, 220.0, 290.0])
def test_the_pitch_of_a_vowel(hertz: float) -> None:
    assert np.median(voiced_pitches(voice(hertz))) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize(("hertz", "gender"), [(100.0, "male"), (160.0, "neutral"), (210.0, "female")])
def test_a_pitch_gives_the_gender(hertz: float, gender: str) -> None:
    assert tally_pitch(voice(hertz)).gender == gender


def test_the_reader_of_the_clips_is_a_man() -> None:
    assert tally_pitch(clips(LIBRIVOX)).gender == "male"
    assert tally_pitch(clip("cards-005")).gender == "male"


@pytest.mark.parametrize("samples", [silence(3), noise(3, level=0.1), np.zeros(100, np.float32)], ids=["silence", "noise", "too short"])
def test_audio_without_speech_has_no_gender(samples: NDArray[np.float32]) -> None:
    assert tally_pitch(samples).gender == ""


def test_tallies_add_up_to_the_voice_that_speaks_most() -> None:
    assert (PitchTally(100, 10, 5) + PitchTally(10, 20, 0)).gender == "male"
    assert (PitchTally(50, 50, 0)).gender == "neutral"


def test_pieces_agree_on_the_gender_with_most_seconds() -> None:
    assert most_common([("male", 10.0), ("female", 50.0), ("", 99.0)]) == "female"
    assert most_common([("male", 10.0), ("female", 11.0)]) == "neutral"
    assert most_common([]) == ""
