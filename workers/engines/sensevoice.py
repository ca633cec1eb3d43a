"""SenseVoice small on ONNX Runtime: from its weight set, or a folder exported by sherpa-onnx (TTSAI_SENSEVOICE_FOLDER)."""

import importlib.util
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, UNKNOWN_ENGINE, WorkError
from workers.contract.transcription import TranscriptSegment, TranscriptWord
from workers.protocols.engine import Model
from workers.protocols.recogniser import Recogniser, RecognitionOptions, RecognitionResult, check_language
from workers.recognition.diarize.weights import with_available_diarization
from workers.recognition.hallucination_filter import compression_ratio
from workers.recognition.segmentation import TimedWord, split_words, text_of
from workers.recognition.sensevoice.decoding import DecodedWindow, decode_frames, read_tokens
from workers.recognition.sensevoice.features import STEP_SAMPLES, filter_banks, stack_frames
from workers.recognition.vad import find_detector_obstacle
from workers.weights.store import WeightsMissingError, WeightStore

FOLDER_VARIABLE: Final = "TTSAI_SENSEVOICE_FOLDER"
WEIGHTS: Final = "sensevoice"
MODEL_NAMES: Final = ("model.int8.onnx", "model.onnx")
TOKENS_NAME: Final = "tokens.txt"
INPUTS: Final = ("x", "x_length", "language", "text_norm")
METADATA: Final = ("lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev", "lang_auto", "with_itn")
"""Keys of the metadata that sherpa-onnx writes into the model and this module reads."""
DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class _Loaded:
    session: Any
    """Called by several threads at once: each call computes in its caller's thread."""
    tokens: Mapping[int, str]
    metadata: Mapping[str, str]
    shift: Any
    """Added to the features, which are then multiplied by `scale`: [window * 80]."""
    scale: Any


class SenseVoiceEngine(Recogniser):
    """Chinese, Cantonese, English, Japanese and Korean in one pass, many times faster than Whisper."""

    window_seconds = 30.0
    batch_windows = 1

    spec = EngineSpec(
        id="sensevoice",
        name="SenseVoice",
        version="small-1",
        kind="stt",
        description="SenseVoice small: speech to text in Chinese, Cantonese, English, Japanese and Korean, very fast",
        licence="FunASR Model License 1.1",
        suggested_tier="standard",
        languages=("en", "ja", "ko", "yue", "zh"),
        sample_rate=RECOGNITION_SAMPLE_RATE,
        has_word_timings=True,
        has_diarization=True,
        memory_bytes=700 << 20,
    )

    def __init__(self, folder: Path | None) -> None:
        """folder: the operator's; by default that of the weight set."""
        self.spec = with_available_diarization(self.spec)
        self._folder = folder
        self._loaded: _Loaded | None = None

    def find_obstacle(self) -> str:
        """Name the missing libraries or weights, without loading anything."""
        missing = [name for name in ("onnxruntime", "kaldi_native_fbank") if importlib.util.find_spec(name) is None]
        if missing:
            return f"SenseVoice needs {', '.join(missing)}: install requirements/worker-cpu.txt."
        try:
            self._files()
        except WeightsMissingError as error:
            return error.message
        return find_detector_obstacle()

    def load(self) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        model, tokens = self._files()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            metadata = session.get_modelmeta().custom_metadata_map
            shift, scale = (np.array(metadata.get(name, "").split(","), np.float32) for name in ("neg_mean", "inv_stddev"))
            names = read_tokens(tokens)
        except (RuntimeError, ValueError, OSError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"SenseVoice cannot be loaded from {model.parent}: {error}") from error
        lacking = [name for name in METADATA if name not in metadata]
        if lacking or [one.name for one in session.get_inputs()] != list(INPUTS):
            raise WorkError(
                ENGINE_UNAVAILABLE, f"{model} is no SenseVoice as sherpa-onnx exports it: {', '.join(lacking) or 'other inputs'}."
            )
        self._loaded = _Loaded(session, names, metadata, shift, scale)

    def unload(self) -> None:
        self._loaded = None

    def transcribe(self, windows: Sequence[Samples], *, options: RecognitionOptions) -> list[RecognitionResult]:
        """Transcribe windows of up to 30 s; prompt, hotwords and temperature are ignored. Raises WorkError (unsupported_language)."""
        language = check_language(self.spec, options.language)
        if options.is_translation:
            raise WorkError(UNKNOWN_ENGINE, "SenseVoice does not translate.")
        decoded = [self._decode_window(window, language=language) for window in windows]
        return [RecognitionResult(language or one.language, _segments(one)) for one in decoded]

    def find_language(self, windows: Sequence[Samples]) -> str:
        """Language of most windows; empty if there is no speech."""
        found = Counter(language for window in windows if (language := self._decode_window(window, language="").language))
        return found.most_common(1)[0][0] if found else ""

    def align(self, samples: Samples, *, text: str, language: str) -> tuple[TranscriptWord, ...]:  # noqa: ARG002 - the protocol's
        """Refuse: the model cannot align a given text. Raises WorkError (unknown_engine)."""
        raise WorkError(UNKNOWN_ENGINE, "SenseVoice does not align known text; Whisper does.")

    def _decode_window(self, window: Samples, *, language: str) -> DecodedWindow:
        loaded = self._loaded
        if loaded is None:
            raise RuntimeError("load() comes first")
        size, step = int(loaded.metadata["lfr_window_size"]), int(loaded.metadata["lfr_window_shift"])
        features = stack_frames(filter_banks(window), size=size, step=step)
        if not len(features):
            return DecodedWindow("", (), 0.0)
        inputs = {
            "x": ((features + loaded.shift) * loaded.scale)[None].astype(np.float32),
            "x_length": np.array([len(features)], np.int32),
            "language": np.array([int(loaded.metadata.get(f"lang_{language or 'auto'}", loaded.metadata["lang_auto"]))], np.int32),
            "text_norm": np.array([int(loaded.metadata["with_itn"])], np.int32),
        }
        logits = np.asarray(loaded.session.run(None, inputs)[0][0], np.float32)
        return decode_frames(logits, tokens=loaded.tokens, frame_seconds=step * STEP_SAMPLES / RECOGNITION_SAMPLE_RATE)

    def _files(self) -> tuple[Path, Path]:
        """Paths of the model and its tokens. Raises WeightsMissingError."""
        if self._folder is None:
            store = WeightStore.default()
            return store.path(WEIGHTS, MODEL_NAMES[0]), store.path(WEIGHTS, TOKENS_NAME)
        model = next((path for name in MODEL_NAMES if (path := self._folder / name).is_file()), None)
        if model is None or not (self._folder / TOKENS_NAME).is_file():
            raise WeightsMissingError(f"{self._folder} has no {MODEL_NAMES[0]} and {TOKENS_NAME} as sherpa-onnx makes them.")
        return model, self._folder / TOKENS_NAME


def _segments(decoded: DecodedWindow) -> tuple[TranscriptSegment, ...]:
    if not decoded.language:
        return ()
    return tuple(_segment(group, decoded=decoded) for group in split_words(decoded.words) if text_of(group))


def _segment(words: Sequence[TimedWord], *, decoded: DecodedWindow) -> TranscriptSegment:
    timed = tuple(
        TranscriptWord(word.text.strip(), round(word.start, DECIMALS), round(word.end, DECIMALS), round(word.probability, 4))
        for word in words
    )
    return TranscriptSegment(
        start=timed[0].start,
        end=timed[-1].end,
        text=text_of(words),
        words=timed,
        average_log_probability=round(decoded.average_log_probability, 4),
        compression_ratio=round(compression_ratio(text_of(words)), 4),
        tokens=tuple(token for word in words for token in word.tokens),
    )


def build_engines() -> list[Model]:
    folder = os.environ.get(FOLDER_VARIABLE)
    return [SenseVoiceEngine(Path(folder) if folder else None)]
