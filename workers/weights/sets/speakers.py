"""Speaker encoder for diarization."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile

SPEAKERS: Final = WeightSet(
    "speakers",
    "Resemblyzer's GE2E speaker encoder: who speaks when",
    "Apache-2.0",
    (
        WeightFile(
            "pretrained.pt",
            "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
            17_090_379,
            (PythonPackageFile((Member("Resemblyzer", "0.1.4", "resemblyzer/pretrained.pt"),)),),
        ),
    ),
)
