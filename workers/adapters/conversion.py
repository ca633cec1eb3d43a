"""Base of engines that convert a recording to the voice of another one through an optional library."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from workers.adapters.library_model import LibraryModel
from workers.adapters.speech import to_samples
from workers.audio.encoding import Resampler, encode_file
from workers.audio.samples import Samples
from workers.audio.tempo import change_tempo
from workers.contract.conversion import CONVERSION_RATE
from workers.conversion.delivery import prosody_of
from workers.protocols.converter import ConversionOptions, Converter


class ReferenceConverter(LibraryModel, Converter):
    """Converts to `VoiceRef.conditioning`, a recording. Of the delivery only the tempo is followed. One stretch at a time."""

    def convert_file(self, model: Any, source: Path, *, reference: Path, tau: float | None) -> tuple[Any, int]:
        """Audio of a WAV file in the voice of another, as an array or tensor of any shape, and its sample rate in Hz.

        tau: strength of the target from 0 to 1, for a library that has such a parameter; None for the library's usual strength.
        """
        raise NotImplementedError

    def convert(self, samples: Samples, *, text: str, language: str, options: ConversionOptions) -> Samples:  # noqa: ARG002 - needs no words
        """Convert one stretch. Raises WorkError (unknown_voice, bad_audio, storage_unavailable)."""
        if self._model is None:
            raise RuntimeError("load() comes first")
        reference = self._references.path(options.voice)
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            encode_file(Path(file.name), [samples], audio_format="wav", input_rate=CONVERSION_RATE)
            with self._lock:
                made, sample_rate = self.convert_file(self._model, Path(file.name), reference=reference, tau=options.tau)
        resampler = Resampler(input_rate=sample_rate, output_rate=CONVERSION_RATE)
        converted = np.concatenate([resampler.feed(to_samples(made)), resampler.finish()])
        return change_tempo(converted, sample_rate=CONVERSION_RATE, tempo=prosody_of(options.delivery).tempo)
