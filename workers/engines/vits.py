"""VITS voices from the operator's folder, in Piper's or sherpa-onnx's layout: TTSAI_VITS_FOLDER, otherwise `vits` beside the other
weights.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec
from workers.contract.errors import WorkError
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.tags import primary_tag
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine, find_built_in
from workers.text.g2p.espeak import find_espeak_obstacle
from workers.vits.folder import find_voices
from workers.vits.model import VitsModel
from workers.vits.speaking import VitsSpeaker, speak_with, speakers_of, split_for_vits
from workers.weights.store import WeightStore

FOLDER_VARIABLE = "TTSAI_VITS_FOLDER"
MODEL_BYTES = 160 * 1024**2
"""Measured memory: a 60 MB model and a sentence of 300 characters in flight."""

EMPTY_SPEC = EngineSpec(
    id="vits",
    name="VITS",
    version="2",
    description="VITS voices that the operator added, piper's or sherpa-onnx's",
    licence="each voice's own",
    suggested_tier="free",
    minimum_speed=0.25,
    maximum_speed=4.0,
    has_streaming=True,
    has_word_timings=True,
)


class VitsEngine(Engine):
    """All voices of one folder; a voice's model is loaded at its first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._speakers: dict[str, VitsSpeaker] = {}
        self._models: dict[Path, VitsModel] = {}
        self._lock = Lock()
        self.spec = EMPTY_SPEC
        self._obstacle = ""
        if folder.is_dir():
            self._scan_folder()

    def _scan_folder(self) -> None:
        try:
            voices = find_voices(self._folder)
        except WorkError as error:
            self._obstacle = error.message
            return
        for voice in voices:
            name = voice.name if voice.name != "model" else voice.model.parent.name
            self._speakers |= {speaker.id: speaker for speaker in speakers_of(voice, voice_id=name, name=name)}
        specs = tuple(speaker.spec for speaker in self._speakers.values())
        if specs:
            self.spec = replace(
                EMPTY_SPEC,
                languages=tuple(sorted({primary_tag(spec.language) for spec in specs})),
                voices=specs,
                default_voice=specs[0].id,
                sample_rate=next(iter(self._speakers.values())).voice.sample_rate,
                memory_bytes=MODEL_BYTES * len(voices),
            )

    def find_obstacle(self) -> str:
        """Reason why no voice is available."""
        if self._obstacle:
            return self._obstacle
        return "" if self._speakers else f"There is no VITS voice in {self._folder}: put piper or sherpa-onnx folders there."

    def find_missing_languages(self) -> Mapping[str, str]:
        """Languages of the voices for which eSpeak NG gives no phonemes here."""
        espeak_voices = {primary_tag(speaker.voice.language): speaker.voice.espeak_voice for speaker in self._speakers.values()}
        return {language: obstacle for language, name in espeak_voices.items() if name and (obstacle := find_espeak_obstacle(name))}

    def load(self) -> None:
        """Load nothing: voices are loaded at their first use, since a folder may hold dozens."""

    def unload(self) -> None:
        with self._lock:
            self._models.clear()

    def split(self, text: str, *, language: str) -> list[Sentence]:  # noqa: ARG002 - the protocol's
        """Split into sentences of a length that VITS speaks well."""
        return split_for_vits(text)

    def speak(
        self,
        text: str,
        *,
        voice: VoiceRef,
        language: str,  # noqa: ARG002 - a voice has one
        speed: float,
        phonemes: Sequence[GivenPhonemes] = (),
    ) -> SynthesisedAudio:
        """Synthesise one sentence. Raises WorkError (unknown_voice, nothing_to_say, engine_unavailable)."""
        find_built_in(self.spec, voice, language="")
        speaker = self._speakers[voice.id]
        return speak_with(self._model(speaker), speaker, text=text, speed=speed, phonemes=phonemes)

    def _model(self, speaker: VitsSpeaker) -> VitsModel:
        path = speaker.voice.model
        with self._lock:
            if path not in self._models:
                self._models[path] = VitsModel(speaker.voice)
            return self._models[path]


def build_engines() -> list[Engine]:
    folder = os.environ.get(FOLDER_VARIABLE)
    return [VitsEngine(Path(folder) if folder else WeightStore.default().root / "vits")]
