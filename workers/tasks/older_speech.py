"""`speak` work of versions before VoiceRef, which named voices by id and left language and voice to the worker.

Jobs that were accepted before an upgrade are spoken after it. Can go once no such job is left.
"""

from collections.abc import Mapping
from typing import Any

from workers.contract.engines import EngineSpec
from workers.contract.errors import UNKNOWN_VOICE, WorkError
from workers.contract.messages import SpeakWork
from workers.contract.voices import GENDERS, VoiceRef
from workers.text.voice_choice import VoiceAssigner, choose_text_voice


def is_older_work(work: Mapping[str, Any]) -> bool:
    """True for work whose voice is an id."""
    return isinstance(work.get("voice"), str)


def upgrade_work(work: Mapping[str, Any], *, spec: EngineSpec) -> dict[str, Any]:
    """The same work as a SpeakWork of today. Raises WorkError (unknown_voice)."""
    voices = _Voices(spec)
    older = SpeakWork.from_dict({**work, "voice": None, "voices": ()})
    chosen = voices.find(work["voice"]) if work["voice"] else None
    changes = (
        _script_voices(work, chosen=chosen, voices=voices)
        if older.script
        else _text_voices(work, older=older, chosen=chosen, voices=voices)
    )
    return {**older.to_dict(), **changes}


class _Voices:
    """The built-in voices of an engine, as VoiceRefs."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.by_id: Mapping[str, VoiceRef] = {voice.id: spec.voice_ref(voice) for voice in spec.voices}
        self.default_first = sorted(self.by_id.values(), key=lambda voice: voice.id != spec.default_voice)

    def find(self, voice_id: str) -> VoiceRef:
        """The voice with the id. Raises WorkError (unknown_voice)."""
        if voice_id not in self.by_id:
            raise WorkError(UNKNOWN_VOICE, f"{self.spec.name} has no voice {voice_id!r}.")
        return self.by_id[voice_id]


def _script_voices(work: Mapping[str, Any], *, chosen: VoiceRef | None, voices: _Voices) -> dict[str, Any]:
    """Voices of a translation, by gender, or of an answer in an unknown language."""
    by_gender: Mapping[str, str] = work.get("voices") or {}
    named = [voices.find(by_gender[gender]) for gender in GENDERS if gender in by_gender]
    voice = chosen or (None if named else voices.default_first[0])
    table = dict.fromkeys([*named, *voices.default_first])
    return {"voice": voice.to_dict() if voice else None, "voices": [one.to_dict() for one in table]}


def _text_voices(work: Mapping[str, Any], *, older: SpeakWork, chosen: VoiceRef | None, voices: _Voices) -> dict[str, Any]:
    """Voices and language of a text that the request brought."""
    text = work.get("sample") or older.spoken_text
    spoken_by = choose_text_voice(
        text, chosen=chosen, language=older.language, languages=voices.spec.languages, voices=voices.default_first
    )
    named = {segment.voice: voices.find(segment.voice) for segment in older.segments if segment.voice}
    settled = VoiceAssigner(spoken_by, voices=voices.default_first, named=named).assign(older)
    return {
        "voice": spoken_by.voice.to_dict(),
        "language": spoken_by.language,
        "is_language_detected": spoken_by.is_detected,
        "segments": [segment.to_dict() for segment in settled.segments],
        "voices": [voice.to_dict() for voice in settled.voices],
    }
