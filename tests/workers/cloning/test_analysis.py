"""Features and alignment of speech, on real speech of Kokoro's voices."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from workers.cloning.analysis import align_tokens, analyse, match_level
from workers.cloning.features import energy, mel_spectrum, pitch
from workers.cloning.warping import warp
from workers.kokoro.runtime import KokoroRuntime
from workers.text.english import english_phonemizer

TEXT = "Nobody could explain why the old clock had started ticking again."
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    samples: Floats
    durations: NDArray[np.int64]


Reader = Callable[[str, str], Reading]


@pytest.fixture(scope="module")
def read(kokoro_runtime: KokoroRuntime) -> Reader:
    """Reads a text with a stock voice."""

    def read_text(text: str, voice: str) -> Reading:
        phonemes = [phoneme for phoneme in english_phonemizer(is_british=False)(text).phonemes if phoneme in kokoro_runtime.vocabulary]
        style = kokoro_runtime.mix_styles({voice: 1.0}, phoneme_count=len(phonemes))
        spoken = kokoro_runtime.synthesise(kokoro_runtime.tokens("".join(phonemes)), style=style)
        return Reading(spoken.audio, spoken.durations)

    return read_text


@pytest.fixture(scope="module")
def heart(read: Reader) -> Reading:
    return read(TEXT, "af_heart")


@pytest.fixture(scope="module")
def michael(read: Reader) -> Reading:
    return read(TEXT, "am_michael")


def test_alignment_of_one_voice_with_another_has_a_median_error_of_no_unit(heart: Reading, michael: Reading) -> None:
    tokens = align_tokens(michael.samples, reading=heart.samples, durations=heart.durations)
    bounds = np.concatenate([[0], np.cumsum(michael.durations)])
    units = np.arange(len(tokens))
    errors = np.maximum(0, np.maximum(bounds[tokens] - units, units - bounds[tokens + 1] + 1))
    assert (np.median(errors), np.percentile(errors, 90) <= 2) == (0, True)
    assert (np.diff(tokens) >= 0).all()
    assert (tokens[0], tokens[-1]) == (0, len(heart.durations) - 1)


def test_analysis_has_two_frames_of_pitch_and_energy_for_each_unit(heart: Reading, michael: Reading) -> None:
    recording = michael.samples[: 600 * 60 + 321]
    found = analyse(recording, reading=heart.samples, durations=heart.durations, reading_energy=energy(heart.samples))
    assert [len(part) for part in (found.samples, found.tokens, found.f0, found.energy)] == [36_000, 60, 120, 120]
    assert 80 < np.exp(found.log_f0[0]) < 140
    assert ((found.f0 == 3.5) | (found.f0 > 60)).all()


def test_level_is_matched_at_the_loud_frames_whatever_the_recording_had(michael: Reading) -> None:
    target = energy(michael.samples)
    quiet = match_level(michael.samples * np.float32(0.01), target)
    np.testing.assert_allclose(np.abs(quiet).max(), np.abs(michael.samples).max(), rtol=0.1)


def test_pitch_of_a_buzz_is_its_frequency_and_of_noise_none() -> None:
    seconds = np.arange(24_000) / 24_000
    buzz = sum(np.sin(2 * np.pi * 150 * k * seconds) / k for k in range(1, 12)).astype(np.float32) * np.float32(0.1)
    hertz = pitch(buzz)
    assert len(hertz) == 81
    np.testing.assert_allclose(hertz[10:70], 150, rtol=0.01)
    noise = np.random.default_rng(0).normal(0, 0.1, 24_000).astype(np.float32)
    assert (pitch(noise) > 0).mean() < 0.2


def test_mel_spectrum_of_silence_is_its_floor() -> None:
    np.testing.assert_allclose(mel_spectrum(np.zeros(6000, np.float32)), np.log(1e-5), rtol=1e-5)
    assert mel_spectrum(np.zeros(6000, np.float32)).shape == (80, 21)


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 7), (7, 1), (2, 300), (300, 2), (40, 41)])
def test_warping_of_any_two_lengths_runs_from_start_to_end(rows: int, columns: int) -> None:
    random = np.random.default_rng(0)
    path = warp(random.normal(size=(rows, 3)).astype(np.float32), random.normal(size=(columns, 3)).astype(np.float32), band_frames=5)
    assert path.shape == (columns,)
    assert (np.diff(path) >= 0).all()
    assert path.min() >= 0
    assert path.max() <= rows - 1


def test_warping_of_a_recording_with_itself_is_the_diagonal() -> None:
    frames = np.random.default_rng(0).normal(size=(500, 4)).astype(np.float32)
    np.testing.assert_array_equal(warp(frames, frames), np.arange(500))


def test_warping_follows_a_pause_of_two_seconds() -> None:
    frames = np.random.default_rng(0).normal(size=(400, 8)).astype(np.float32)
    paused = np.concatenate([frames[:200], np.repeat(frames[199:200], 160, axis=0), frames[200:]])
    path = warp(frames, paused)
    np.testing.assert_array_equal(path[[0, 100, 380, 559]], [0, 100, 220, 399])


def test_warping_without_frames_is_refused() -> None:
    with pytest.raises(ValueError, match="empty recording"):
        warp(np.zeros((0, 4), np.float32), np.zeros((3, 4), np.float32))
