"""Mixing channels to mono without losing opposite phases."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.workers.recognition.clips import LIBRIVOX, clips, silence
from workers.audio.probe.mixing import ChannelMixer, Samples, channel_weights
from workers.audio.recordings import read_recording

RATE = 16_000
STEREO = ("FL", "FR")
SURROUND = ("FL", "FR", "FC", "LFE", "BL", "BR")
SPEECH = clips(LIBRIVOX[:2])
OTHER = np.roll(clips(LIBRIVOX[2:4])[: len(SPEECH)], 5000)
QUIETEST_SAMPLE = 2.0**-15


def mix(*channels: Samples, names: tuple[str, ...] = STEREO, block: int = 4096) -> Samples:
    mixer = ChannelMixer(channel_weights(names), sample_rate=RATE)
    whole = np.stack(channels).astype(np.float32)
    blocks = [mixer.feed(whole[:, first : first + block]) for first in range(0, whole.shape[1], block)]
    return np.concatenate([*blocks, mixer.finish()])


def level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def invert_above(samples: Samples, hertz: float) -> Samples:
    """Invert the frequencies above `hertz`, as a stereo widener does in one of its channels."""
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE) > hertz] *= -1
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


@pytest.mark.parametrize(
    "channels",
    [
        (SPEECH, SPEECH),
        (SPEECH, 0.3 * SPEECH),
        (SPEECH, silence(len(SPEECH) / RATE)),
        (silence(len(SPEECH) / RATE), SPEECH),
        (SPEECH, OTHER),
    ],
    ids=["the same", "one quieter", "right silent", "left silent", "two people"],
)
def test_channels_that_do_not_cancel_are_mixed_to_their_mean(channels: tuple[Samples, Samples]) -> None:
    assert np.abs(mix(*channels) - np.mean(channels, axis=0)).max() < QUIETEST_SAMPLE


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5])
def test_an_inverted_channel_is_subtracted(share: float) -> None:
    mixed = mix(SPEECH, -share * SPEECH)
    assert np.abs(mixed - (1 + share) / 2 * SPEECH).max() < QUIETEST_SAMPLE


def test_an_inverted_channel_with_noise_of_its_own_keeps_the_speech() -> None:
    noise = np.random.default_rng(0).normal(0, 0.005, (2, len(SPEECH)))
    mixed = mix(SPEECH + noise[0], -SPEECH + noise[1])
    assert level(mixed - SPEECH) < 0.01
    assert level(mixed) == pytest.approx(level(SPEECH), rel=0.02)


@pytest.mark.parametrize("hertz", [500, 1000, 3000])
def test_bands_in_opposite_phase_are_kept(hertz: float) -> None:
    mixed = mix(SPEECH, invert_above(SPEECH, hertz))
    assert level(mixed - SPEECH) < 0.1 * level(SPEECH)  # at the edge of the bands


def test_channel_inverted_in_part_loses_only_the_moment_of_the_change() -> None:
    inverted = SPEECH.copy()
    inverted[40_000:70_000] *= -1
    mixed = mix(SPEECH, inverted)
    wrong = np.flatnonzero(np.abs(mixed - SPEECH) > 0.01)
    assert all(min(abs(sample - 40_000), abs(sample - 70_000)) < 0.15 * RATE for sample in wrong)
    assert level(mixed - SPEECH) < 0.05 * level(SPEECH)
    assert np.abs(np.diff(mixed)).max() < 1.2 * np.abs(np.diff(SPEECH)).max()  # no click


def test_a_phase_between_same_and_opposite_loses_less_than_the_half() -> None:
    for degrees in range(0, 181, 30):
        turned = np.fft.irfft(np.fft.rfft(SPEECH) * np.exp(1j * np.deg2rad(degrees)), len(SPEECH)).astype(np.float32)
        assert level(mix(SPEECH, turned)) ** 2 > 0.45 * level(SPEECH) ** 2, degrees


@pytest.mark.parametrize(
    "pattern", [(1, -1, 0, 0, 0, 0), (0, 0, 1, 0, 0, 0), (1, -1, 1, -1, 1, -1), (0, 0, 0, 1, 0, 0), (0, 0, 0, 0, 1, -1)]
)
def test_surround_sound_loses_no_channel(pattern: tuple[int, ...]) -> None:
    weights = channel_weights(SURROUND)
    mixed = mix(*(sign * SPEECH for sign in pattern), names=SURROUND)
    expected = SPEECH * float(np.sum(weights * np.abs(pattern)))
    assert weights.sum() == pytest.approx(1.0)
    assert min(np.abs(mixed - expected).max(), np.abs(mixed + expected).max()) < 2 * QUIETEST_SAMPLE


@pytest.mark.parametrize("samples", [1, 2, 255, 256, 257, 511, 512, 513, 9_000, 70_000])
def test_stretching_returns_the_same_samples_for_any_block_size(samples: int) -> None:
    for block in (1000, 1 << 20):
        mixed = mix(SPEECH[:samples], -SPEECH[:samples], block=block)
        assert mixed.shape == (samples,)
        assert np.abs(mixed - SPEECH[:samples]).max() < QUIETEST_SAMPLE


def test_the_size_of_the_blocks_makes_no_difference() -> None:
    channels = SPEECH + 0.2 * OTHER, invert_above(SPEECH, 1000) - 0.5 * OTHER
    assert np.abs(mix(*channels, block=777) - mix(*channels, block=1 << 20)).max() < 1e-5


@pytest.mark.parametrize("rate", [8_000, 44_100])
@pytest.mark.parametrize("names", [2, 6, 8])
def test_a_file_with_inverted_channels_is_decoded_to_what_they_hold(tmp_path: Path, names: int, rate: int) -> None:
    signs = np.array([1, -1] * 4)[:names]
    soundfile.write(tmp_path / "source.wav", SPEECH[:, None] * signs, rate)
    decoded = read_recording(tmp_path / "source.wav", sample_rate=0)
    assert len(decoded) == len(SPEECH)
    assert np.abs(decoded - SPEECH).max() < 4 * QUIETEST_SAMPLE
