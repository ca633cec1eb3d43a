"""OPUS-MT, Argos and NLLB on CTranslate2, with real untrained models: inputs and outputs are the library's own."""

from pathlib import Path

import pytest
import sentencepiece

from tests.workers.translation import tiny_model
from workers.contract.engines import Directions
from workers.contract.errors import WorkError
from workers.engines.nllb import NLLB
from workers.engines.opus_mt import OpusMT

TEXTS = ["the house is big", "where are you going"]


def pieces_of(path: Path, texts: list[str]) -> list[list[str]]:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))  # type: ignore[call-arg]
    return [processor.encode(text, out_type=str) for text in texts]


def text_of(path: Path, rows: list[list[str]]) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))  # type: ignore[call-arg]
    return [str(processor.decode(row)).strip() for row in rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("translation")
    tiny_model.opus_mt(root / "opus-mt-en-es")
    tiny_model.opus_mt(root / "opus-mt-es-fr")
    tiny_model.argos(root / "translate-en_de", source="en", target="de")
    tiny_model.nllb(root / "nllb", ["eng_Latn", "spa_Latn", "fra_Latn"])
    return root


@pytest.fixture(scope="module")
def opus(folder: Path) -> OpusMT:
    engine = OpusMT([folder])
    assert engine.find_obstacle() == ""
    engine.load()
    return engine


def test_each_model_is_one_direction_and_two_make_a_third(opus: OpusMT) -> None:
    assert opus.spec.directions == (Directions("en", ("de", "es", "fr")), Directions("es", ("fr",)))
    assert opus.spec.memory_bytes > 3 * 60 * 1024**2


def test_opus_mt_gets_pieces_with_an_end(opus: OpusMT, folder: Path) -> None:
    model = folder / "opus-mt-en-es"
    rows = [[*pieces, "</s>"] for pieces in pieces_of(model / "source.spm", TEXTS)]
    expected = text_of(model / "target.spm", tiny_model.translate_by_hand(model, rows, limit=max(32, 3 * max(map(len, rows)))))
    assert opus.translate(TEXTS, source="en", target="es") == expected
    assert all(expected)


def test_argos_model_receives_only_sentence_pieces(opus: OpusMT, folder: Path) -> None:
    model, pieces = folder / "translate-en_de" / "model", folder / "translate-en_de" / "sentencepiece.model"
    rows = pieces_of(pieces, TEXTS)
    expected = text_of(pieces, tiny_model.translate_by_hand(model, rows, limit=max(32, 3 * max(map(len, rows)))))
    assert opus.translate(TEXTS, source="en", target="de") == expected


def test_a_chain_translates_the_translation(opus: OpusMT) -> None:
    between = opus.translate(TEXTS, source="en", target="es")
    assert opus.translate(TEXTS, source="en", target="fr") == opus.translate(between, source="es", target="fr")


def test_texts_without_letters_are_returned_unchanged(opus: OpusMT) -> None:
    translated = opus.translate(["", "1999", "https://example.com", *TEXTS], source="en", target="es")
    assert translated == ["", "1999", "https://example.com", *opus.translate(TEXTS, source="en", target="es")]


def test_nllb_receives_both_language_codes(folder: Path) -> None:
    engine, model = NLLB([folder]), folder / "nllb"
    assert (engine.find_obstacle(), engine.spec.directions) == ("", (Directions("*", ("en", "es", "fr")),))
    engine.load()
    rows = [["eng_Latn", *pieces, "</s>"] for pieces in pieces_of(model / "sentencepiece.bpe.model", TEXTS)]
    raw = tiny_model.translate_by_hand(model, rows, prefix=["fra_Latn"], limit=max(32, 3 * max(map(len, rows))))
    assert engine.translate(TEXTS, source="en", target="fr") == text_of(model / "sentencepiece.bpe.model", [row[1:] for row in raw])
    with pytest.raises(WorkError, match="does not translate from de, only from en, es, fr") as caught:
        engine.translate(TEXTS, source="de", target="fr")
    assert caught.value.code == "unsupported_language"
    engine.unload()


def test_damaged_model_file_is_reported_clearly(tmp_path: Path) -> None:
    tiny_model.opus_mt(tmp_path / "opus-mt-en-es")
    (tmp_path / "opus-mt-en-es" / "model.bin").write_bytes(b"no weights")
    engine = OpusMT([tmp_path])
    with pytest.raises(WorkError, match="opus-mt-en-es cannot be read") as caught:
        engine.translate(TEXTS, source="en", target="es")
    assert caught.value.code == "engine_unavailable"


def test_without_a_model_there_is_a_sentence_for_the_operator(tmp_path: Path) -> None:
    for engine in (OpusMT([tmp_path]), NLLB([tmp_path])):
        assert "TTSAI_TRANSLATION_FOLDERS" in engine.find_obstacle()
        assert engine.spec.directions == ()
