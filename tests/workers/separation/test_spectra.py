"""Spectra and masks of the separation."""

import numpy as np
import pytest

from workers.separation.spectra import FRAME_MULTIPLE, analyse, masks, pad_frames, synthesise


@pytest.mark.parametrize("length", [1, 1023, 1024, 4096, 50_000])
def test_synthesising_unchanged_spectra_returns_the_same_samples(length: int) -> None:
    frames = np.random.default_rng(1).uniform(-1, 1, (length, 2)).astype(np.float32)
    made = synthesise(analyse(frames), length=length)
    assert made.shape == (length, 2)
    assert np.abs(made - frames).max() < 1e-6


def test_padding_frames_reaches_the_next_multiple_with_silence() -> None:
    padded = pad_frames(np.ones((2, FRAME_MULTIPLE + 1, 3), np.float32))
    assert padded.shape == (2, 2 * FRAME_MULTIPLE, 3)
    assert padded[:, FRAME_MULTIPLE + 1 :].max() == 0


def test_masks_of_all_stems_add_up_to_one_in_every_bin() -> None:
    estimates = [np.random.default_rng(seed).uniform(0, 1, (2, 5, 1024)).astype(np.float32) for seed in range(3)]
    estimates[1][0, 0] = estimates[0][0, 0] = estimates[2][0, 0] = 0
    made = masks(estimates, bins=2049)
    assert [mask.shape for mask in made] == [(2, 5, 2049)] * 3
    assert np.abs(sum(made) - 1).max() < 1e-5


def test_masks_above_the_known_bins_are_the_mean_of_the_last_twenty() -> None:
    low = np.zeros((1, 1, 1024), np.float32)
    low[..., -20:] = 1.0
    first, second = masks([low, np.ones_like(low)], bins=2049)
    assert first[0, 0, 1024:] == pytest.approx(0.5, abs=1e-6)
    assert second[0, 0, 2048] == pytest.approx(0.5, abs=1e-6)
