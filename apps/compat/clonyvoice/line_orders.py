"""Lines and orders from the bodies of requests."""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from apps.accounts.callers import Caller
from apps.cache.tickets import CacheUse
from apps.catalog.mix_syntax import voice_names
from apps.catalog.selectors import list_tts_models
from apps.catalog.voices import find_own_voice
from apps.core.errors import ApplicationError, InvalidRequestError, NotFoundError
from apps.projects.limits import check_size
from apps.projects.models import Line
from apps.projects.sentences import split_sentences
from apps.projects.services.planning import RenderOrder
from apps.speech.text_preparation import parse_text


@contextlib.contextmanager
def naming_voice(param: str = "voice_id") -> Iterator[None]:
    """Let errors about a voice name the field that this API has for it."""
    try:
        yield
    except ApplicationError as error:
        if error.param == "voice":
            error.param = param
        raise


def check_own_voice(caller: Caller, voice_id: str) -> str:
    """Model of one of the account's own voices. 404 voice_not_found for any other, built-in ones too."""
    with naming_voice():
        own = find_own_voice(caller, voice_id)
    if own is None:
        message = (
            f"There is no voice {voice_id[:100]!r} in your account. GET /api/voices lists yours; /api/generate/preset takes built-in ones."
        )
        raise NotFoundError(message, code="voice_not_found", param="voice_id")
    return own.ref.engine


def check_built_in_voice(caller: Caller, voice_id: str, *, has_model: bool) -> None:
    """Raise 404 voice_not_found for a voice of the account, and for a mix with one; 400 invalid_mix.

    has_model: the request names the model, which then says which names it knows: one that stands for another takes those of the other.
    """
    engines = list_tts_models(caller.plan)
    if any(engine.find_voice(voice_id) for engine in engines):
        return
    with naming_voice():
        names = voice_names(voice_id)
    for name in names:
        is_built_in = any(engine.find_voice(name) for engine in engines)
        if not is_built_in and (not has_model or _is_own_voice(caller, name)):
            message = f"There is no built-in voice {name[:100]!r}. GET /api/voices?type=preset lists them; /api/generate/clone takes yours."
            raise NotFoundError(message, code="voice_not_found", param="voice_id")


def _is_own_voice(caller: Caller, voice_id: str) -> bool:
    try:
        return find_own_voice(caller, voice_id) is not None
    except ApplicationError:  # one that must not speak
        return True


def check_voice(caller: Caller, voice_id: str, *, param: str = "voice_id") -> None:
    """Raise 404 voice_not_found for a name that is no voice of a model or of the account, and no mix."""
    is_mix = any(sign in voice_id for sign in "+(:")  # resolved with the text, which tells what is wrong with it
    with naming_voice(param):
        if is_mix or any(engine.find_voice(voice_id) for engine in list_tts_models(caller.plan)) or find_own_voice(caller, voice_id):
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
