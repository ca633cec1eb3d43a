"""Recordings as samples by time."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from workers.audio.probe.decode_options import WAV_HEADER_BYTES
from workers.recognition.sound import MOST_GAIN, byte_span, loudness_gain, of_bytes, of_wav, to_float

SAMPLES = np.linspace(-0.5, 0.5, 48_000)


def test_a_prepared_wav_is_read_by_its_times(tmp_path: Path) -> None:
    path = tmp_path / "prepared.wav"
    soundfile.write(path, SAMPLES, 16_000, subtype="PCM_16")
    sound = of_wav(path)
    assert sound.seconds == 3.0
    assert to_float(sound.read(1.0, 1.5)) == pytest.approx(SAMPLES[16_000:24_000], abs=1e-4)
    assert len(sound.read(2.9, 9.0)) == 1600
    assert [len(block) for block in sound.blocks(2.0)] == [32_000, 16_000]
    assert to_float(np.concatenate(list(sound.blocks(0.7)))) == pytest.approx(SAMPLES, abs=1e-4)


def test_a_stretch_of_a_prepared_wav_keeps_the_recordings_times(tmp_path: Path) -> None:
    path = tmp_path / "prepared.wav"
    soundfile.write(path, SAMPLES, 16_000, subtype="PCM_16")
    first, last = byte_span(1.0, 2.0)
    assert (first, last) == (WAV_HEADER_BYTES + 32_000, WAV_HEADER_BYTES + 64_000)
    sound = of_bytes(path.read_bytes()[first:last], start=1.0, seconds=3.0)
    assert sound.seconds == 3.0
    assert sound.read(1.25, 1.75).tolist() == of_wav(path).read(1.25, 1.75).tolist()
    assert (sound.is_shared, of_wav(path).is_shared) == (True, False)
    assert len(sound.read(0.0, 1.1)) == 1600
    assert len(sound.read(2.5, 3.0)) == 0


def test_only_what_is_quiet_throughout_is_made_louder() -> None:
    loud, quiet = np.full(16_000, 6554, np.int16), np.full(16_000, 98, np.int16)
    assert loudness_gain(loud) == 1
    assert loudness_gain(quiet) == pytest.approx(0.03 / (98 / 32768), rel=1e-5)
    assert loudness_gain(np.concatenate([quiet, loud, quiet])) == 1
    assert loudness_gain(np.full(100, 1, np.int16)) == MOST_GAIN
    assert loudness_gain(np.zeros(16_000, np.int16)) == 1
    assert loudness_gain(np.zeros(0, np.int16)) == 1
