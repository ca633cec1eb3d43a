"""Checks of recordings that a voice is to be made of, with real speech, noise and music."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.workers.cloning.recordings import person
from workers.audio.encoding.resampler import resample
from workers.cloning.reference import (
    ADVICE,
    LEAST_WINDOW_SIMILARITY,
    ExaminedReference,
    check_same_speaker,
    examine_reference,
    window_similarity,
)
from workers.contract.errors import WorkError
from workers.kokoro.runtime import SAMPLE_RATE
from workers.speakers.campplus import CAMPPLUS
from workers.speakers.d_vector import D_VECTOR
from workers.speakers.ge2e import Ge2eEncoder
from workers.speakers.segmentation import SEGMENTATION

Floats = NDArray[np.float32]
RANDOM = np.random.default_rng(0)


@cache
def encoder() -> Ge2eEncoder:
    return Ge2eEncoder()


def examine(samples: Floats) -> ExaminedReference:
    return examine_reference(samples.astype(np.float32), encoder=encoder())


def noise(seconds: float, *, level: float) -> Floats:
    return np.random.default_rng(0).normal(0, level, round(seconds * SAMPLE_RATE)).astype(np.float32)


def chord(seconds: float) -> Floats:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in (220, 277, 330, 440)).astype(np.float32)


def level_of(samples: Floats) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def test_a_clear_recording_of_one_person_has_no_warnings() -> None:
    found = examine(person())
    assert found.warnings == ()
    assert 6.0 < found.speech_seconds < 7.2
    np.testing.assert_allclose(np.linalg.norm(found.embedding), 1, rtol=1e-5)


def test_a_short_recording_is_taken_with_advice() -> None:
    (warning,) = examine(person("librivox-0880")).warnings
    assert warning == "The recording holds 2.6 s of speech; 6 to 30 s make a better likeness."


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros(0, np.float32), "The recording is empty."),
        (np.zeros(1, np.float32), "The recording is silent."),
        (np.zeros(48_000, np.float32), "The recording is silent."),
        (noise(5, level=0.1), "No speech was found in the 5.0 s of the recording."),
        (chord(10), "No speech was found in the 10.0 s of the recording."),
    ],
    ids=["empty", "one sample", "silence", "noise", "music"],
)
def test_a_recording_without_speech_is_refused_with_advice(samples: Floats, reason: str) -> None:
    with pytest.raises(WorkError) as caught:
        examine(samples)
    assert (caught.value.code, caught.value.message) == ("invalid_reference", f"{reason} {ADVICE}")


def test_a_recording_with_a_second_of_speech_is_refused_as_too_short() -> None:
    with pytest.raises(WorkError, match=r"holds 1\.\d s of speech, which is too short: at least 2 s are needed"):
        examine(person()[: round(1.5 * SAMPLE_RATE)])


def test_a_recording_as_loud_as_its_noise_is_refused() -> None:
    speech = person()
    with pytest.raises(WorkError, match="too noisy: speech is"):
        examine(speech + noise(len(speech) / SAMPLE_RATE, level=level_of(speech)))


def test_a_recording_with_audible_noise_is_taken_with_a_warning() -> None:
    speech = person()
    found = examine(speech + noise(len(speech) / SAMPLE_RATE, level=0.3 * level_of(speech)))
    assert "The recording is noisy" in found.warnings[0]


def test_a_clipped_recording_is_refused() -> None:
    with pytest.raises(WorkError, match=r"is clipped: .* Lower the microphone's level"):
        examine(np.clip(20 * person(), -1, 1))


def test_a_recording_clipped_in_places_is_taken_with_a_warning() -> None:
    speech = person()
    found = examine(np.clip(2 * speech / np.abs(speech).max(), -1, 1))
    assert found.warnings[0].startswith("The recording is clipped in places")


def test_a_recording_is_measured_alike_whatever_its_level() -> None:
    quiet = examine(0.001 * person())
    assert float(quiet.embedding @ examine(person()).embedding) > 0.99


def test_a_longer_recording_is_examined_only_in_its_first_two_minutes() -> None:
    found = examine(np.tile(person(), 20))
    assert len(found.samples) == 120 * SAMPLE_RATE
    assert len(found.speech()) == 24 * SAMPLE_RATE


@pytest.mark.skipif(not (SEGMENTATION.is_available() and CAMPPLUS.is_available()), reason="ttsai models pull diarization")
def test_a_recording_of_two_people_is_refused_with_advice() -> None:
    other = np.concatenate([person(name) for name in ("dhd-2934z", "dhd-goforward")])
    with pytest.raises(WorkError) as caught:
        examine(np.concatenate([person(), other * level_of(person()) / level_of(other)]))
    assert caught.value.message == f"The recording holds more than one speaker. {ADVICE}"


def other_person() -> Floats:
    other = np.concatenate([person(name) for name in ("dhd-2934z", "dhd-goforward")])
    return other * np.float32(level_of(person()) / level_of(other))


@pytest.mark.skipif(not SEGMENTATION.is_available(), reason="ttsai models pull diarization")
@pytest.mark.parametrize("level", [1.0, 0.5])
def test_recording_in_which_two_people_speak_at_once_is_refused_with_advice(level: float) -> None:
    one, other = person(), other_person()
    length = min(len(one), len(other))
    with pytest.raises(WorkError) as caught:
        examine(one[:length] + level * other[:length])
    assert caught.value.message == f"Two people speak at once in the recording. {ADVICE}"


@pytest.mark.skipif(not SEGMENTATION.is_available(), reason="ttsai models pull diarization")
def test_recording_of_two_people_in_turns_of_two_seconds_is_refused_with_advice() -> None:
    turn = 2 * SAMPLE_RATE
    turns = [voice[first : first + turn] for first in range(0, 2 * turn, turn) for voice in (person(), other_person())]
    with pytest.raises(WorkError) as caught:
        examine(np.concatenate(turns))
    assert caught.value.message == f"The recording holds more than one speaker. {ADVICE}"


@pytest.mark.skipif(not D_VECTOR.is_available(), reason="ttsai models pull d-vector")
def test_windows_of_one_person_are_more_alike_than_the_least_that_is_taken() -> None:
    for name in ("librivox-0870", "librivox-0890"):
        assert window_similarity(resample(person(name), input_rate=SAMPLE_RATE, output_rate=16_000)) > LEAST_WINDOW_SIMILARITY + 0.05


def test_recording_without_two_windows_of_sound_is_not_compared() -> None:
    assert window_similarity(np.ones(30_000, np.float32)) == 2.0
    assert window_similarity(np.zeros(100_000, np.float32)) == 2.0


def test_recordings_of_one_person_are_taken_together() -> None:
    check_same_speaker([examine(person("librivox-0870")), examine(person("librivox-0890"))])
