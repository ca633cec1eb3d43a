"""The work of a `speak` part, ready to be spoken: with the text that an earlier part of the job wrote, and a voice that speaks it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workers.contract.engines import EngineSpec
from workers.contract.errors import UNSUPPORTED_LANGUAGE, WorkError
from workers.contract.messages import SpeakWork
from workers.contract.transcription import ScriptDocument
from workers.contract.voices import GENDERS
from workers.storage import Storage
from workers.tasks.older_speech import is_older_work, upgrade_work
from workers.tasks.results import read_document
from workers.text.cldr import LANGUAGE_NAMES
from workers.text.language import detect_language
from workers.text.unsupported_language import find_unsupported_language
from workers.text.voice_choice import pick_voice, speaking_voice, with_region


def read_speak_work(work: Mapping[str, Any], *, spec: EngineSpec, storage: Storage) -> SpeakWork:
    """The work with its text, language and voice. Raises WorkError (unknown_voice, unsupported_language)."""
    if is_older_work(work):
        work = upgrade_work(work, spec=spec)
    read = SpeakWork.from_dict(work)
    if read.script is None:
        return read
    return _with_script(read, document=read_document(read.script, ScriptDocument, storage=storage), spec=spec)


def _with_script(work: SpeakWork, *, document: ScriptDocument, spec: EngineSpec) -> SpeakWork:
    """The work with its share of the script, in the script's language and, where the work leaves the choice, its speaker's gender."""
    text = document.shares[work.share] if work.share < len(document.shares) else ""
    language = work.language
    if not language and spec.languages:  # an answer may be in another language than the question
        _check_spoken(document.text, spec=spec)
        usual = document.target_language or (work.voice.language if work.voice else "")
        language = detect_language(document.text, among=spec.languages, preferred=usual)
    chosen = work.voice or pick_voice(work.voices, language=language, genders=(document.gender, *GENDERS))
    voice = speaking_voice(chosen, language=language, voices=work.voices) if chosen else None
    language = with_region(language, own=voice.language) if voice else language
    return replace(work, text=text, segments=(), voice=voice, language=language)


def _check_spoken(text: str, *, spec: EngineSpec) -> None:
    """Raises WorkError (unsupported_language) for a text that is beyond doubt in a language that the engine does not speak."""
    found = find_unsupported_language(text, spoken=spec.languages)
    if found is not None and found.is_sure:
        name = LANGUAGE_NAMES.get(found.language, found.language)
        message = f"The text is in {name} ({found.language}), which {spec.name} does not speak. Choose a model that does."
        raise WorkError(UNSUPPORTED_LANGUAGE, message)
