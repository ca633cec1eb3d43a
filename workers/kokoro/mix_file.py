"""Voice files of mixes of stock voices, written by the standard library alone: the platform makes them of designed voices."""

import json
from collections.abc import Mapping
from typing import Any, Final

WEIGHTS_VERSION: Final = "kokoro-82m-1.0"
"""Weights that voice files belong to."""
METADATA_KEY: Final = "kokoro_voice"
USUAL_PACE: Final = 1.0
_ALIGNMENT: Final = 8
"""Bytes to which safetensors pads its header with spaces."""


def write_mix_file(weights: Mapping[str, float], *, pace: float = USUAL_PACE) -> bytes:
    """A voice file without tensors, equal to that of KokoroVoice(weights, weights, pace=pace). weights: they add up to 1."""
    mix = {voice: float(weights[voice]) for voice in sorted(weights)}
    header = json.dumps(
        {"__metadata__": {METADATA_KEY: encode_fields(timbre=mix, prosody=mix, log_f0=None, pace=pace)}}, separators=(",", ":")
    )
    data = header.encode()
    data += b" " * (-len(data) % _ALIGNMENT)
    return len(data).to_bytes(8, "little") + data


def encode_fields(*, timbre: Mapping[str, float], prosody: Mapping[str, float], log_f0: tuple[float, float] | None, pace: float) -> str:
    """JSON of a voice file's metadata; equal voices give equal text. A usual pace is left out, as in files of earlier versions."""
    fields: dict[str, Any] = {"timbre": timbre, "prosody": prosody, "log_f0": log_f0, "version": WEIGHTS_VERSION}
    if pace != USUAL_PACE:
        fields["pace"] = pace
    return json.dumps(fields, sort_keys=True, allow_nan=False, separators=(",", ":"))
