"""One Whisper model: windows in, tokens and their probabilities out."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples
from workers.recognition.hallucination_filter import GUESSED_BELOW, REPETITIVE_ABOVE, SILENT_ABOVE, compression_ratio
from workers.recognition.segmentation import TimedWord
from workers.thread_priority import lower_priority

T = TypeVar("T")
Encoded = NDArray[Any]
"""Encoder output [windows, 1500, width]; rows can be decoded alone or together."""

BEAMS: Final = 5
CANDIDATES: Final = 3
"""Samples drawn at a temperature above 0; the most probable one is used."""
MOST_TOKENS: Final = 448
MOST_PROMPT_TOKENS: Final = 160
MOST_HOTWORD_TOKENS: Final = 63
"""Most hotword tokens: with the prompt and its marker half of the model's context, so that the other half is for the text."""
SPARE_TOKENS: Final = 40
MOST_TOKENS_PER_SECOND: Final = 32.0
"""Most tokens per second: the least efficiently encoded scripts take about 20; more is a loop, which is cut off early."""
FRAMES: Final = 3000
"""Frames of 10 ms in a window: 30 s. Less padding makes a short window five times as fast, but Whisper base then sometimes loses words."""
SPACELESS: Final = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
WORKER_NICENESS: Final = 10
"""CTranslate2's threads serve prompt and bulk work alike, so their niceness lies between the two (workers/scheduler.py)."""
PREPENDED: Final = "\"'“¿([{-"
APPENDED: Final = "\"'.。,，!！?？:：”)]}、"
"""Punctuation that is attached to the following and to the preceding word, as in OpenAI's program."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoding result of one window."""

    text: str
    tokens: tuple[int, ...]
    """Tokens of the text, without special tokens."""
    average_log_probability: float
    no_speech_probability: float
    compression_ratio: float
    temperature: float
    is_cut_off: bool = False
    """The text reached the token limit: nearly always a loop."""

    @property
    def is_repetitive(self) -> bool:
        """True if the text repeats itself, because it was spoken so or because the model is in a loop."""
        return self.compression_ratio > REPETITIVE_ABOVE

    @property
    def is_silence(self) -> bool:
        """True if the model itself reports no speech."""
        return self.no_speech_probability > SILENT_ABOVE and self.average_log_probability < GUESSED_BELOW

    @property
    def is_sound(self) -> bool:
        """True if no higher temperature needs to be tried."""
        is_good = not self.is_repetitive and self.average_log_probability >= GUESSED_BELOW
        return is_good or self.is_silence


class WhisperModel:
    """Loaded weights of one size. Several threads may use it at once: each call has a CTranslate2 thread of its own, on one core."""

    def __init__(self, folder: Path, *, device: str, threads: int) -> None:
        """threads: number of concurrent calls. Raises CTranslate2's errors: RuntimeError, ValueError."""
        from faster_whisper import WhisperModel as FasterWhisper
        from faster_whisper.tokenizer import Tokenizer

        kind, _, index = device.partition(":")
        self._make_tokenizer = Tokenizer
        self._model: Any = _start_with_low_priority(
            lambda: FasterWhisper(
                str(folder),
                device=kind,
                device_index=int(index or 0),
                compute_type="int8" if kind == "cpu" else "float16",
                cpu_threads=1,
                num_workers=threads,
                local_files_only=True,
            )
        )
        self._tokenizers: dict[tuple[str, str], Any] = {}

    @property
    def is_multilingual(self) -> bool:
        """True if the model knows more than English."""
        return bool(self._model.model.is_multilingual)

    def tokenizer(self, language: str, *, task: str) -> Any:
        """Tokenizer of faster-whisper, cached per language and task (transcribe, translate)."""
        key = (language, task)
        if key not in self._tokenizers:
            self._tokenizers[key] = self._make_tokenizer(self._model.hf_tokenizer, self.is_multilingual, task=task, language=language)
        return self._tokenizers[key]

    def encode(self, windows: Sequence[Samples]) -> Encoded:
        """Encode windows of at most 30 s each, padded with silence."""
        # One by one: together they take as long and more memory.
        return np.concatenate([self._encode_one(window) for window in windows])

    def _encode_one(self, window: Samples) -> Encoded:
        from faster_whisper.audio import pad_or_trim

        features = pad_or_trim(self._model.feature_extractor(window)[..., :-1], FRAMES)[None]
        return np.array(self._model.model.encode(_view(features.astype(np.float32)), to_cpu=True))

    def language_probabilities(self, encoded: Encoded) -> list[dict[str, float]]:
        """Probability of each language in each window. Multilingual models only."""
        results = self._model.model.detect_language(_view(encoded))
        return [{token[2:-2]: float(probability) for token, probability in result} for result in results]

    def decode(
        self, encoded: Encoded, *, tokenizer: Any, context: Sequence[int], seconds: Sequence[float], temperature: float
    ) -> list[Decoded]:
        """Most probable text of each window at one temperature. seconds: durations of the windows."""
        from faster_whisper.transcribe import get_suppressed_tokens

        # Without timestamps: with them base leaves out whole sentences of packed windows (one word in ten of LibriVox clips).
        prompt = [*context, *tokenizer.sot_sequence, tokenizer.no_timestamps]
        room = SPARE_TOKENS + int(MOST_TOKENS_PER_SECOND * max(seconds))
        sampling = (
            {"beam_size": 1, "num_hypotheses": CANDIDATES, "sampling_topk": 0, "sampling_temperature": temperature}
            if temperature > 0
            else {"beam_size": BEAMS}
        )
        longest = min(MOST_TOKENS, len(prompt) + room)
        results = self._model.model.generate(
            _view(encoded),
            [prompt] * len(seconds),
            max_length=longest,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
            **sampling,
        )
        return [_decoded(result, tokenizer, temperature=temperature, most_tokens=longest - len(prompt)) for result in results]

    def context(self, tokenizer: Any, *, prompt: str, hotwords: str) -> list[int]:
        """Tokens before the text: hotwords, then the end of the prompt."""
        expected = tokenizer.encode(" " + hotwords.strip())[:MOST_HOTWORD_TOKENS] if hotwords.strip() else []
        said = tokenizer.encode(" " + prompt.strip())[-MOST_PROMPT_TOKENS:] if prompt.strip() else []
        return [tokenizer.sot_prev, *expected, *said] if expected or said else []

    def time_words(self, encoded: Encoded, tokens: Sequence[int], *, tokenizer: Any, seconds: float) -> list[TimedWord]:
        """Time the words of one window by cross-attention; together the words are the text."""
        from faster_whisper.transcribe import merge_punctuations

        if not tokens:
            return []
        words: list[dict[str, Any]] = self._model.find_alignment(tokenizer, [list(tokens)], _view(encoded), self._frames(seconds))[0]
        merge_punctuations(words, PREPENDED, APPENDED)
        timed: list[TimedWord] = []
        for word in words:
            if not word["word"]:
                continue
            if timed and word["word"][0] != " " and tokenizer.language_code not in SPACELESS:
                timed[-1] = _joined(timed[-1], word)
            else:
                timed.append(_timed(word))
        return timed

    def tokens_of(self, text: str, *, tokenizer: Any) -> list[int]:
        """Tokens of a known text, truncated to the model's limit."""
        return list(tokenizer.encode(" " + text.strip()))[: MOST_TOKENS // 2]

    def _frames(self, seconds: float) -> int:
        frames: int = min(round(seconds * self._model.frames_per_second), FRAMES)
        return max(2, frames)


def compute_threads() -> int:
    """Number of compute threads that the worker may use at once: one per core, and one for each of the lanes `normal` and `bulk`."""
    return int(os.environ.get("TTSAI_WORKER_CORES") or os.cpu_count() or 1) + 2


def _decoded(result: Any, tokenizer: Any, *, temperature: float, most_tokens: int) -> Decoded:
    tokens = list(result.sequences_ids[0])
    text = tokenizer.decode(tokens).strip()
    return Decoded(
        text,
        tuple(token for token in tokens if token < tokenizer.eot),
        # CTranslate2 divides by the number of tokens; the end of the text is one more.
        average_log_probability=float(result.scores[0]) * len(tokens) / (len(tokens) + 1),
        no_speech_probability=float(result.no_speech_prob),
        compression_ratio=compression_ratio(text),
        temperature=temperature,
        is_cut_off=len(tokens) >= most_tokens - 1,
    )


def _timed(word: dict[str, Any]) -> TimedWord:
    return TimedWord(word["word"], float(word["start"]), float(word["end"]), float(word["probability"]), tuple(word["tokens"]))


def _joined(before: TimedWord, word: dict[str, Any]) -> TimedWord:
    """Join two parts of one word, ill and -disposed."""
    probability = min(before.probability, float(word["probability"]))
    return TimedWord(before.text + word["word"], before.start, float(word["end"]), probability, (*before.tokens, *word["tokens"]))


def _view(encoded: Encoded) -> Any:
    from ctranslate2 import StorageView

    return StorageView.from_array(np.ascontiguousarray(encoded))


def _start_with_low_priority(start: Callable[[], T]) -> T:
    """Call `start` in a thread with the priority that the library's own threads are to inherit, and return its result."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            lower_priority(WORKER_NICENESS)
            results.append(start())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="load")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
