"""G.711, the audio of telephones: 16-bit samples as codes of 8 bits (ITU-T G.711, tables of 256 values)."""

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["mu", "a"]
Samples = NDArray[np.int16]


def decode_g711(data: bytes, *, law: Law) -> Samples:
    """16-bit samples of the codes, one of each byte."""
    return _decoding_table(law)[np.frombuffer(data, np.uint8)]


def encode_g711(samples: Samples, *, law: Law) -> bytes:
    """Nearest code of each sample."""
    return _encoding_table(law)[samples.view(np.uint16)].tobytes()


def encode_g711_bytes(pcm: bytes, *, law: Law) -> bytes:
    """Nearest code of each sample of 16-bit little-endian PCM."""
    return encode_g711(np.frombuffer(pcm, "<i2").astype(np.int16, copy=False), law=law)


@cache
def _decoding_table(law: Law) -> Samples:
    codes = np.arange(256)
    return _from_mu_law(codes) if law == "mu" else _from_a_law(codes)


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
def _encoding_table(law: Law) -> NDArray[np.uint8]:
    """Nearest code of each 16-bit sample, indexed by its two's complement."""
    values = _decoding_table(law).astype(np.int32)
    order = np.argsort(values, kind="stable")
    borders = (values[order][1:] + values[order][:-1]) / 2
    samples = np.arange(1 << 16).astype(np.uint16).view(np.int16)
    return order[np.searchsorted(borders, samples)].astype(np.uint8)
