"""Folders with a CTranslate2 translation model: OPUS-MT's, Argos Translate's or NLLB's."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.translation.flores import FLORES
from workers.translation.routes import Pair

OPUS_NAME: Final = re.compile(r"opus-mt-(?:tc-big-|tc-base-)?([a-z]{2,3})[-_]([a-z]{2,3})(?![a-z])", re.IGNORECASE)
"""Pattern of OPUS-MT's model names, with any prefix or suffix."""
FLORES_CODE: Final = re.compile(rb"[a-z]{3}_[A-Z][a-z]{3}")
VOCABULARIES: Final = ("shared_vocabulary.json", "shared_vocabulary.txt")
DEPTH: Final = 3
"""Depth to which the operator's folder is searched for models; Argos nests each in a folder of its own."""


@dataclass(frozen=True, slots=True)
class TranslationFolder:
    """One model on disk."""

    model: Path
    """Folder with model.bin."""
    source_pieces: Path
    """SentencePiece model of the source language."""
    target_pieces: Path
    pair: Pair | None = None
    codes: dict[str, str] = field(default_factory=dict)
    """Language codes of a multilingual model by primary tag."""
    end_token: str = ""
    """Token to append to a source, if the model does not append it itself."""

    @property
    def size_bytes(self) -> int:
        """Size of the weights in bytes."""
        return (self.model / "model.bin").stat().st_size


def find_models(folders: Sequence[Path]) -> list[TranslationFolder]:
    """All models below the folders, in order. Raises WorkError naming a folder with an unreadable configuration."""
    found: dict[Path, TranslationFolder] = {}
    for folder in folders:
        for weights in sorted(_find_weights(folder, depth=DEPTH)):
            model = weights.parent.resolve()
            try:
                read = _read_model(model)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise WorkError(ENGINE_UNAVAILABLE, f"{model} has a configuration that cannot be read: {error}") from error
            if read and model not in found:
                found[model] = read
    return list(found.values())


def _find_weights(folder: Path, *, depth: int) -> Iterator[Path]:
    if (folder / "model.bin").is_file():
        yield folder / "model.bin"
    elif depth and folder.is_dir():
        for child in sorted(folder.iterdir()):
            if child.is_dir():
                yield from _find_weights(child, depth=depth - 1)


def _read_model(model: Path) -> TranslationFolder | None:
    """The model, or None if it is no translation model or of an unknown kind."""
    end_token = _end_token(model)
    source, target = model / "source.spm", model / "target.spm"
    name = OPUS_NAME.search(model.name) or OPUS_NAME.search(model.parent.name)
    if name and source.is_file() and target.is_file():
        return TranslationFolder(model, source, target, pair=(name[1].lower(), name[2].lower()), end_token=end_token)
    if argos := _read_argos(model):
        return argos
    pieces = next(iter(sorted(model.glob("*sentencepiece*.model"))), None)
    codes = _read_codes(model)
    if pieces and codes:
        return TranslationFolder(model, pieces, pieces, codes=codes, end_token=end_token)
    return None


def _read_argos(model: Path) -> TranslationFolder | None:
    """Argos Translate's package: metadata.json and the pieces beside the model's folder, without end-of-sentence tokens."""
    metadata, pieces = model.parent / "metadata.json", model.parent / "sentencepiece.model"
    if not (metadata.is_file() and pieces.is_file()):
        return None
    description = json.loads(metadata.read_text(encoding="utf-8"))
    return TranslationFolder(model, pieces, pieces, pair=(str(description["from_code"]), str(description["to_code"])))


def _end_token(model: Path) -> str:
    """End token that Hugging Face's tokenizers append and the converted model does not."""
    config = model / "config.json"
    description = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    return "" if description.get("add_source_eos") else str(description.get("eos_token") or "</s>")


def _read_codes(model: Path) -> dict[str, str]:
    """Languages of NLLB: the FLORES codes in its vocabulary, which is searched as text, since it is large."""
    vocabulary = next((model / name for name in VOCABULARIES if (model / name).is_file()), None)
    known = {code.decode() for code in FLORES_CODE.findall(vocabulary.read_bytes())} if vocabulary else set()
    return {tag: code for tag, code in FLORES.items() if code in known}
