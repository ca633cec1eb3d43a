"""Base of engines that convert a recording to the voice of another one through an optional library."""

import tempfile
import threading
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from workers.adapters.library import Library, Weights
from workers.adapters.references import ReferenceFiles
from workers.adapters.speech import to_samples
from workers.audio.encoding import Resampler, encode_file
from workers.audio.samples import Samples
from workers.audio.tempo import change_tempo
from workers.contract.conversion import CONVERSION_RATE
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.conversion.delivery import prosody_of
from workers.protocols.converter import ConversionOptions, Converter


class ReferenceConverter(Converter):
    """Converts to `VoiceRef.conditioning`, a recording. Of the delivery only the tempo is followed. One stretch at a time."""

    library: ClassVar[Library]
    weights: ClassVar[tuple[Weights, ...]]

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()
        self._references = ReferenceFiles()

    def open_model(self, folder: Path) -> Any:
        """Load the library's model from the folder of the weights."""
        raise NotImplementedError

    def convert_file(self, model: Any, source: Path, *, reference: Path) -> tuple[Any, int]:
        """Audio of a WAV file in the voice of another, as an array or tensor of any shape, and its sample rate in Hz."""
        raise NotImplementedError

    def find_obstacle(self) -> str:
        """Name the missing library or weights, and the command that helps. Loads nothing."""
        return self.library.find_obstacle() or next(filter(None, (one.find_obstacle() for one in self.weights)), "")

    def load(self) -> None:
        """Load library and weights. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        self.library.prepare()
        self._model = self.open_model(self.weights[0].path)

    def unload(self) -> None:
        self._model = None
        self._references.clear()

    def convert(self, samples: Samples, *, text: str, language: str, options: ConversionOptions) -> Samples:  # noqa: ARG002 - needs no words
        """Convert one stretch. Raises WorkError (unknown_voice, bad_audio, storage_unavailable)."""
        if self._model is None:
            raise RuntimeError("load() comes first")
        reference = self._references.path(options.voice)
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            encode_file(Path(file.name), [samples], audio_format="wav", input_rate=CONVERSION_RATE)
            with self._lock:
                made, sample_rate = self.convert_file(self._model, Path(file.name), reference=reference)
        resampler = Resampler(input_rate=sample_rate, output_rate=CONVERSION_RATE)
        converted = np.concatenate([resampler.feed(to_samples(made)), resampler.finish()])
        return change_tempo(converted, sample_rate=CONVERSION_RATE, tempo=prosody_of(options.delivery).tempo)
