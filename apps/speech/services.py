"""Speech requests: from a text to a queued job."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

from apps.accounts.callers import Caller
from apps.billing.prices import characters_price_millicredits
from apps.catalog.catalogue import EngineRow
from apps.catalog.limits import longest_text
from apps.catalog.selectors import find_model, substitution_warnings
from apps.catalog.voices import SAMPLE_CHARACTERS, VoiceModel, choose_voice_model, resolve_text_voice
from apps.core.errors import InvalidRequestError
from apps.jobs.plans import AudioSettings, PartPlan, with_join
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from apps.speech.caching import issue_speech_ticket, sentence_caching
from apps.speech.chapters import Book, plan_chapters
from apps.speech.cues import cut_cues
from apps.speech.kinds import SPEECH, RequestedSpeech, SpeechParams
from apps.speech.languages import (
    TextModel,
    check_language,
    choose_text_model,
    language_warnings,
    unsupported_language,
)
from apps.speech.speaking_style import instruction_warnings, read_instructions
from apps.speech.speech_settings import SpeechSettings
from apps.speech.text_preparation import check_say_as, cut_text, parse_text, plain_document, read_rules, resolve_markup_voices
from workers.contract.chapters import MARKS
from workers.contract.dubbing import CUES
from workers.contract.formats import DOCUMENT, FORMATS
from workers.contract.markup import PronunciationRule
from workers.contract.messages import SpeakWork
from workers.contract.outputs import OutputSpec, audio_outputs
from workers.contract.tags import is_tag, primary_tag, requested_tag
from workers.contract.voices import VoiceRef
from workers.documents import TextFile
from workers.text.markup.document import Document
from workers.text.markup.scan import is_markup
from workers.text.voice_choice import TextVoice, VoiceAssigner, choose_text_voice

PART_FORMAT = "flac"
"""Format of parts of a longer text: lossless, so that only the join encodes."""

SLOWEST_CHARACTERS_PER_SECOND = 10
"""Characters of slow speech."""
LARGEST_FILE_BYTES = 5_000_000_000
"""Largest object that S3 takes in one request."""
MARKUP_FACTOR, MARKUP_CHARACTERS = 20, 10_000
"""Most characters of a text with markup: a factor of the speakable characters, plus a constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechOrder(SpeechSettings):
    """Text to be spoken, with its settings."""

    text: str
    text_param: str = "text"
    """Name of the text's field in the request, for error messages."""
    file: TextFile | None = None
    """File that the text comes from."""

    @classmethod
    def of_text(cls, text: str, *, settings: SpeechSettings) -> Self:
        """Order of one text among those that have the same settings."""
        return cls(text=text, **{field.name: getattr(settings, field.name) for field in fields(SpeechSettings)})


def request_speech(caller: Caller, *, order: SpeechOrder, idempotency: Idempotency | None, request_id: str) -> Submission:
    """Price, reserve and queue in one transaction. Raises ApplicationErrors."""
    return submit_job(caller, plan_speech(caller, order=order), idempotency=idempotency, request_id=request_id)


def plan_speech(caller: Caller, *, order: SpeechOrder) -> JobPlan:
    """Job for the order: its parts, lane and price."""
    engine = order.clone.engine if order.clone else find_model(order.model, plan=caller.plan, voice=order.voice, language=order.language)
    _check_markup_length(caller, engine=engine, order=order)
    document = plain_document(order.text) if order.file and order.file.is_plain else parse_text(order.text, param=order.text_param)
    speaker = _choose_text_model(caller, engine=engine, order=order, document=document)
    engine, language = speaker.engine, _check_language(speaker.engine, order.language, caller=caller)
    text_voice = _resolve_text_voice(caller, document, order=order, speaker=speaker, language=language)
    voices = resolve_markup_voices(caller, document, engine=engine, dialect=order.dialect_voices, param=order.text_param)
    units = document.counted_characters
    _check_length(caller, engine=engine, order=order, units=units)
    check_language(document, engine=engine, plan=caller.plan, language=language, param=order.text_param)
    check_say_as(document, engine=engine, speaker=text_voice, voices=voices, param=order.text_param)
    work = _work(order, engine=engine, speaker=text_voice, rules=read_rules(caller, order.pronunciations))
    work = replace(work, sentences=None if order.clone else sentence_caching(caller, engine=engine, use=order.cache))
    assigner = VoiceAssigner(text_voice, voices=engine.voice_refs, named=voices)
    works = _cut(document, order=order, work=work, assigner=assigner)
    _check_file_size(order, engine=engine, works=works)
    given = order.file.chapters if order.file else ()
    book = plan_chapters(document, works=works, is_wanted=order.has_chapters, audio_format=order.format, given=given)
    audio = AudioSettings(order.format, bitrate=order.bitrate, sample_rate=order.sample_rate)
    before = order.clone.parts if order.clone else ()
    parts = _parts(book, audio=audio, before=before, queue=engine.queue, title=order.file.title if order.file else "")
    price = 0 if caller.is_anonymous else characters_price_millicredits(units, millicredits_per_1k=engine.millicredits_per_1k)
    return JobPlan(
        kind=SPEECH,
        engine_id=engine.id,
        queue=order.clone.queue if order.clone and before else engine.queue,
        lane=SPEECH.lanes.choose(units, is_awaited=order.has_listener or order.is_streamed),
        is_streamed=order.is_streamed,
        parts=parts,
        units=units,
        price_millicredits=price,
        output_format=order.format,
        params=SpeechParams(
            text=document.written,
            model=engine.id,
            voice=text_voice.chosen.id,
            language=text_voice.language,
            speed=order.speed,
            format=order.format,
            timestamps=order.has_timestamps,
            request=_requested_speech(order, voice=text_voice.chosen.id),
        ),
        asked_model=engine.requested_id,
        warnings=(*speaker.warnings, *_warnings(order, engine=engine, speaker=text_voice, document=document), *book.warnings),
        daily_characters=units if caller.is_anonymous else 0,
        webhook_url=order.webhook_url,
        cache=None if order.clone else issue_speech_ticket(caller, engine=engine, use=order.cache, parts=parts),
    )


def _requested_speech(order: SpeechOrder, *, voice: str) -> RequestedSpeech:
    """Request of the order, to be repeated. Names of voices that another vendor's API defines, or that the job itself makes, are kept as the
    voice that was chosen.
    """
    is_timed = order.file is not None and bool(order.file.chapters or order.file.cues)
    return RequestedSpeech(
        text=order.text if is_markup(order.text) and not is_timed else "",
        model=order.model,
        voice=order.voice if order.dialect_voices is None and order.clone is None else voice,
        is_model_open=order.is_model_open,
        language=order.language,
        instructions=order.instructions,
        pronunciations=order.pronunciations,
        bitrate=order.bitrate,
        sample_rate=order.sample_rate,
        has_chapters=order.has_chapters,
        is_from_timed_file=is_timed,
    )


def _choose_text_model(caller: Caller, *, engine: EngineRow, order: SpeechOrder, document: Document) -> TextModel:
    """Model that speaks the account's own voices that the text names, otherwise one that speaks the text's language."""
    names = [order.voice or "", *(segment.voice for segment in document.segments)]
    chosen = choose_voice_model(caller, engine=engine, voice_ids=names)
    if order.clone is not None:
        chosen = VoiceModel(chosen.engine, (*filter(None, [order.clone.warning]), *chosen.warnings), has_own_voice=True)
    if chosen.has_own_voice:
        return TextModel(chosen.engine, warnings=chosen.warnings)
    return choose_text_model(
        document,
        engine=engine,
        plan=caller.plan,
        voice=order.voice or "",
        language=requested_tag(order.language),
        is_model_open=order.is_model_open,
    )


def _resolve_text_voice(caller: Caller, document: Document, *, order: SpeechOrder, speaker: TextModel, language: str) -> TextVoice:
    engine = speaker.engine
    if order.clone is not None:
        return choose_text_voice(
            document.written[:SAMPLE_CHARACTERS],
            chosen=order.clone.ref,
            language=language,
            languages=engine.spec.languages,
            voices=engine.voice_refs,
        )
    return resolve_text_voice(
        caller,
        document.written,
        engine=engine,
        asked=order.voice,
        language=language,
        text_language=speaker.language,
        dialect=order.dialect_voices,
    )


def _cut(document: Document, *, order: SpeechOrder, work: SpeakWork, assigner: VoiceAssigner) -> list[SpeakWork]:
    """Work of the parts of a text, or of subtitles that are spoken to their times."""
    if order.file is None or not order.file.cues:
        return cut_text(document, work=work, assigner=assigner)
    if order.has_listener or order.is_streamed:
        message = "Subtitles are spoken to their times; the file is ready at the end. Send them without `stream`."
        raise InvalidRequestError(message, code="not_supported", param=order.text_param)
    return [assigner.assign(part) for part in cut_cues(document.written, order.file.cues, work=work)]


def _parts(book: Book, *, audio: AudioSettings, before: tuple[PartPlan, ...], queue: str, title: str) -> tuple[PartPlan, ...]:
    """One part that speaks the whole text, or lossless parts of a longer one and their join, which also writes chapters and places subtitles.
    The book's works hold all but the format.

    before: parts that make the voice.
    """
    works = book.works
    is_whole = len(works) == 1 and not book.chapters and not works[0].cues
    encoding = audio if is_whole else AudioSettings(PART_FORMAT)
    parts = [
        PartPlan(
            "dub" if work.cues else "speak",
            replace(
                work,
                is_first=work is works[0],
                is_last=work is works[-1],
                format=encoding.format,
                bitrate=encoding.bitrate,
                sample_rate=encoding.sample_rate,
            ),
            (*audio_outputs(encoding.format, is_kept=is_whole), *_extra_outputs(work)),
            units=len(work.spoken_text),
            stage=before[-1].stage + 1 if before else 0,
            queue=queue,
        )
        for work in works
    ]
    if is_whole:
        return (*before, *parts)
    return with_join((*before, *parts), audio=audio, chapters=book.chapters, title=title, expected_seconds=_longest_seconds(works))


def _extra_outputs(work: SpeakWork) -> tuple[OutputSpec, ...]:
    wanted = {MARKS: bool(work.marks), CUES: bool(work.cues)}
    return tuple(OutputSpec(name, DOCUMENT) for name, is_wanted in wanted.items() if is_wanted)


def _longest_seconds(works: Sequence[SpeakWork]) -> float:
    """Most seconds that the speech is likely to last."""
    spoken = sum(len(work.spoken_text) for work in works) / SLOWEST_CHARACTERS_PER_SECOND / works[0].speed
    return max([spoken, *(work.cues[-1].end for work in works if work.cues)])


def _check_file_size(order: SpeechOrder, *, engine: EngineRow, works: Sequence[SpeakWork]) -> None:
    """400 file_too_large for a long text in a format whose file no store would take."""
    chosen = FORMATS[order.format]
    rate = chosen.choose_sample_rate(order.sample_rate or engine.spec.sample_rate)
    seconds, characters = _longest_seconds(works), sum(len(work.spoken_text) for work in works)
    if chosen.is_lossless and (size := 2 * rate * seconds) > LARGEST_FILE_BYTES:
        raise InvalidRequestError(
            f"{characters:,} characters in {order.format} at {rate} Hz may be {size / 1e9:.1f} GB; a result has at most "
            f"{LARGEST_FILE_BYTES / 1e9:g} GB. Choose mp3, m4b or opus, or a lower sample_rate.",
            code="file_too_large",
            param="format",
        )


def _warnings(order: SpeechOrder, *, engine: EngineRow, speaker: TextVoice, document: Document) -> list[str]:
    """Warnings about requested settings that are not followed."""
    voice_used = "" if speaker.is_chosen_by_text else (order.voice or "") if speaker.chosen.weights else speaker.chosen.id
    warnings = substitution_warnings(engine, voice_asked=order.voice, voice_used=voice_used)
    warnings += [f"text: {warning}" for warning in document.warnings]
    warnings += order.file.warnings if order.file else ()
    warnings += instruction_warnings(order.instructions)
    warnings += [] if requested_tag(order.language) else language_warnings(document, engine=engine)
    spec = engine.spec
    if order.has_timestamps and not spec.has_word_timings:
        warnings.append(f"timestamps: {engine.id} does not know when its words are heard.")
    if not spec.minimum_speed <= order.speed <= spec.maximum_speed:
        warnings.append(f"speed: {engine.id} speaks at {spec.minimum_speed:g} to {spec.maximum_speed:g}; the nearest was taken.")
    return warnings + _sound_warnings(order, engine=engine, speaker=speaker)


def _sound_warnings(order: SpeechOrder, *, engine: EngineRow, speaker: TextVoice) -> list[str]:
    """Warnings about a substituted voice, sample rate or bitrate."""
    warnings = []
    voice, primary = speaker.chosen, primary_tag(requested_tag(order.language))
    if (
        not voice.speaks_all_languages
        and _is_requested_voice(voice, order=order, engine=engine)
        and primary not in {"", voice.primary_language}
    ):
        warnings.append(
            f"voice: {voice.id} speaks {voice.primary_language!r}; where the model has a voice of {primary!r}, that one speaks."
        )
    chosen = FORMATS[order.format]
    rate, bitrate = chosen.choose_sample_rate(order.sample_rate), chosen.choose_bitrate(order.bitrate)
    if order.sample_rate and rate != order.sample_rate:
        warnings.append(f"sample_rate: {order.format} has no {order.sample_rate} Hz; {rate} Hz were taken.")
    if order.bitrate and bitrate != order.bitrate:
        taken = f"{bitrate // 1000} kbit/s were taken" if bitrate else "it has none"
        warnings.append(f"bitrate: {order.format} takes no {order.bitrate // 1000} kbit/s; {taken}.")
    return warnings


def _is_requested_voice(voice: VoiceRef, *, order: SpeechOrder, engine: EngineRow) -> bool:
    """True if the request names the voice, by its id or by the dialect's name for it."""
    dialect = order.dialect_voices if engine.stand_in is None else None
    names = dialect.by_engine.get(engine.id, {}) if dialect else {}
    return bool(order.voice) and voice.id in {order.voice, names.get(order.voice or "")}


def _work(order: SpeechOrder, *, engine: EngineRow, speaker: TextVoice, rules: tuple[PronunciationRule, ...]) -> SpeakWork:
    """Work common to all parts, without text and format."""
    delivery = read_instructions(order.instructions)
    return SpeakWork(
        engine=engine.id,
        voice=speaker.voice,
        language=speaker.language,
        is_language_detected=speaker.is_detected,
        speed=engine.spec.clamp_speed(order.speed * delivery.rate),
        pronunciations=rules,
        gain_decibels=delivery.gain_decibels,
        pause_scale=delivery.pause_scale,
    )


def _check_language(engine: EngineRow, language: str | None, *, caller: Caller) -> str:
    tag = requested_tag(language)
    if not tag:
        return ""
    if not is_tag(tag):
        raise InvalidRequestError(f"{tag[:35]!r} is not a language tag such as en or pt-br.", code="invalid_language", param="language")
    if engine.spec.languages and primary_tag(tag) not in engine.spec.languages:
        raise unsupported_language(tag, engine=engine, plan=caller.plan, param="language")
    return tag


def _check_markup_length(caller: Caller, *, engine: EngineRow, order: SpeechOrder) -> None:
    """Limit the length of the markup: tags are not counted, but they are parsed."""
    limit = MARKUP_CHARACTERS + MARKUP_FACTOR * longest_text(caller.plan, engine)
    if len(order.text) > limit:
        message = f"The text has {len(order.text)} characters with its markup; at most {limit} are read."
        raise InvalidRequestError(message, code="text_too_long", param=order.text_param)


def _check_length(caller: Caller, *, engine: EngineRow, order: SpeechOrder, units: int) -> None:
    limit = longest_text(caller.plan, engine)
    if units > limit:
        raise InvalidRequestError(
            f"The text has {units} characters; the plan {caller.plan.name!r} with the model {engine.requested_id!r} takes at most {limit}.",
            code="text_too_long",
            param=order.text_param,
        )
