"""File headers as a player reads them: codec, rate and frame-exact duration, for every rate and bitrate."""

from pathlib import Path

import numpy as np
import pytest

from tests.workers.audio.signals import RATE, probe, silence, tone
from workers.audio.encoding import encode_file
from workers.contract.formats import FORMATS, OPUS_RATES, SPEECH_RATES

SOUND = np.concatenate([tone(0.4), silence(0.1), tone(0.5037, hertz=330)])
SECONDS = len(SOUND) / RATE
FRAME_SAMPLES = {"mp3": 1152, "wav": 1, "flac": 1, "ogg": 2048, "opus": 960, "m4a": 1024}
OPUS_DECODES_AT = 48_000
ROUNDING_SECONDS = 0.001
"""M4A and MP3 headers count in milliseconds or whole frames."""

BITRATES = (0, 32_000, 64_000, 128_000, 320_000)


def bitrates_of(name: str) -> tuple[int, ...]:
    return (0,) if FORMATS[name].is_lossless else BITRATES


@pytest.mark.parametrize("rate", SPEECH_RATES)
@pytest.mark.parametrize("name", sorted(FRAME_SAMPLES))
def test_wav_header_states_rate_and_exact_length(tmp_path: Path, name: str, rate: int) -> None:
    written_rate = rate if name != "opus" else next(known for known in OPUS_RATES if known >= min(rate, OPUS_RATES[-1]))
    for bitrate in bitrates_of(name):
        encoded = encode_file(tmp_path / "sound", [SOUND], audio_format=name, input_rate=RATE, sample_rate=rate, bitrate=bitrate)
        found = probe(tmp_path / "sound")
        assert (encoded.seconds, encoded.sample_rate) == (SECONDS, written_rate)
        assert found.sample_rate == (OPUS_DECODES_AT if name == "opus" else rate)
        frame_seconds = FRAME_SAMPLES[name] / found.sample_rate
        assert found.header_seconds == pytest.approx(SECONDS, abs=frame_seconds + ROUNDING_SECONDS)
        assert found.decoded_seconds == pytest.approx(SECONDS, abs=2 * frame_seconds + ROUNDING_SECONDS)


@pytest.mark.parametrize("rate", SPEECH_RATES)
def test_bare_aac_has_no_length_and_the_manifest_is_true(tmp_path: Path, rate: int) -> None:
    """ADTS has only frame headers: decoding gives the audio, the encoder's priming and the rest of its last frame."""
    for bitrate in BITRATES:
        encoded = encode_file(tmp_path / "sound", [SOUND], audio_format="aac", input_rate=RATE, sample_rate=rate, bitrate=bitrate)
        found = probe(tmp_path / "sound")
        assert (encoded.seconds, found.sample_rate) == (SECONDS, rate)
        assert 0 <= found.decoded_seconds - SECONDS <= 2 * 1024 / rate + ROUNDING_SECONDS


@pytest.mark.parametrize("rate", SPEECH_RATES)
def test_pcm_is_as_long_as_its_bytes(tmp_path: Path, rate: int) -> None:
    encoded = encode_file(tmp_path / "sound", [SOUND], audio_format="pcm", input_rate=RATE, sample_rate=rate)
    assert encoded.seconds == SECONDS
    assert encoded.size_bytes / 2 / rate == pytest.approx(SECONDS, abs=ROUNDING_SECONDS)
