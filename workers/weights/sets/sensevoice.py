"""SenseVoice small as exported by sherpa-onnx, int8; the digests are those that others published for this revision."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.hub import HubFile

REPOSITORY: Final = "csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17"
REVISION: Final = "2365baeacb507f821a0c8120fcee3d484dba7a07"


def _file(name: str, sha256: str, size_bytes: int) -> WeightFile:
    return WeightFile(name, sha256, size_bytes, (HubFile(REPOSITORY, REVISION, name),))


SENSEVOICE: Final = WeightSet(
    "sensevoice",
    "SenseVoice small, speech to text in Chinese, Cantonese, English, Japanese and Korean",
    "FunASR Model License 1.1",
    (
        _file("model.int8.onnx", "c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51", 239_233_841),
        _file("tokens.txt", "f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc", 315_894),
    ),
)
