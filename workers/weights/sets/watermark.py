"""Perth's watermark networks."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile

CHECKPOINT: Final = "perth_net_250000.pth.tar"

WATERMARK: Final = WeightSet(  # 34 MB of download, by default: POST /v1/audio/verify/ and an operator's switch then work at once
    "watermark",
    "Perth, an inaudible watermark of synthesised speech",
    "MIT",
    (
        WeightFile(
            CHECKPOINT,
            "a15bce457ebc53ce5e6c9c3f11df78cf7ee2bf9cdab0a798902135b4c4027670",
            37_429_684,
            (PythonPackageFile((Member("resemble-perth", "1.0.1", f"perth/perth_net/pretrained/implicit/{CHECKPOINT}"),)),),
        ),
    ),
)
