"""Voices of engines as messages carry them."""

from typing import Any

from workers.contract.messages import SpeakWork
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine
from workers.text.markup.document import Document
from workers.text.voice_choice import VoiceAssigner, choose_text_voice


def voice_ref(engine: Engine, voice_id: str) -> VoiceRef:
    """The engine's voice of this id; one that it does not have is made up, for tests of the refusal."""
    found = next((voice for voice in engine.spec.voices if voice.id == voice_id), None)
    return engine.spec.voice_ref(found) if found else VoiceRef(voice_id, engine=engine.spec.id)


def settled_work(document: Document, *, engine: Engine, voice: str, language: str = "", **options: Any) -> SpeakWork:
    """The work of a text as a worker gets it: with the voices and the language that the platform chose. options: other fields."""
    voices = tuple(map(engine.spec.voice_ref, engine.spec.voices))
    chosen = voice_ref(engine, voice)
    speaker = choose_text_voice(document.written, chosen=chosen, language=language, languages=engine.spec.languages, voices=voices)
    named = {segment.voice: voice_ref(engine, segment.voice) for segment in document.segments if segment.voice}
    segments = document.segments if document.is_markup else ()
    work = SpeakWork(engine.spec.id, speaker.voice, document.written, speaker.language, segments=segments, **options)
    return VoiceAssigner(speaker, voices=voices, named=named).assign(work)
