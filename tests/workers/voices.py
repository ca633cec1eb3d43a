"""Voices of engines as messages carry them."""

from workers.contract.engines import EngineSpec
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine


def voice_ref(engine: Engine, voice_id: str) -> VoiceRef:
    """The engine's voice of this id; one that it does not have is made up, for tests of the refusal."""
    spec: EngineSpec = engine.spec
    found = next((voice for voice in spec.voices if voice.id == voice_id), None)
    return spec.voice_ref(found) if found else VoiceRef(voice_id, engine=spec.id)
