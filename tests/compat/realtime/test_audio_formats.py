"""Audio of realtime sessions: base64, PCM and G.711."""

import base64

import numpy as np
import pytest

from apps.compat.realtime.audio_formats import OutputEncoder, decode_audio, decode_base64, encode_audio, seconds_of
from apps.compat.realtime.errors import EventError

MU_LAW = {0x00: -32124, 0x7F: 0, 0x80: 32124, 0xFF: 0, 0xE5: 292, 0x3A: -2620}
A_LAW = {0x00: -5504, 0x2A: -32256, 0xAA: 32256, 0xD5: 8, 0x55: -8, 0x80: 5504}
"""Samples of some codes, as ITU-T G.191's reference decoder gives them."""


@pytest.mark.parametrize(("name", "table"), [("audio/pcmu", MU_LAW), ("audio/pcma", A_LAW)])
def test_g711_codes_decode_to_the_samples_of_the_reference(name: str, table: dict[int, int]) -> None:
    assert decode_audio(bytes(table), name=name).tolist() == list(table.values())


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
def test_g711_encoding_of_decoded_codes_returns_samples_unchanged(name: str) -> None:
    samples = decode_audio(bytes(range(256)), name=name)
    assert decode_audio(encode_audio(samples, name=name), name=name).tolist() == samples.tolist()
    extremes = np.array([-32768, 32767, 0], np.int16)
    assert np.abs(decode_audio(encode_audio(extremes, name=name), name=name).astype(int) - extremes).max() < 700


def test_pcm_samples_are_little_endian_and_whole() -> None:
    assert decode_audio(b"\x01\x00\xff\xff", name="audio/pcm").tolist() == [1, -1]
    with pytest.raises(EventError, match="even number"):
        decode_audio(b"\x01", name="audio/pcm")


@pytest.mark.parametrize("audio", ["not base64!", "abc", 7, None, "ä"])
def test_audio_that_is_not_base64_is_refused_with_its_parameter(audio: object) -> None:
    with pytest.raises(EventError) as refused:
        decode_base64(audio)
    assert refused.value.param == "audio"
    assert decode_base64(base64.b64encode(b"ab").decode()) == b"ab"


def test_output_encoder_resamples_speech_to_the_rate_of_the_format() -> None:
    tone = (np.sin(np.arange(24_000) / 24_000 * 2 * np.pi * 440) * 16_000).astype("<i2")
    for name in ("audio/pcm", "audio/pcmu", "audio/pcma"):
        encoder = OutputEncoder(name=name, sample_rate=24_000)
        data = b"".join([encoder.feed(tone[:10_000].tobytes()), encoder.feed(tone[10_000:].tobytes()), encoder.finish()])
        assert abs(seconds_of(len(data), name=name) - 1.0) < 0.005
        heard = decode_audio(data, name=name)
        assert 15_000 < np.abs(heard[len(heard) // 4 : -len(heard) // 4].astype(int)).max() < 17_000
