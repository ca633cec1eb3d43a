"""Lines and orders from the bodies of requests."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from apps.accounts.callers import Caller
from apps.cache.tickets import CacheUse
from apps.catalog.mix_syntax import looks_like_mix, voice_names
from apps.catalog.voices import find_speaker, naming_voice
from apps.core.errors import ApplicationError, InvalidRequestError, NotFoundError
from apps.projects.limits import check_size
from apps.projects.models import Line
from apps.projects.sentences import split_sentences
from apps.projects.services.planning import RenderOrder
from apps.speech.text_preparation import parse_text


def check_own_voice(caller: Caller, voice_id: str) -> str:
    """Model of one of the account's own voices. 404 voice_not_found for any other, built-in ones too."""
    with naming_voice("voice_id"):
        speaker = find_speaker(caller, voice_id)
    if speaker is None or speaker.own is None:
        message = (
            f"There is no voice {voice_id[:100]!r} in your account. GET /api/voices lists yours; /api/generate/preset takes built-in ones."
        )
        raise NotFoundError(message, code="voice_not_found", param="voice_id")
    return speaker.voice.engine


def check_built_in_voice(caller: Caller, voice_id: str, *, has_model: bool) -> None:
    """Raise 404 voice_not_found for a voice of the account, and for a mix with one; 400 invalid_mix.

    has_model: the request names the model, which then says which names it knows: one that stands for another takes those of the other.
    """
    if _is_built_in(caller, voice_id, default=False):
        return
    with naming_voice("voice_id"):
        names = voice_names(voice_id)
    for name in names:
        if not _is_built_in(caller, name, default=has_model):
            message = f"There is no built-in voice {name[:100]!r}. GET /api/voices?type=preset lists them; /api/generate/clone takes yours."
            raise NotFoundError(message, code="voice_not_found", param="voice_id")


def _is_built_in(caller: Caller, name: str, *, default: bool) -> bool:
    """True for a built-in voice, False for one of the account. default: for any other name."""
    try:
        speaker = find_speaker(caller, name)
    except ApplicationError:  # a voice of the account that must not speak
        return False
    return speaker.own is None if speaker else default


def check_voice(caller: Caller, voice_id: str, *, param: str = "voice_id") -> None:
    """Raise 404 voice_not_found for a name that is no voice of a model or of the account, and no mix: the text's plan checks that."""
    with naming_voice(param):
        if looks_like_mix(voice_id) or find_speaker(caller, voice_id):
            return
    message = f"There is no voice {voice_id[:100]!r} here or in your account. GET /api/voices lists all."
    raise NotFoundError(message, code="voice_not_found", param=param)


def sentence_lines(caller: Caller, body: Mapping[str, Any]) -> list[Line]:
    """One line for each sentence of the text. 400 not_supported for markup, which a cut could break."""
    check_size(caller.plan, [body["text"]], param="text")
    document = parse_text(body["text"], param="text")
    if document.is_markup:
        message = "A text with markup is not cut into sentences. Send its pieces to /api/generate/clone-chunked-multivoice."
        raise InvalidRequestError(message, code="not_supported", param="text")
    sentences = split_sentences(document.written, longest=body["max_characters"])
    if not sentences:
        raise InvalidRequestError("The text contains nothing to speak.", code="blank", param="text")
    voice, language, speed = body["voice_id"], body["language"], body["speed"]
    return [Line(position=number, text=text, voice=voice, language=language, speed=speed) for number, text in enumerate(sentences)]


def chunk_lines(chunks: Sequence[Mapping[str, Any]], *, voice: str, language: str = "") -> list[Line]:
    """One line for each chunk of a request; voice and language: of chunks that name none."""
    lines = []
    for number, chunk in enumerate(chunks):
        spoken_by = chunk.get("voice_id") or voice
        if not spoken_by:
            message = f"chunks[{number}] names no voice. Send voice_id with it, or one for all chunks."
            raise InvalidRequestError(message, code="required", param=f"chunks[{number}].voice_id")
        line = Line(
            position=number,
            text=chunk["text"],
            voice=spoken_by,
            language=chunk["language"] or language,
            speed=chunk["speed"],
            pause_ms=chunk["pause_ms"],
        )
        lines.append(line)
    return lines


def check_line_voices(caller: Caller, lines: Sequence[Line], *, param: str, known: Collection[str] = ()) -> None:
    """Raise 404 voice_not_found for the first line whose voice does not exist. known: voices that are not checked again."""
    first: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line.voice and line.voice not in known:
            first.setdefault(line.voice, number)
    for voice, number in first.items():
        check_voice(caller, voice, param=f"{param}[{number}].voice_id")


def render_order(
    body: Mapping[str, Any], *, is_awaited: bool, cache: CacheUse = CacheUse.NORMAL, title: str = "", param: str = "chunks"
) -> RenderOrder:
    """Order for a valid body with the settings of a file."""
    return RenderOrder(
        format=body["format"],
        bitrate=1000 * body.get("bitrate", 0),
        sample_rate=body.get("sample_rate", 0),
        pause_ms=body["pause_ms"],
        crossfade_ms=body["crossfade_ms"],
        title=title,
        is_awaited=is_awaited,
        cache=cache,
        param=param,
    )
