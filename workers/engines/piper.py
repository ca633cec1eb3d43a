"""Piper's voice "joe" (MIT), synthesised by our own VITS runtime: no GPL code in this process, phonemes come from a child process."""

from collections.abc import Sequence

from workers.audio.samples import SynthesisedAudio
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine, find_built_in
from workers.text.g2p.espeak import find_espeak_obstacle
from workers.vits.folder import read_piper
from workers.vits.model import VitsModel
from workers.vits.speaking import VitsSpeaker, speak_with, split_for_vits
from workers.weights.store import WeightsMissingError, WeightStore

WEIGHTS = "piper"
MODEL_FILE = "en_US-joe-medium.onnx"
ESPEAK_VOICE = "en-us"
JOE = VoiceSpec("joe", "Joe", "en-us", "male", "American English, male", ("american",))
MODEL_BYTES = 160 * 1024**2


class PiperEngine(Engine):
    """One piper voice."""

    spec = EngineSpec(
        id="piper",
        name="Piper",
        version="joe-medium-2",
        description="A light and fast VITS voice of the piper project",
        licence="MIT",
        suggested_tier="free",
        languages=("en",),
        voices=(JOE,),
        default_voice=JOE.id,
        sample_rate=22_050,
        minimum_speed=0.25,
        maximum_speed=4.0,
        has_streaming=True,
        has_word_timings=True,
        memory_bytes=MODEL_BYTES,
    )

    def __init__(self) -> None:
        self._speaker: VitsSpeaker | None = None
        self._model: VitsModel | None = None

    def find_obstacle(self) -> str:
        """Name the missing weights or phonemiser, without loading weights."""
        store = WeightStore.default()
        try:
            for name in (MODEL_FILE, f"{MODEL_FILE}.json"):
                store.path(WEIGHTS, name)
        except WeightsMissingError as missing:
            return missing.message
        return find_espeak_obstacle(ESPEAK_VOICE)

    def load(self) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        store = WeightStore.default()
        voice = read_piper(store.path(WEIGHTS, MODEL_FILE), store.path(WEIGHTS, f"{MODEL_FILE}.json"))
        self._model = VitsModel(voice)
        self._speaker = VitsSpeaker(JOE, voice)

    def unload(self) -> None:
        self._model = None

    def split(self, text: str, *, language: str) -> list[Sentence]:  # noqa: ARG002 - the protocol's
        """Split into sentences of a length that VITS speaks well."""
        return split_for_vits(text)

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        """Synthesise one sentence. Raises WorkError (unknown_voice, unsupported_language, nothing_to_say)."""
        if self._model is None or self._speaker is None:
            raise RuntimeError("load() comes first")
        find_built_in(self.spec, voice, language=language)
        return speak_with(self._model, self._speaker, text=text, speed=speed, phonemes=phonemes)


def build_engines() -> list[Engine]:
    return [PiperEngine()]
