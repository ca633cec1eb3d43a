"""Voices of engines as messages carry them."""

from collections.abc import Sequence
from typing import Any

from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.voices import VoiceRef
from workers.protocols.engine import Engine
from workers.text.script import Request
from workers.text.voice_choice import VoiceAssigner, choose_text_voice


def voice_ref(engine: Engine, voice_id: str) -> VoiceRef:
    """The engine's voice of this id; one that it does not have is made up, for tests of the refusal."""
    found = next((voice for voice in engine.spec.voices if voice.id == voice_id), None)
    return engine.spec.voice_ref(found) if found else VoiceRef(voice_id, engine=engine.spec.id)


def settled_text(
    segments: Sequence[Segment], *, engine: Engine, voice: str, language: str = "", **options: Any
) -> tuple[tuple[Segment, ...], Request]:
    """A text as a worker gets it: its segments, and the request with the voice and language that the platform chose."""
    voices = tuple(map(engine.spec.voice_ref, engine.spec.voices))
    text = "".join(segment.text for segment in segments)
    speaker = choose_text_voice(text, chosen=voice_ref(engine, voice), language=language, languages=engine.spec.languages, voices=voices)
    named = {segment.voice: voice_ref(engine, segment.voice) for segment in segments if segment.voice}
    work = SpeakWork(engine.spec.id, speaker.voice, segments=tuple(segments))
    spoken = VoiceAssigner(speaker, voices=voices, named=named).assign(work)
    return spoken.segments, Request(speaker.voice, speaker.language, spoken.voices, **options)
