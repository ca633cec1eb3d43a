"""Speech translation requests: from a recording to a queued job."""

from dataclasses import dataclass, replace

from apps.accounts.callers import Caller
from apps.billing.prices import duration_price_millicredits, service_price
from apps.catalog.catalogue import EngineRow
from apps.core.errors import InvalidRequestError
from apps.jobs.plans import AudioSettings, PartPlan, with_join
from apps.jobs.services.acceptance import Submission, submit_job
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.submit import JobPlan
from apps.speech.services import PART_FORMAT
from apps.transcription.part_plans import plan_recording_parts
from apps.transcription.services import DEFAULT_MODEL, check_spoken_language, milliseconds_of
from apps.translation.kinds import SPEECH_TRANSLATION, TranslationParams
from apps.translation.translators import choose_translator, find_available_recogniser, is_certain
from apps.translation.voices import SpeakingVoice, choose_preserving_voice, choose_speaking_voice, list_spoken_languages, preserve_voice
from apps.uploads.services import Source, SourceLimits
from apps.voices.part_plans import EXAMINE
from workers.contract.cloning import LIKENESS_OUTPUT, REPORT_OUTPUT, ExamineWork, VoiceSample
from workers.contract.formats import DOCUMENT, VOICE_FILE
from workers.contract.messages import SpeakWork
from workers.contract.names import EXAMINATION_QUEUE
from workers.contract.outputs import TEXT, OutputSpec, audio_outputs, text_outputs
from workers.contract.references import PartOutput, StoredObject
from workers.contract.tags import is_tag, normalise_tag, primary_tag
from workers.contract.transcription import ListenWork, TranslateWork

LIMITS = SourceLimits(max_bytes=100_000_000)
SHARE_MILLISECONDS = 60_000
"""Duration whose translation is spoken by one part: a minute."""
LISTEN_WEIGHT, TRANSLATE_WEIGHT, SPEAK_WEIGHT = 2, 1, 2
"""Weights for the charge of a cancelled job, in fifths of the price: transcription costs as much as by itself at the starting prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationOrder:
    """Recording to translate, its target language and the voice."""

    target_language: str
    source_language: str | None = None
    """Source language; detected if empty or `auto`."""
    voice: str = ""
    is_voice_preserved: bool = False
    """True for a likeness of the speaker's voice, found in the recording."""
    format: str = "mp3"
    is_awaited: bool = False
    webhook_url: str = ""


@dataclass(frozen=True, slots=True)
class TranslationModels:
    """The models, the speaker and the languages of one translation."""

    recogniser: EngineRow
    translator: EngineRow | None
    speaker: SpeakingVoice
    source: str
    """Source language; empty if it is detected."""
    target: str


def choose_models(caller: Caller, *, order: TranslationOrder) -> TranslationModels:
    """Choose the models, and refuse invalid requests before the recording is ingested. Raises ApplicationErrors."""
    target = normalise_tag(order.target_language)
    if not is_tag(target):
        raise InvalidRequestError(
            f"{target[:35]!r} is not a language tag such as en or es.", code="invalid_language", param="target_language"
        )
    target = primary_tag(target)
    recogniser = find_available_recogniser(caller.plan, preferred=DEFAULT_MODEL)
    source = check_spoken_language(recogniser, order.source_language)
    spoken = list_spoken_languages(caller.plan)
    translator = choose_translator(source=source, target=target, recogniser=recogniser, plan=caller.plan, spoken=spoken)
    if order.is_voice_preserved:
        speaker = choose_preserving_voice(caller, voice_id=order.voice, language=target)
    else:
        speaker = choose_speaking_voice(caller, voice_id=order.voice, language=target)
    return TranslationModels(recogniser, translator, speaker, source, target)


def request_translation(
    caller: Caller, *, order: TranslationOrder, source: Source, idempotency: Idempotency | None, request_id: str
) -> Submission:
    """Price, reserve and queue in one transaction. Raises ApplicationErrors."""
    return submit_job(caller, plan_translation(caller, order=order, source=source), idempotency=idempotency, request_id=request_id)


def plan_translation(caller: Caller, *, order: TranslationOrder, source: Source) -> JobPlan:
    """Plan the parts: transcribe, translate, speak in shares, join."""
    chosen, milliseconds = choose_models(caller, order=order), milliseconds_of(source)
    shares = -(-milliseconds // SHARE_MILLISECONDS)
    listen = ListenWork(chosen.recogniser.id, audio=StoredObject(source.key), language=chosen.source, has_english=_needs_english(chosen))
    heard = plan_recording_parts(listen, milliseconds=milliseconds, is_kept=False)
    parts = tuple(replace(part, weight=LISTEN_WEIGHT * part.units) for part in heard)
    stage = parts[-1].stage + 1
    translate = TranslateWork(
        chosen.translator.id if chosen.translator else "",
        target_language=chosen.target,
        transcript=PartOutput(len(parts) - 1, TEXT),
        source_language=chosen.source,
        shares=shares,
    )
    queue = (chosen.translator or chosen.recogniser).queue
    weight = TRANSLATE_WEIGHT * milliseconds
    parts = (*parts, PartPlan("translate", translate, text_outputs(is_kept=True), units=0, stage=stage, queue=queue, weight=weight))
    script = PartOutput(len(parts) - 1, TEXT)
    if chosen.speaker.enroller is not None:
        parts = (*parts, _examine_part(chosen.speaker, source=source, stage=stage))
        chosen = replace(chosen, speaker=preserve_voice(chosen.speaker, part=len(parts) - 1, digest=source.sha256))
    speaking = tuple(
        _speak_part(chosen, order=order, script=script, share=share, shares=shares, stage=stage + 1, weight=weight)
        for share, weight in enumerate(_split(SPEAK_WEIGHT * milliseconds, shares=shares))
    )
    return JobPlan(
        kind=SPEECH_TRANSLATION,
        engine_id=(chosen.translator or chosen.recogniser).id,
        queue=chosen.recogniser.queue,
        lane=SPEECH_TRANSLATION.lanes.choose(milliseconds, is_awaited=order.is_awaited),
        parts=with_join((*parts, *speaking), audio=AudioSettings(order.format)) if shares > 1 else (*parts, *speaking),
        units=milliseconds,
        price_millicredits=duration_price_millicredits(milliseconds, millicredits_per_minute=service_price(SPEECH_TRANSLATION.name)),
        output_format=order.format,
        params=TranslationParams(
            model=chosen.speaker.engine.id,
            language=chosen.target,
            source_language=chosen.source,
            voice=order.voice,
            format=order.format,
            seconds=milliseconds / 1000,
            source=source.key,
        ),
        webhook_url=order.webhook_url,
    )


def _split(whole: int, *, shares: int) -> list[int]:
    """Nearly equal integers whose sum is the whole."""
    return [whole * (share + 1) // shares - whole * share // shares for share in range(shares)]


def _needs_english(chosen: TranslationModels) -> bool:
    """True if the recogniser translates and the translator is absent or may not support the pair: then the recogniser's English is
    translated.
    """
    if not chosen.recogniser.spec.has_translation or chosen.source == chosen.target:
        return False
    return chosen.translator is None or not is_certain(chosen.translator, source=chosen.source, target=chosen.target)


def _examine_part(speaker: SpeakingVoice, *, source: Source, stage: int) -> PartPlan:
    """Part that finds a likeness of the speaker's voice. Costs nothing beside the translation."""
    work = ExamineWork(speaker.engine.id, (VoiceSample(StoredObject(source.key)),))
    outputs = (OutputSpec(REPORT_OUTPUT, DOCUMENT), OutputSpec(LIKENESS_OUTPUT, VOICE_FILE))
    return PartPlan(EXAMINE, work, outputs, units=0, stage=stage, queue=EXAMINATION_QUEUE, weight=0)


def _speak_part(
    chosen: TranslationModels, *, order: TranslationOrder, script: PartOutput, share: int, shares: int, stage: int, weight: int
) -> PartPlan:
    audio_format = order.format if shares == 1 else PART_FORMAT
    work = SpeakWork(
        chosen.speaker.engine.id,
        voice=chosen.speaker.voice,
        language=chosen.target,
        format=audio_format,
        is_last=share == shares - 1,
        script=script,
        share=share,
        voices=chosen.speaker.voices,
    )
    return PartPlan(
        "speak",
        work,
        audio_outputs(audio_format, is_kept=shares == 1),
        units=0,
        stage=stage,
        queue=chosen.speaker.engine.queue,
        weight=weight,
    )
