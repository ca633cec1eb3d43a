"""Speaker encoders, which turn speech into vectors that tell speakers apart, and speaker segmentation."""

from typing import Final

from workers.speakers.campplus import CampplusEncoder
from workers.speakers.d_vector import DVectorEncoder
from workers.speakers.encoder import SpeakerEncoder
from workers.speakers.ge2e import Ge2eEncoder
from workers.speakers.segmentation import SEGMENTATION

GE2E: Final = Ge2eEncoder()
D_VECTOR: Final = DVectorEncoder()
CAMPPLUS: Final = CampplusEncoder()
"""For diarization and for judging; in cloning and conversion nothing is tuned or chosen by it."""

ENCODERS: Final[dict[str, SpeakerEncoder]] = {encoder.name: encoder for encoder in (GE2E, D_VECTOR, CAMPPLUS)}

__all__ = ["CAMPPLUS", "D_VECTOR", "ENCODERS", "GE2E", "SEGMENTATION", "SpeakerEncoder"]
