"""Audio of sessions: 16-bit PCM at 24 kHz, and G.711 at 8 kHz."""

import base64
import binascii
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from apps.compat.realtime.errors import EventError
from apps.live_speech.speech_buffer import FULL_SCALE
from workers.audio.encoding import Resampler
from workers.audio.encoding.g711 import Law, Samples, decode_g711, encode_g711

SAMPLE_RATES: Final = {"audio/pcm": 24_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}
SAMPLE_BYTES: Final = 2
LAWS: Final[dict[str, Law]] = {"audio/pcmu": "mu", "audio/pcma": "a"}


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
    return decode_g711(data, law=LAWS[name])


def encode_audio(samples: Samples, *, name: str) -> bytes:
    """Bytes of 16-bit samples at the format's own rate."""
    if name == "audio/pcm":
        return samples.astype("<i2", copy=False).tobytes()
    return encode_g711(samples, law=LAWS[name])


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
