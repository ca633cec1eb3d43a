"""Audio of sessions: 16-bit PCM at 24 kHz, and G.711 at 8 kHz (ITU-T G.711, tables of 256 values)."""

import base64
import binascii
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from apps.compat.realtime.errors import EventError
from workers.audio.encoding import Resampler

SAMPLE_RATES: Final = {"audio/pcm": 24_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}
SAMPLE_BYTES: Final = 2
FULL_SCALE: Final = 32_768.0

Samples = NDArray[np.int16]


def decode_base64(audio: Any) -> bytes:
    """Bytes of an `audio` parameter. Raises EventError."""
    if not isinstance(audio, str):
        raise EventError("Invalid type for 'audio': expected a base64 string.", code="invalid_type", param="audio")
    try:
        return base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError):
        raise EventError("Invalid 'audio': expected base64-encoded bytes.", code="invalid_value", param="audio") from None


def decode_audio(data: bytes, *, name: str) -> Samples:
    """16-bit samples at the format's own rate. Raises EventError for half a sample."""
    if name == "audio/pcm":
        if len(data) % SAMPLE_BYTES:
            raise EventError("Invalid 'audio': 16-bit samples are an even number of bytes.", code="invalid_value", param="audio")
        return np.frombuffer(data, "<i2").astype(np.int16, copy=False)
    return _decoding_table(name)[np.frombuffer(data, np.uint8)]


def encode_audio(samples: Samples, *, name: str) -> bytes:
    """Bytes of 16-bit samples at the format's own rate."""
    if name == "audio/pcm":
        return samples.astype("<i2", copy=False).tobytes()
    return _encoding_table(name)[samples.view(np.uint16)].tobytes()


class OutputEncoder:
    """Converts 16-bit speech of any rate to the bytes of a session's output format, block by block."""

    def __init__(self, *, name: str, sample_rate: int) -> None:
        self.name = name
        self._resampler = Resampler(input_rate=sample_rate, output_rate=SAMPLE_RATES[name])

    def feed(self, pcm: bytes) -> bytes:
        """Bytes for these samples; the filter holds a few of them back."""
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) / FULL_SCALE
        return self._encode(self._resampler.feed(samples))

    def finish(self) -> bytes:
        """Bytes of the samples that the filter still holds."""
        return self._encode(self._resampler.finish())

    def _encode(self, samples: NDArray[np.float32]) -> bytes:
        clipped = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
        return encode_audio(clipped.astype(np.int16), name=self.name)


def seconds_of(size: int, *, name: str) -> float:
    """Duration of so many bytes in a format."""
    return size / ((SAMPLE_BYTES if name == "audio/pcm" else 1) * SAMPLE_RATES[name])


@cache
def _decoding_table(name: str) -> Samples:
    codes = np.arange(256)
    return _from_mu_law(codes) if name == "audio/pcmu" else _from_a_law(codes)


def _from_mu_law(codes: NDArray[np.int_]) -> Samples:
    bits = ~codes & 0xFF
    magnitude = (((bits & 0x0F) << 3) + 0x84 << ((bits & 0x70) >> 4)) - 0x84
    return np.where(bits & 0x80, -magnitude, magnitude).astype(np.int16)


def _from_a_law(codes: NDArray[np.int_]) -> Samples:
    bits = codes ^ 0x55
    exponent, mantissa = (bits & 0x70) >> 4, (bits & 0x0F) << 4
    magnitude = np.where(exponent == 0, mantissa + 8, mantissa + 0x108 << np.maximum(exponent - 1, 0))
    return np.where(bits & 0x80, magnitude, -magnitude).astype(np.int16)


@cache
def _encoding_table(name: str) -> NDArray[np.uint8]:
    """Nearest code of each 16-bit sample, indexed by its two's complement."""
    values = _decoding_table(name).astype(np.int32)
    order = np.argsort(values, kind="stable")
    borders = (values[order][1:] + values[order][:-1]) / 2
    samples = np.arange(1 << 16).astype(np.uint16).view(np.int16)
    return order[np.searchsorted(borders, samples)].astype(np.uint8)
