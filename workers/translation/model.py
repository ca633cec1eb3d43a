"""CTranslate2 model in memory: tokenises, translates and detokenises sentences."""

import os
from collections.abc import Sequence
from typing import Any, Final

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.translation.folder import TranslationFolder

BEAM_SIZE: Final = 4
"""Beam size that the authors of OPUS-MT and NLLB report figures with."""
BATCH_TOKENS: Final = 1024
LONGEST_PIECES: Final = 500
"""Most tokens of a source sentence: both models were trained with 512 positions."""
LONGEST_RATIO: Final = 3
SHORTEST_LIMIT: Final = 32
"""Length limit: a translation has at most LONGEST_RATIO tokens per source token, and always this many are allowed; it ends a model that
repeats itself.
"""


class TranslationModel:
    """Loaded weights. Thread-safe: as many threads as there are cores translate at once, each on one core."""

    def __init__(self, folder: TranslationFolder) -> None:
        """Load the weights. Raises WorkError (engine_unavailable) for damaged files."""
        import ctranslate2
        import sentencepiece

        device, _, index = (os.environ.get("TTSAI_DEVICE") or "cpu").partition(":")
        is_cuda = device == "cuda"
        try:
            self._translator: Any = ctranslate2.Translator(
                str(folder.model),
                device="cuda" if is_cuda else "cpu",
                device_index=int(index) if is_cuda and index.isdigit() else 0,
                compute_type="int8_float16" if is_cuda else "int8",
                inter_threads=os.cpu_count() or 1,
                intra_threads=1,
            )
            self._source: Any = sentencepiece.SentencePieceProcessor(model_file=str(folder.source_pieces))
            self._target: Any = sentencepiece.SentencePieceProcessor(model_file=str(folder.target_pieces))
        except (RuntimeError, OSError, ValueError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"The translation model {folder.model.name} cannot be read.") from error
        self._codes = folder.codes
        self._end = [folder.end_token] if folder.end_token else []

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """Translate each text, in order; source and target are primary tags of the model."""
        if not texts:
            return []
        before = [self._codes[source]] if self._codes else []
        prefix = [self._codes[target]] if self._codes else []
        rows = [[*before, *self._source.encode(text, out_type=str)[:LONGEST_PIECES], *self._end] for text in texts]
        longest = max(SHORTEST_LIMIT, LONGEST_RATIO * max(map(len, rows)))
        results = self._translator.translate_batch(
            rows,
            target_prefix=[prefix] * len(rows) if prefix else None,
            max_batch_size=BATCH_TOKENS,
            batch_type="tokens",
            beam_size=BEAM_SIZE,
            max_decoding_length=longest,
            disable_unk=True,
        )
        return [self._target.decode(result.hypotheses[0][len(prefix) :]).strip() for result in results]
