"""Speaker encoders, which turn speech into vectors that tell speakers apart, and the speakers of a recording."""

from typing import Final

from workers.speakers.campplus import CAMPPLUS
from workers.speakers.d_vector import D_VECTOR
from workers.speakers.encoder import SpeakerEncoder
from workers.speakers.ge2e import GE2E
from workers.speakers.segmentation import SEGMENTATION
from workers.speakers.turns import SpeakersFound, SpeakerTurn, find_speakers

ENCODERS: Final[dict[str, SpeakerEncoder]] = {encoder.name: encoder for encoder in (GE2E, D_VECTOR, CAMPPLUS)}

__all__ = ["CAMPPLUS", "D_VECTOR", "ENCODERS", "GE2E", "SEGMENTATION", "SpeakerEncoder", "SpeakerTurn", "SpeakersFound", "find_speakers"]
