"""Read operations on voices, always of one account."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.catalog.selectors import list_models
from apps.catalog.voices import OwnVoice
from apps.core.errors import ConflictError, NotFoundError, PermissionDeniedError
from apps.jobs.outcomes import VOICE_BLOCKED
from apps.voices.models import Enrolment, EnrolmentState, Voice
from apps.voices.objects import SAMPLES_FOLDER
from workers.contract.references import StoredObject
from workers.contract.tags import covers_tag, normalise_tag
from workers.contract.voices import VoiceRef

VOICE_PREFIX: Final = "voice_"
EMBED_PREFIX: Final = "emb_"
_VOICE_ID: Final = re.compile(rf"(?:{VOICE_PREFIX}|{EMBED_PREFIX})[0-9a-f]{{20}}")
USE_NOTED_AFTER: Final = timedelta(hours=1)
"""Age of `used_at` at which a use is noted again: speech costs no write each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceFilter:
    """Conditions of a list of voices; empty ones hold for all."""

    engine: EngineRow | None = None
    language: str = ""
    gender: str = ""
    state: str = ""
    category: str = ""
    has_embeds: bool = False
    speaks: bool | None = None
    """True for voices that speak if a request names them now, False for the others."""


def find_own_voice(caller: Caller, voice_id: str) -> OwnVoice | None:
    """The account's voice of this id, for a request that speaks with it. One of TTSAI_VOICE_SOURCES. Raises as check_usable
    and check_not_likeness.
    """
    if caller.account is None or not _VOICE_ID.fullmatch(voice_id):
        return None
    voice = Voice.objects.select_related("enrolment").filter(account=caller.account, voice_id=voice_id).first()
    if voice is None:
        return None
    check_usable(voice)
    check_not_likeness(voice)
    _note_use(voice)
    return own_voice(voice)


def own_voice(voice: Voice) -> OwnVoice:
    """The voice as requests that speak with it need it."""
    enrolment = voice.enrolment
    return OwnVoice(voice_ref(voice), is_ready=bool(enrolment.conditioning_key), warning=_likeness_warning(voice))


def _likeness_warning(voice: Voice) -> str:
    """Warning of speech with a likeness that takes the place of a fitted voice."""
    if voice.enrolment.state == EnrolmentState.TRAINING:
        return f"voice: {voice.voice_id} is in training; until then a likeness of built-in voices speaks."
    if voice.enrolment.is_likeness_kept:
        return f"voice: {voice.voice_id} could not be fitted; a likeness of built-in voices speaks. Clone the recording again to fit it."
    return ""


def voice_ref(voice: Voice) -> VoiceRef:
    """The voice as messages carry it, with its likeness until the fit is done."""
    enrolment = voice.enrolment
    return VoiceRef(
        voice.voice_id,
        enrolment.language,
        enrolment.gender,
        enrolment.engine_id,
        enrolment.conditioning_version,
        StoredObject(enrolment.conditioning_key) if enrolment.conditioning_key else None,
        transcript=_transcript(enrolment),
    )


def check_not_taken_down(voice: Voice) -> None:
    """Raise 403 voice_taken_down for a voice that is kept only for an appeal: it neither speaks nor leaves, by deletion or as a file."""
    if voice.enrolment.is_taken_down:
        raise PermissionDeniedError(
            f"The operator took the voice {voice.voice_id!r} down after a report. Answer the operator's email to appeal.",
            code="voice_taken_down",
            param="voice",
        )


def check_not_blocked(voice: Voice) -> None:
    """Raise 403 voice_taken_down or voice_blocked for a voice that the operator stopped."""
    check_not_taken_down(voice)
    if voice.enrolment.is_blocked:
        raise PermissionDeniedError(f"The operator blocks the voice {voice.voice_id!r}.", code=VOICE_BLOCKED, param="voice")


def check_allowed(voice: Voice) -> None:
    """Raise 403 voice_taken_down, voice_blocked or consent_revoked for a voice that must not be heard."""
    check_not_blocked(voice)
    if voice.enrolment.is_revoked:
        raise PermissionDeniedError(
            f"The consent to use the voice {voice.voice_id!r} was revoked. POST /v1/voices/{voice.voice_id}/consent/ records a new one.",
            code="consent_revoked",
            param="voice",
        )


def check_usable(voice: Voice) -> None:
    """Raise what check_allowed raises, and 409 voice_failed for a voice that cannot speak."""
    check_allowed(voice)
    if voice.enrolment.state == EnrolmentState.FAILED:
        raise ConflictError(
            f"The voice {voice.voice_id!r} could not be made: {voice.enrolment.error_message} Clone it again with another recording.",
            code="voice_failed",
            param="voice",
        )


def check_not_likeness(voice: Voice) -> None:
    """Raise 409 voice_not_ready for the voice of a slot while only its likeness could speak."""
    if voice.has_only_likeness:
        state = "is in training" if voice.enrolment.state == EnrolmentState.TRAINING else "could not be fitted"
        raise ConflictError(f"The voice {voice.voice_id!r} of a slot {state}, and does not speak.", code="voice_not_ready", param="voice")


def get_own_voice(caller: Caller, *, voice_id: str, param: str = "voice_id") -> Voice:
    """Voice of the caller's account. 404 for any other."""
    voice = (
        Voice.objects.select_related("enrolment__account").filter(account=caller.account, voice_id=voice_id).first()
        if caller.account is not None and _VOICE_ID.fullmatch(voice_id)
        else None
    )
    if voice is None:
        raise NotFoundError(f"There is no voice {voice_id[:100]!r} in your account.", code="voice_not_found", param=param)
    return voice


def list_own_voices(caller: Caller, *, wanted: VoiceFilter) -> list[Voice]:
    """The account's voices, newest first."""
    if caller.account is None:
        return []
    voices = Voice.objects.select_related("enrolment").filter(account=caller.account)
    if not wanted.has_embeds:
        voices = voices.exclude(name="")
    if wanted.engine is not None:
        voices = voices.filter(enrolment__engine_id__in=_speakers_of(wanted.engine))
    if wanted.gender:
        voices = voices.filter(enrolment__gender=wanted.gender)
    if wanted.state:
        voices = voices.filter(enrolment__state=wanted.state)
    language = normalise_tag(wanted.language)
    return [
        voice
        for voice in voices
        if covers_tag(language, voice.enrolment.language)
        and (not wanted.category or wanted.category in voice.categories)
        and wanted.speaks in {None, _speaks(voice)}
    ]


def _speaks(voice: Voice) -> bool:
    """True for a voice that can speak and may."""
    enrolment = voice.enrolment
    return voice.can_speak and not (enrolment.is_taken_down or enrolment.is_blocked or enrolment.is_revoked)


def count_named_voices(caller: Caller) -> int:
    """Voices of the account that count against the limit of its plan, with the places that TTSAI_VOICE_PLACES keeps for some."""
    kept = sum(count(caller) for count in _place_counters())
    return Voice.objects.filter(account=caller.account).exclude(name="").count() + kept


@cache
def _place_counters() -> tuple[Callable[[Caller], int], ...]:
    return tuple(import_string(path) for path in settings.TTSAI_VOICE_PLACES)


def find_enrolment_of_job(job_uuid: UUID) -> Enrolment | None:
    """Enrolment that this job makes."""
    return Enrolment.objects.filter(job_id=job_uuid).first()


def _speakers_of(engine: EngineRow) -> list[str]:
    """Ids of the models that speak with voices of accounts under the name of this one."""
    cloning = [one.id for one in list_models() if one.spec.has_cloning]
    if engine.stand_in is not None and engine.stand_in.has_cloning:
        return cloning
    return [one for one in cloning if one == engine.id]


def _transcript(enrolment: Enrolment) -> str:
    """Words of the recording, if the recording itself is the voice."""
    if SAMPLES_FOLDER not in enrolment.conditioning_key:
        return ""
    samples = (enrolment.report or {}).get("samples") or [{}]
    return str(samples[0].get("transcript", ""))


def _note_use(voice: Voice) -> None:
    if voice.is_embed and timezone.now() - voice.used_at > USE_NOTED_AFTER:
        Voice.objects.filter(pk=voice.pk).update(used_at=timezone.now())
