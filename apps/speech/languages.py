"""Texts in a language that the chosen model does not speak: another model is used, the request is refused, or a warning is given."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow, VoiceRow
from apps.catalog.selectors import find_model, list_tts_models
from apps.core.errors import InvalidRequestError
from workers.contract.tags import primary_tag
from workers.text.cldr import LANGUAGE_NAMES
from workers.text.markup.document import Document
from workers.text.unsupported_language import UnsupportedLanguage, find_unsupported_language, has_readable_word


@dataclass(frozen=True, slots=True)
class TextModel:
    """Model chosen for a text."""

    engine: EngineRow
    language: str = ""
    """Primary tag of the text, if it required another model; the voice must speak it."""
    warnings: tuple[str, ...] = ()


def choose_text_model(document: Document, *, engine: EngineRow, plan: Plan, voice: str, language: str, is_model_open: bool) -> TextModel:
    """Choose the engine, or a model that speaks the text's languages if the engine does not and the caller did not choose it.

    engine: model of the request. voice, language: of the request, empty if missing. is_model_open: the request names neither model nor
    voice. A stand-in may be replaced by another stand-in of the same model too.
    """
    if not engine.spec.languages:
        return TextModel(engine)
    needed = [primary_tag(tag) for tag in (language, *document.languages) if tag]
    found = None if language else find_unsupported_language(untagged_text(document), spoken=engine.spec.languages)
    if found is not None and found.is_likely:
        needed.append(found.language)
    missing = [tag for tag in needed if tag not in engine.spec.languages]
    if not missing:
        return TextModel(engine)
    candidates = list_tts_models(plan) if is_model_open else []
    if engine.stand_in is not None:
        candidates = [find_model(engine.requested_id, plan=plan, voice=voice, language=missing[-1])]
    other = next((one for one in candidates if set(needed) <= set(one.spec.languages)), None)
    if other is None:
        return TextModel(engine)
    warning = f"model: {other.id} speaks, as the text is in {language_label(missing[-1])}, which {engine.id} does not speak."
    return TextModel(other, missing[-1], (warning,))


def check_language(document: Document, *, engine: EngineRow, plan: Plan, language: str, param: str) -> None:
    """Raise 400 unsupported_language for a text that the model would read as gibberish or silence.

    language: of the request; if given, only a text without a readable word is refused.
    """
    if not has_readable_word(document.written, spoken=engine.spec.languages) and not _is_spelled(document):
        found = find_unsupported_language(document.written, spoken=engine.spec.languages)
    else:
        found = None if language else find_unsupported_language(untagged_text(document), spoken=engine.spec.languages)
    if found is not None and found.is_sure:
        what = f"The text is in {language_label(found.language)}, which the model {engine.id!r} does not speak."
        who = _models_that_speak(found.language, engine=engine, plan=plan)
        advice = "" if language else "If it is in another language, send that as `language`."
        raise InvalidRequestError(f"{what} {who} {advice}".rstrip(), code="unsupported_language", param=param)


def language_warnings(document: Document, *, engine: EngineRow) -> list[str]:
    """Warnings about text that seems to be in a language that the model does not speak, if the request names no language."""
    found = find_unsupported_language(untagged_text(document), spoken=engine.spec.languages)
    return [_warning(found, engine=engine)] if found is not None else []


def unsupported_language(tag: str, *, engine: EngineRow, plan: Plan, param: str) -> InvalidRequestError:
    """Error for a language named in the request."""
    reason = engine.spec.missing_languages.get(primary_tag(tag), "")
    who = _models_that_speak(primary_tag(tag), engine=engine, plan=plan)
    return InvalidRequestError(
        f"The model {engine.id!r} does not speak {tag!r}. {who} {reason}".rstrip(), code="unsupported_language", param=param
    )


def untagged_text(document: Document) -> str:
    """Plain text without the segments whose language the markup names."""
    return "\n".join(segment.text for segment in document.segments if segment.kind == "text" and not segment.language)


def language_label(language: str) -> str:
    """`German (de)`."""
    return f"{LANGUAGE_NAMES[language]} ({language})" if language in LANGUAGE_NAMES else repr(language)


def _warning(found: UnsupportedLanguage, *, engine: EngineRow) -> str:
    return (
        f"language: some of the text seems to be in {language_label(found.language)}, which {engine.id} does not speak and cannot say well; "
        "`language` says what it is in."
    )


def _models_that_speak(language: str, *, engine: EngineRow, plan: Plan) -> str:
    spoken = f"It speaks: {', '.join(engine.spec.languages)}."
    others = [other.id for other in list_tts_models(plan) if language in _languages(other.voices.values())]
    return f"{spoken} Models that speak {language!r}: {', '.join(others)}." if others else f"{spoken} No model here speaks {language!r}."


def _languages(voices: Collection[VoiceRow]) -> set[str]:
    return {primary_tag(voice.language) for voice in voices}


def _is_spelled(document: Document) -> bool:
    """True if the markup gives the pronunciation of a text, whatever its script."""
    return any(segment.alias or segment.phonemes for segment in document.segments)
