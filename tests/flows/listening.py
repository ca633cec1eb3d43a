"""Transcribes audio with the packaged Whisper, and compares words."""

import io
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import jiwer
import numpy as np

from workers.text.normalise import normalise
from workers.weights.store import WeightStore

AMERICAN = {"harbour": "harbor", "traveller": "traveler", "kilometres": "kilometers"}
"""Words of the frozen sentences in the other spelling, which Whisper uses."""


class Listener:
    """Whisper base, loaded at the first use."""

    @cached_property
    def _model(self) -> Any:
        from faster_whisper import WhisperModel

        folder = WeightStore.default().path("whisper-base", "model.bin").parent
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(self, audio: bytes, *, language: str = "en", prompt: str | None = None) -> str:
        """Transcribe audio in any format that PyAV reads. prompt: a text in the expected script."""
        segments, _ = self._model.transcribe(
            io.BytesIO(audio), language=language, beam_size=5, initial_prompt=prompt, condition_on_previous_text=False
        )
        return " ".join(segment.text.strip() for segment in segments)

    def choose(self, audio: bytes, texts: Sequence[str], *, language: str) -> str:
        """Most likely of the texts, by the mean log probability of its tokens; audio: 30 s at most."""
        from faster_whisper.audio import decode_audio, pad_or_trim
        from faster_whisper.tokenizer import Tokenizer

        features = self._model.feature_extractor(decode_audio(io.BytesIO(audio)))
        encoded = self._model.encode(pad_or_trim(features))
        tokenizer = Tokenizer(self._model.hf_tokenizer, multilingual=True, task="transcribe", language=language)

        def likelihood(text: str) -> float:
            tokens = tokenizer.encode(f" {text}")
            aligned = self._model.model.align(encoded, tokenizer.sot_sequence, [tokens], features.shape[-1])
            return float(np.mean(np.log(np.maximum(aligned[0].text_token_probs, 1e-9))))

        return max(texts, key=likelihood)

    def word_error_rate(self, audio: bytes, text: str, *, language: str = "en") -> float:
        """Word error rate of the transcript, ignoring punctuation and case."""
        return float(jiwer.wer(plain_words(text), plain_words(self.hear(audio, language=language))))


def plain_words(text: str) -> str:
    """Lower case, words only."""
    return " ".join(re.findall(r"[\w']+", text.lower()))


def said_words(text: str, *, language: str) -> str:
    """Plain words with figures and signs spoken: Whisper writes "30", "8h" and "$5" for words."""
    return " ".join(AMERICAN.get(word, word) for word in plain_words(normalise(text, language=language).text).split())
