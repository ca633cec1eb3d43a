"""Contents of a folder with a VITS model: Piper's (model.onnx and model.onnx.json) or sherpa-onnx's (model.onnx and tokens.txt)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.tags import normalise_tag, primary_tag
from workers.text.cldr import LANGUAGE_NAMES

PAD, BEGIN, END = "_", "^", "$"


@dataclass(frozen=True, slots=True)
class VitsVoice:
    """One model file with its configuration."""

    name: str
    model: Path
    language: str
    """Full tag where the configuration tells the region: `en-us`."""
    sample_rate: int
    """Hz."""
    symbols: Mapping[str, tuple[int, ...]]
    """Ids by phoneme or token."""
    espeak_voice: str = ""
    """eSpeak's voice for the phonemes; empty if a lexicon gives them."""
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    speakers: Mapping[str, int] = field(default_factory=dict)
    """Speaker ids by name; empty for a single-speaker model."""
    noise_scale: float = 0.667
    noise_width: float = 0.8
    length_scale: float = 1.0
    has_padding: bool = True
    """True if a pad symbol follows every symbol."""
    has_ends: bool = True
    """True if a begin and an end symbol enclose the sentence."""


def find_voices(folder: Path) -> list[VitsVoice]:
    """All voices of a folder and of its direct subfolders, by name. Raises WorkError naming an unreadable file."""
    models = sorted([*folder.glob("*.onnx"), *folder.glob("*/*.onnx")])
    return [voice for model in models if (voice := _read_voice(model)) is not None]


def _read_voice(model: Path) -> VitsVoice | None:
    config = model.with_name(model.name + ".json")
    try:
        if config.exists():
            return read_piper(model, config)
        if (model.parent / "tokens.txt").exists():
            return read_sherpa(model)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkError(ENGINE_UNAVAILABLE, f"{model.name} has a configuration that cannot be read: {error}") from error
    return None


def read_piper(model: Path, config: Path) -> VitsVoice:
    """Read a Piper voice, described by the JSON beside the model."""
    data = json.loads(config.read_text(encoding="utf-8"))
    inference = data.get("inference", {})
    stated = data.get("language", {})
    language = normalise_tag(stated.get("code") or stated.get("family")) or primary_tag(data["espeak"]["voice"])
    return VitsVoice(
        name=model.stem,
        model=model,
        language=language,
        sample_rate=int(data["audio"]["sample_rate"]),
        symbols={symbol: tuple(ids) for symbol, ids in data["phoneme_id_map"].items()},
        espeak_voice=data["espeak"]["voice"] if data.get("phoneme_type", "espeak") == "espeak" else "",
        speakers=data.get("speaker_id_map") or {},
        noise_scale=float(inference.get("noise_scale", 0.667)),
        noise_width=float(inference.get("noise_w", 0.8)),
        length_scale=float(inference.get("length_scale", 1.0)),
    )


def read_sherpa(model: Path) -> VitsVoice:
    """Read a sherpa-onnx voice: tokens.txt, an optional lexicon.txt, and the model's metadata."""
    import onnx

    proto = onnx.load(str(model), load_external_data=False)
    metadata = {entry.key: entry.value for entry in proto.metadata_props}
    lexicon_file = model.parent / "lexicon.txt"
    is_phonemic = metadata.get("has_espeak", "0") == "1" or metadata.get("comment") in {"piper", "coqui"}
    return VitsVoice(
        name=model.stem,
        model=model,
        language=_language_tag(metadata),
        sample_rate=int(metadata["sample_rate"]),
        symbols=read_tokens(model.parent / "tokens.txt"),
        espeak_voice=metadata.get("voice", "en-us") if is_phonemic else "",
        lexicon=read_lexicon(lexicon_file) if lexicon_file.exists() and not is_phonemic else {},
        speakers={str(number): number for number in range(int(metadata.get("n_speakers", "0")))} if _speaker_count(metadata) > 1 else {},
        has_padding=is_phonemic or metadata.get("add_blank", "0") == "1",
        has_ends=is_phonemic,
    )


def read_tokens(path: Path) -> dict[str, tuple[int, ...]]:
    """Read `symbol id` lines; the symbol of the space is the space itself."""
    symbols: dict[str, tuple[int, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            symbol, _, number = line.rpartition(" ")
            symbols[symbol or " "] = (int(number),)
    return symbols


def read_lexicon(path: Path) -> dict[str, tuple[str, ...]]:
    """Read `word token token …` lines; the first of several pronunciations is used."""
    lexicon: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *tokens = line.split()
        lexicon.setdefault(word.lower(), tuple(tokens))
    return lexicon


def _speaker_count(metadata: Mapping[str, str]) -> int:
    return int(metadata.get("n_speakers", "0"))


def _language_tag(metadata: Mapping[str, str]) -> str:
    language = metadata.get("language", "en").lower()
    tags = {name.lower(): tag for tag, name in LANGUAGE_NAMES.items()}
    return tags.get(language) or primary_tag(language)
