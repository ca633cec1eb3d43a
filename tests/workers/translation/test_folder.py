"""Contents of a folder of models, as hubs and Argos Translate lay them out."""

import json
from pathlib import Path

import pytest

from workers.contract.errors import WorkError
from workers.translation.folder import find_models
from workers.weights.translation_folders import translation_folders


def lay(folder: Path, *files: str, config: dict[str, object] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("model.bin", *files):
        (folder / file).write_bytes(b"x" * 10)
    (folder / "config.json").write_text(json.dumps(config if config is not None else {"add_source_eos": False, "eos_token": "</s>"}))
    return folder


@pytest.mark.parametrize("name", ["opus-mt-en-es", "gaudi--opus-mt-en-es-ctranslate2", "ct2fast-opus-mt-en-es", "opus-mt-tc-big-en-es"])
def test_opus_mt_is_known_by_its_name(tmp_path: Path, name: str) -> None:
    folder = lay(tmp_path / name, "source.spm", "target.spm")
    (model,) = find_models([tmp_path])
    assert (model.pair, model.end_token, model.size_bytes) == (("en", "es"), "</s>", 10)
    assert (model.model, model.source_pieces, model.target_pieces) == (folder, folder / "source.spm", folder / "target.spm")


def test_a_model_that_ends_its_sources_itself_gets_no_end(tmp_path: Path) -> None:
    lay(tmp_path / "opus-mt-en-es", "source.spm", "target.spm", config={"add_source_eos": True})
    assert find_models([tmp_path])[0].end_token == ""


def test_argos_translate_says_its_pair(tmp_path: Path) -> None:
    package = tmp_path / "translate-en_es-1_0"
    lay(package / "model")
    (package / "sentencepiece.model").write_bytes(b"x")
    (package / "metadata.json").write_text(json.dumps({"from_code": "en", "to_code": "es"}))
    (model,) = find_models([tmp_path])
    assert (model.pair, model.source_pieces) == (("en", "es"), package / "sentencepiece.model")


def test_nllb_is_known_by_the_codes_in_its_vocabulary(tmp_path: Path) -> None:
    folder = lay(tmp_path / "nllb", "sentencepiece.bpe.model")
    (folder / "shared_vocabulary.json").write_text(json.dumps(["<s>", "the", "eng_Latn", "spa_Latn", "zho_Hans", "xxx_Latn"]))
    (model,) = find_models([folder])
    assert (model.pair, model.codes) == (None, {"en": "eng_Latn", "es": "spa_Latn", "zh": "zho_Hans"})


def test_folders_without_a_translation_model_are_ignored(tmp_path: Path) -> None:
    lay(tmp_path / "whisper-base", "vocabulary.txt")
    lay(tmp_path / "opus-mt-en-ROMANCE", "source.spm", "target.spm")
    lay(tmp_path / "a" / "b" / "c" / "d" / "opus-mt-en-es", "source.spm", "target.spm")
    assert find_models([tmp_path, tmp_path / "missing"]) == []


def test_a_damaged_configuration_names_its_folder(tmp_path: Path) -> None:
    folder = lay(tmp_path / "opus-mt-en-es", "source.spm", "target.spm")
    (folder / "config.json").write_text("{")
    with pytest.raises(WorkError, match="opus-mt-en-es has a configuration that cannot be read"):
        find_models([tmp_path])


def test_a_model_that_two_folders_reach_counts_once(tmp_path: Path) -> None:
    folder = lay(tmp_path / "opus-mt-en-es", "source.spm", "target.spm")
    assert len(find_models([tmp_path, folder])) == 1


def test_the_operators_folders_come_before_the_weights_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_TRANSLATION_FOLDERS", "/mnt/a:/mnt/b")
    monkeypatch.setenv("TTSAI_MODELS", "/models")
    assert translation_folders() == [Path("/mnt/a"), Path("/mnt/b"), Path("/models/translation")]
