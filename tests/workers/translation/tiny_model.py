"""Real CTranslate2 models, tiny and untrained: two layers of random weights, with SentencePiece models trained on a few sentences."""

import json
from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.model_spec import LayerSpec, visit_spec

DEPTH, HEADS, WIDTH, VOCABULARY = 1, 2, 16, 60
SENTENCES = ("the house is big and the garden is green", "where are you going today", "la casa es grande y el jardín es verde")


def train_pieces(path: Path) -> list[str]:
    sentencepiece.SentencePieceTrainer.train(  # type: ignore[attr-defined]
        sentence_iterator=iter(SENTENCES * 20),
        model_prefix=str(path.with_suffix("")),
        vocab_size=VOCABULARY,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    path.with_suffix(".model").replace(path)
    path.with_suffix(".vocab").unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))  # type: ignore[call-arg]
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def write_model(folder: Path, vocabulary: Sequence[str], *, add_source_eos: bool = False) -> None:
    """Write model.bin, its vocabulary and config.json."""
    spec = TransformerSpec.from_config(DEPTH, HEADS, pre_norm=True)
    random = np.random.default_rng(7)
    _fill(spec, random, words=len(vocabulary))
    spec.register_source_vocabulary(list(vocabulary))
    spec.register_target_vocabulary(list(vocabulary))
    spec.config.add_source_eos = add_source_eos
    spec.config.decoder_start_token = "</s>"
    spec.validate()
    spec.optimize(quantization=None)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def opus_mt(folder: Path) -> None:
    """OPUS-MT model as on a hub: source.spm and target.spm, without an end token in the model."""
    folder.mkdir(parents=True)
    pieces = train_pieces(folder / "source.spm")
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    write_model(folder, pieces)


def argos(folder: Path, *, source: str, target: str) -> None:
    """Argos Translate package, unpacked."""
    folder.mkdir(parents=True)
    write_model(folder / "model", train_pieces(folder / "sentencepiece.model"), add_source_eos=True)
    (folder / "metadata.json").write_text(json.dumps({"from_code": source, "to_code": target}))


def nllb(folder: Path, codes: Sequence[str]) -> None:
    """NLLB model as on a hub: one SentencePiece model, the languages as words of the vocabulary."""
    folder.mkdir(parents=True)
    write_model(folder, [*train_pieces(folder / "sentencepiece.bpe.model"), *codes])


def translate_by_hand(folder: Path, rows: list[list[str]], *, prefix: list[str] | None = None, limit: int) -> list[list[str]]:
    """Translate these pieces with the library itself."""
    translator = ctranslate2.Translator(str(folder), compute_type="int8", intra_threads=1)
    results = translator.translate_batch(
        rows, target_prefix=[prefix] * len(rows) if prefix else None, beam_size=4, max_decoding_length=limit, disable_unk=True
    )
    return [result.hypotheses[0] for result in results]


def _fill(spec: TransformerSpec, random: np.random.Generator, *, words: int) -> None:
    """Random values for every required weight."""

    def fill(layer: LayerSpec, name: str, value: object) -> None:
        if value is None:
            shape = next(shape for ending, shape in _shapes(words).items() if name.endswith(ending))
            setattr(layer, name.rsplit("/", maxsplit=1)[-1], random.normal(0, 0.5, shape).astype(np.float32))

    visit_spec(spec, fill)


def _shapes(words: int) -> dict[str, tuple[int, ...]]:
    """Shapes by the end of the weight's name."""
    return {
        "embeddings_0/weight": (words, WIDTH),
        "embeddings/weight": (words, WIDTH),
        "projection/weight": (words, WIDTH),
        "gamma": (WIDTH,),
        "beta": (WIDTH,),
        "self_attention/linear_0/weight": (3 * WIDTH, WIDTH),
        "self_attention/linear_1/weight": (WIDTH, WIDTH),
        "attention/linear_0/weight": (WIDTH, WIDTH),
        "attention/linear_1/weight": (2 * WIDTH, WIDTH),
        "attention/linear_2/weight": (WIDTH, WIDTH),
        "ffn/linear_0/weight": (4 * WIDTH, WIDTH),
        "ffn/linear_1/weight": (WIDTH, 4 * WIDTH),
    }
