"""A voice for Kokoro as a file: mixes of stock voices, the decoder's AdaIN numbers and the speaker's pitch. safetensors, no pickle."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from workers.kokoro.mix_file import METADATA_KEY, USUAL_PACE, WEIGHTS_VERSION, encode_fields
from workers.kokoro.stock_voices import STOCK_VOICES

AFFINE_SIZE: Final = 37_396
"""Numbers of a voice: gamma and beta of the decoder's 58 AdaIN norms, in the order of the graph (`workers/kokoro/graph.py`)."""
MOST_BYTES: Final = 256 * 1024
"""Largest voice file: the numbers take 150 kB."""
LARGEST_WEIGHT: Final = 8.0
"""Largest weight of a mix; weights beyond 0 and 1 push a voice away from the mean of others."""
LARGEST_AFFINE: Final = 1000.0
WEIGHT_SUM_TOLERANCE: Final = 0.001
LOG_F0_MEANS: Final = (math.log(40.0), math.log(800.0))
"""Lowest and highest mean of a voice's log F0; F0 in Hz."""
LARGEST_LOG_F0_DEVIATION: Final = 1.5
PACES: Final = (0.5, 2.0)
"""Slowest and fastest pace of a voice."""


@dataclass(frozen=True, slots=True, eq=False)
class KokoroVoice:
    """A voice of one's own. Raises ValueError for values outside their limits."""

    timbre: Mapping[str, float]
    """Weights by stock voice of the mix whose acoustic half (style[:128]) gives the sound; they add up to 1 and may be negative.

    With `affine`, the mix that the fit began with.
    """
    prosody: Mapping[str, float]
    """Weights by stock voice of the mix whose prosodic half (style[128:]) gives durations, pitch contour and energy."""
    affine: NDArray[np.float32] | None = None
    """AdaIN numbers [37396]; None: computed from the acoustic half of the mix. Read-only."""
    log_f0: tuple[float, float] | None = None
    """Mean and standard deviation of the speaker's natural logarithm of F0 in Hz over voiced frames; None leaves the pitch of `prosody`."""
    version: str = WEIGHTS_VERSION
    """Weights of Kokoro that the voice belongs to."""
    pace: float = USUAL_PACE
    """Speed at which the voice speaks a request of speed 1."""

    def __post_init__(self) -> None:
        if self.version != WEIGHTS_VERSION:
            raise ValueError(f"a voice for {self.version[:40]!r} does not fit {WEIGHTS_VERSION}")
        object.__setattr__(self, "timbre", _check_mix("timbre", self.timbre))
        object.__setattr__(self, "prosody", _check_mix("prosody", self.prosody))
        if self.affine is not None:
            object.__setattr__(self, "affine", _check_affine(self.affine))
        if self.log_f0 is not None:
            object.__setattr__(self, "log_f0", _check_log_f0(self.log_f0))
        object.__setattr__(self, "pace", _check_number("pace", self.pace, lowest=PACES[0], highest=PACES[1]))

    def to_bytes(self) -> bytes:
        """The voice as a file; equal voices give equal bytes."""
        fields = encode_fields(timbre=self.timbre, prosody=self.prosody, log_f0=self.log_f0, pace=self.pace)
        tensors = {} if self.affine is None else {"affine": self.affine}
        return save(tensors, {METADATA_KEY: fields})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a voice file. Raises ValueError for anything that `to_bytes` would not write."""
        if len(data) > MOST_BYTES:
            raise ValueError(f"a voice file of {len(data)} bytes is larger than {MOST_BYTES}")
        try:
            tensors = deserialize(data)  # type: ignore[no-untyped-call]
        except SafetensorError as error:
            raise ValueError(f"not a voice file: {str(error)[:100]}") from None
        fields = _read_fields(data)
        log_f0 = fields.get("log_f0")
        if log_f0 is not None and not isinstance(log_f0, list):
            raise ValueError("log_f0 is no list of two numbers")
        return cls(
            timbre=fields.get("timbre", {}),
            prosody=fields.get("prosody", {}),
            affine=_read_affine(dict(tensors)),
            log_f0=None if log_f0 is None else tuple(log_f0),
            version=str(fields.get("version", "")),
            pace=fields.get("pace", USUAL_PACE),
        )


def _read_fields(data: bytes) -> dict[str, Any]:
    """The JSON object in the header's metadata; the header itself was checked by `deserialize`."""
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        fields = json.loads(header["__metadata__"][METADATA_KEY])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("not a voice file: its header does not describe a voice") from None
    if not isinstance(fields, dict):
        raise ValueError("not a voice file: its header does not describe a voice")  # noqa: TRY004
    return fields


def _read_affine(tensors: dict[str, Any]) -> NDArray[np.float32] | None:
    affine = tensors.pop("affine", None)
    if tensors:
        raise ValueError("a voice file holds one tensor at most, named affine")
    if affine is None:
        return None
    if affine["dtype"] != "F32" or list(affine["shape"]) != [AFFINE_SIZE]:
        raise ValueError(f"affine is {affine['dtype']} {list(affine['shape'])}, not F32 [{AFFINE_SIZE}]")
    return np.frombuffer(bytes(affine["data"]), "<f4")


def _check_mix(name: str, mix: object) -> dict[str, float]:
    """The weights in the order of the voices' ids, as plain floats."""
    if not isinstance(mix, Mapping) or not mix:
        raise ValueError(f"{name} names no voice")
    if unknown := [voice for voice in mix if voice not in STOCK_VOICES]:
        raise ValueError(f"{name} names the unknown voice {str(unknown[0])[:40]!r}")
    checked = {
        voice: _check_number(f"{name} of {voice}", mix[voice], lowest=-LARGEST_WEIGHT, highest=LARGEST_WEIGHT) for voice in sorted(mix)
    }
    if abs((total := sum(checked.values())) - 1) > WEIGHT_SUM_TOLERANCE:
        raise ValueError(f"the weights of {name} add up to {total:.4g}, not to 1")
    return checked


def _check_affine(affine: NDArray[np.float32]) -> NDArray[np.float32]:
    checked = np.array(affine, np.float32)
    if checked.shape != (AFFINE_SIZE,):
        raise ValueError(f"affine has the shape {checked.shape}, not ({AFFINE_SIZE},)")
    if not np.isfinite(checked).all() or np.abs(checked).max() > LARGEST_AFFINE:
        raise ValueError(f"affine holds a number that is not finite or beyond {LARGEST_AFFINE:g}")
    checked.setflags(write=False)
    return checked


def _check_log_f0(log_f0: tuple[Any, ...]) -> tuple[float, float]:
    if len(log_f0) != 2:
        raise ValueError(f"log_f0 has {len(log_f0)} numbers, not two")
    mean, deviation = log_f0
    lowest, highest = LOG_F0_MEANS
    return (
        _check_number("mean of log_f0", mean, lowest=lowest, highest=highest),
        _check_number("deviation of log_f0", deviation, lowest=0.0, highest=LARGEST_LOG_F0_DEVIATION),
    )


def _check_number(name: str, value: Any, *, lowest: float, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating):
        raise ValueError(f"{name} is no number")  # noqa: TRY004 - callers expect one kind of error
    if not lowest <= value <= highest:
        raise ValueError(f"{name} is {str(value)[:20]}, not from {lowest:.4g} to {highest:.4g}")
    return float(value)
