"""Turns of conversations: from the request to the queued job."""

from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.callers import Caller
from apps.billing.prices import service_price
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import find_model, substitution_warnings
from apps.catalog.voices import choose_voice_model, find_named_voice, list_voice_choices, resolve_voice
from apps.conversations.kinds import VOICE_CHAT, TurnParams
from apps.conversations.models import Conversation, Turn
from apps.conversations.selectors import find_responder, get_own_conversation, history_of, read_turns
from apps.core.errors import ConflictError, InvalidRequestError
from apps.jobs.models import ACTIVE_STATES, Job
from apps.jobs.plans import PartPlan
from apps.jobs.services.acceptance import Submission, accepting_jobs
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.services.retention import expire_now
from apps.jobs.services.submit import JobPlan
from apps.speech.languages import TextModel, choose_text_model
from apps.speech.serializers import DEFAULT_MODEL as DEFAULT_SPEAKER
from apps.transcription.part_plans import plan_recording_parts
from apps.transcription.services import DEFAULT_MODEL, check_spoken_language, milliseconds_of, read_language
from apps.translation.translators import find_available_recogniser
from apps.uploads.services import Source, SourceLimits
from workers.contract.markup import Segment
from workers.contract.messages import SpeakWork
from workers.contract.outputs import TEXT, audio_outputs, text_outputs
from workers.contract.references import PartOutput, StoredObject
from workers.contract.tags import requested_tag
from workers.contract.transcription import ListenWork, ReplyWork
from workers.contract.transcription import Turn as ContractTurn
from workers.contract.voices import VoiceRef
from workers.text.markup.document import Document

LIMITS = SourceLimits(max_bytes=25_000_000, max_audio_seconds=120.0)
LISTEN_WEIGHT, REPLY_WEIGHT, SPEAK_WEIGHT = 20, 40, 40
"""Shares of a turn's price in percent, for the charge of a cancelled turn: a written question has no share of listening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOrder:
    """Input of a turn, and the models, voice and format of the answer."""

    text: str = ""
    """Text of the message; empty for a recording."""
    conversation_id: str = ""
    system_prompt: str | None = None
    """System prompt; None keeps the conversation's."""
    voice: str = ""
    tts_model: str = ""
    """Speech model; empty for the default, or without a voice for one that speaks the language."""
    model: str = ""
    """Id of the responder; empty chooses the first available one of PREFERRED."""
    language: str | None = None
    format: str = "mp3"
    is_awaited: bool = False
    webhook_url: str = ""


@dataclass(frozen=True, slots=True)
class TurnModels:
    """Engines and voice chosen for a turn, and its conversation."""

    recogniser: EngineRow | None
    responder: EngineRow
    speaker: TextModel
    voice: VoiceRef
    is_voice_named: bool
    """False if the request leaves the voice to the platform."""
    language: str
    conversation: Conversation | None


def choose_models(caller: Caller, *, order: TurnOrder) -> TurnModels:
    """Choose the engines, and refuse invalid requests before the recording is ingested. Raises ApplicationErrors."""
    recogniser = None if order.text else find_available_recogniser(caller.plan, preferred=DEFAULT_MODEL)
    speaker = _choose_text_model(caller, order=order)
    voice = find_named_voice(caller, engine=speaker.engine, asked=order.voice)
    conversation = get_own_conversation(caller, conversation_id=order.conversation_id) if order.conversation_id else None
    return TurnModels(
        recogniser,
        find_responder(caller.plan, model=order.model),
        speaker,
        voice or resolve_voice(caller, engine=speaker.engine),
        voice is not None,
        check_spoken_language(recogniser, order.language) if recogniser else read_language(order.language),
        conversation,
    )


def _choose_text_model(caller: Caller, *, order: TurnOrder) -> TextModel:
    """Requested model, otherwise the default, or a model that speaks the user's language, which the answer is in."""
    language = requested_tag(order.language)
    engine = find_model(order.tts_model or DEFAULT_SPEAKER, plan=caller.plan, voice=order.voice, language=language)
    chosen = choose_voice_model(caller, engine=engine, voice_ids=[order.voice])
    if chosen.has_own_voice:
        return TextModel(chosen.engine, warnings=chosen.warnings)
    return choose_text_model(
        Document(order.text, (Segment(order.text),)),
        engine=engine,
        plan=caller.plan,
        voice=order.voice,
        language=language,
        is_model_open=not order.tts_model and not order.voice,
    )


def check_text(text: str, *, caller: Caller) -> None:
    """Raise 400 text_too_long beyond the plan's limit."""
    if len(text) > caller.plan.max_characters:
        message = f"The text has {len(text)} characters; the plan {caller.plan.name!r} takes at most {caller.plan.max_characters}."
        raise InvalidRequestError(message, code="text_too_long", param="text")


def request_turn(
    caller: Caller, *, order: TurnOrder, source: Source | None, idempotency: Idempotency | None, request_id: str
) -> Submission:
    """Price, reserve, queue and store the turn in one transaction. 409 conversation_busy while the previous turn is not answered."""
    chosen = choose_models(caller, order=order)
    if chosen.conversation is not None:
        read_turns(chosen.conversation)  # keeps the texts of documents, so that the transaction reads none, or the latest alone
    with accepting_jobs(caller, idempotency=idempotency, request_id=request_id) as acceptance:
        if acceptance.earlier is not None:
            return Submission(acceptance.earlier, is_replay=True)
        conversation = _open_conversation(caller, order=order, chosen=chosen)
        history = history_of(read_turns(conversation))  # with its row ours: a turn that has just been answered is not missed
        plan = _plan(order, chosen=chosen, source=source, history=history, conversation=conversation)
        job = acceptance.accept(plan)
        Turn.objects.create(conversation=conversation, job=job)
    return Submission(job, is_replay=False)


def remove_conversation(conversation: Conversation) -> None:
    """Delete the conversation; the results of its turns expire at once. 409 conversation_busy while a turn is being answered."""
    with transaction.atomic(durable=True):
        Conversation.objects.select_for_update().get(pk=conversation.pk)
        _check_answered(conversation)
        expire_now(Job.objects.filter(turn__conversation=conversation))
        conversation.delete()


def forget_expired_turns() -> int:
    """Delete texts whose results expired, and conversations without turns; returns the number of turns."""
    deleted, _ = Turn.objects.exclude(job__result_deleted_at=None).delete()
    Conversation.objects.filter(turns=None, last_turn_at__lt=Now()).delete()
    return deleted


def _open_conversation(caller: Caller, *, order: TurnOrder, chosen: TurnModels) -> Conversation:
    """New conversation, or the existing one with its row locked until the transaction ends."""
    if chosen.conversation is None:
        return Conversation.objects.create(account_id=caller.required_account.pk, system_prompt=order.system_prompt or "")
    conversation = Conversation.objects.select_for_update().filter(pk=chosen.conversation.pk).first()
    if conversation is None:
        raise ConflictError("The conversation was deleted meanwhile.", code="conversation_removed", param="conversation_id")
    _check_answered(conversation)
    if order.system_prompt is not None:
        conversation.system_prompt = order.system_prompt
    conversation.last_turn_at = Now()
    conversation.save(update_fields=["system_prompt", "last_turn_at"])
    return conversation


def _check_answered(conversation: Conversation) -> None:
    if conversation.turns.filter(job__state__in=ACTIVE_STATES).exists():
        raise ConflictError(
            "The previous turn is not answered yet. Wait for it, or cancel it.", code="conversation_busy", param="conversation_id"
        )


def _plan(
    order: TurnOrder, *, chosen: TurnModels, source: Source | None, history: tuple[ContractTurn, ...], conversation: Conversation
) -> JobPlan:
    """Plan the parts: transcribe (unless written), answer, speak."""
    listening = _recognition_parts(chosen, source=source)
    parts = (*listening, *_response_parts(order, chosen=chosen, history=history, conversation=conversation, stage=len(listening)))
    units = sum(part.weight or 0 for part in parts)
    speaker = chosen.speaker.engine
    params = TurnParams(
        text=order.text,
        model=speaker.id,
        voice=order.voice,
        format=order.format,
        source=source.key if source else "",
        seconds=milliseconds_of(source) / 1000 if source else 0.0,
        conversation=conversation.uuid.hex,
    )
    warnings = substitution_warnings(speaker, voice_asked=order.voice, voice_used=chosen.voice.id if chosen.is_voice_named else "")
    return JobPlan(
        kind=VOICE_CHAT,
        engine_id=chosen.responder.id,
        queue=parts[0].queue or chosen.responder.queue,
        lane=VOICE_CHAT.lanes.choose(units, is_awaited=order.is_awaited),
        parts=parts,
        units=units,
        price_millicredits=service_price(VOICE_CHAT.name),
        output_format=order.format,
        params=params,
        warnings=(*chosen.speaker.warnings, *warnings),
        webhook_url=order.webhook_url,
    )


def _response_parts(
    order: TurnOrder, *, chosen: TurnModels, history: tuple[ContractTurn, ...], conversation: Conversation, stage: int
) -> tuple[PartPlan, PartPlan]:
    """The parts that write and speak the answer, from `stage` on; the transcript is the first part's where the turn is not written."""
    answer = ReplyWork(
        chosen.responder.id,
        transcript=PartOutput(0, TEXT) if stage else None,
        text=None if stage else order.text,
        language=chosen.language,
        system_prompt=conversation.system_prompt,
        history=history,
    )
    speaker = chosen.speaker.engine
    voices = list_voice_choices(speaker)
    speech = SpeakWork(speaker.id, voice=chosen.voice, format=order.format, script=PartOutput(stage, TEXT), voices=voices)
    return (
        PartPlan("reply", answer, text_outputs(is_kept=True), units=0, stage=stage, queue=chosen.responder.queue, weight=REPLY_WEIGHT),
        PartPlan(
            "speak",
            speech,
            audio_outputs(order.format, is_kept=True),
            units=0,
            stage=stage + 1,
            queue=speaker.queue,
            weight=SPEAK_WEIGHT,
        ),
    )


def _recognition_parts(chosen: TurnModels, *, source: Source | None) -> tuple[PartPlan, ...]:
    if source is None or chosen.recogniser is None:
        return ()
    work = ListenWork(chosen.recogniser.id, audio=StoredObject(source.key), language=chosen.language)
    (part,) = plan_recording_parts(work, milliseconds=milliseconds_of(source), is_kept=False)
    return (replace(part, queue=chosen.recogniser.queue, weight=LISTEN_WEIGHT),)
