"""Speaker encoders: speech to vectors that tell speakers apart."""

from typing import Final

from workers.speakers.d_vector import DVectorEncoder
from workers.speakers.encoder import SpeakerEncoder
from workers.speakers.ge2e import Ge2eEncoder

GE2E: Final = Ge2eEncoder()
D_VECTOR: Final = DVectorEncoder()

ENCODERS: Final[dict[str, SpeakerEncoder]] = {encoder.name: encoder for encoder in (GE2E, D_VECTOR)}

__all__ = ["D_VECTOR", "ENCODERS", "GE2E", "SpeakerEncoder"]
