"""Whisper on CTranslate2 in several sizes, and the operator's own: TTSAI_WHISPER_FOLDERS."""

import importlib.util
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.contract.transcription import TranscriptWord
from workers.protocols.engine import Model
from workers.protocols.recogniser import Recogniser, RecognitionOptions, RecognitionResult, check_language
from workers.recognition.diarize.weights import with_available_diarization
from workers.recognition.vad import find_detector_obstacle
from workers.recognition.whisper.languages import MULTILINGUAL, WITH_CANTONESE
from workers.recognition.whisper.model import WhisperModel, compute_threads
from workers.recognition.whisper.transcription import most_probable_language, transcribe_windows
from workers.weights.store import WeightsMissingError, WeightStore

FOLDERS_VARIABLE: Final = "TTSAI_WHISPER_FOLDERS"
"""Environment variable: folders with CTranslate2 models (model.bin, config.json, tokenizer.json), separated by colons; each is the engine
whisper-<folder>.
"""
MEBIBYTE: Final = 1 << 20
BATCH_WINDOWS: Final = 4
"""Windows per batch. Measured with base on one core: decoding a window takes 1.45 CPU seconds alone, 1.06 in two, .96 in four."""
FILES: Final = ("model.bin", "config.json", "tokenizer.json")

WHISPER: Final = EngineSpec(
    id="whisper",
    name="Whisper",
    version="base-1",
    kind="stt",
    description="Whisper base: speech to text in 99 languages, and any of them to English",
    licence="MIT",
    suggested_tier="standard",
    languages=MULTILINGUAL,
    sample_rate=RECOGNITION_SAMPLE_RATE,
    has_word_timings=True,
    has_diarization=True,
    has_translation=True,
    memory_bytes=500 * MEBIBYTE,
)


class WhisperEngine(Recogniser):
    """Whisper in one size."""

    window_seconds = 30.0
    batch_windows = BATCH_WINDOWS

    def __init__(self, spec: EngineSpec, *, weights: str = "", folder: Path | None = None) -> None:
        """weights: name of a weight set, if no folder is given."""
        self.spec = with_available_diarization(spec)
        self._weights = weights
        self._folder = folder
        self._model: WhisperModel | None = None

    def find_obstacle(self) -> str:
        """Name the missing library or weights, without loading anything."""
        missing = [name for name in ("faster_whisper", "ctranslate2", "onnxruntime") if importlib.util.find_spec(name) is None]
        if missing:
            return f"{self.spec.name} needs {', '.join(missing)}: install requirements/worker-cpu.txt."
        try:
            self._files()
        except WeightsMissingError as error:
            return error.message
        return find_detector_obstacle()

    def load(self) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        try:
            self._model = WhisperModel(self._files(), device=os.environ.get("TTSAI_DEVICE") or "cpu", threads=compute_threads())
        except (RuntimeError, ValueError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"{self.spec.name} cannot be loaded: {error}") from error

    def unload(self) -> None:
        self._model = None

    def transcribe(self, windows: Sequence[Samples], *, options: RecognitionOptions) -> list[RecognitionResult]:
        """Transcribe windows of at most 30 s. Raises WorkError (unsupported_language)."""
        language = check_language(self.spec, options.language)
        return transcribe_windows(self._loaded, windows, options=options, language=language) if windows else []

    def find_language(self, windows: Sequence[Samples]) -> str:
        """Most probable language of all windows together."""
        model = self._loaded
        return most_probable_language(model, model.encode(windows)) if windows else ""

    def align(self, samples: Samples, *, text: str, language: str) -> tuple[TranscriptWord, ...]:
        """Times each word of a known text in at most 30 s, by cross-attention. Raises WorkError (unsupported_language)."""
        model = self._loaded
        encoded = model.encode([samples])
        tag = check_language(self.spec, language) or most_probable_language(model, encoded)
        seconds = len(samples) / RECOGNITION_SAMPLE_RATE
        tokenizer = model.tokenizer(tag, task="transcribe")
        words = model.time_words(encoded, model.tokens_of(text, tokenizer=tokenizer), tokenizer=tokenizer, seconds=seconds)
        return tuple(
            TranscriptWord(word.text.strip(), min(word.start, seconds), min(word.end, seconds), word.probability)
            for word in words
            if word.text.strip()
        )

    @property
    def _loaded(self) -> WhisperModel:
        if self._model is None:
            raise RuntimeError("load() comes first")
        return self._model

    def _files(self) -> Path:
        """Folder with all files. Raises WeightsMissingError."""
        if self._folder is None:
            return WeightStore.default().path(self._weights, FILES[0]).parent
        for name in FILES:
            if not (self._folder / name).is_file():
                raise WeightsMissingError(f"{self._folder} is no CTranslate2 model of Whisper: it has no {name}.")
        return self._folder


def _size(size: str, description: str, *, mebibytes: int, languages: tuple[str, ...] = MULTILINGUAL) -> WhisperEngine:
    spec = replace(
        WHISPER,
        id=f"whisper-{size}",
        name=f"Whisper {size}",
        version=f"{size}-1",
        description=description,
        languages=languages,
        has_translation=len(languages) > 1 and size != "turbo",  # turbo was trained without translations
        memory_bytes=mebibytes * MEBIBYTE,
    )
    return WhisperEngine(spec, weights=spec.id)


def _of_folder(folder: Path) -> WhisperEngine:
    name = re.sub(r"[^a-z0-9.]+", "-", folder.name.casefold()).strip("-").removeprefix("faster-whisper-").removeprefix("whisper-")
    model = folder / FILES[0]
    file_bytes = model.stat().st_size if model.is_file() else 0
    is_english = name.endswith(".en")
    spec = replace(
        WHISPER,
        id=f"whisper-{name}",
        name=f"Whisper {name}",
        version=f"{name}-{file_bytes:x}",
        description=f"Whisper from the operator's folder {folder.name}",
        languages=("en",) if is_english else WITH_CANTONESE if "v3" in name else MULTILINGUAL,
        has_translation=not is_english,
        memory_bytes=file_bytes + 400 * MEBIBYTE,
    )
    return WhisperEngine(spec, folder=folder)


def build_engines() -> list[Model]:
    folders = [Path(folder) for folder in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if folder]
    return [
        WhisperEngine(WHISPER, weights="whisper-base"),
        _size("tiny.en", "Whisper tiny.en: English speech to text, twice as fast as base", mebibytes=350, languages=("en",)),
        _size("small", "Whisper small: speech to text in 99 languages, fewer errors than base", mebibytes=900),
        _size("medium", "Whisper medium: speech to text in 99 languages, fewer errors than small", mebibytes=2200),
        _size("large-v3", "Whisper large-v3: the fewest errors, in 100 languages", mebibytes=4000, languages=WITH_CANTONESE),
        _size("turbo", "Whisper large-v3 turbo: nearly as good and much faster", mebibytes=2300, languages=WITH_CANTONESE),
        *map(_of_folder, folders),
    ]
