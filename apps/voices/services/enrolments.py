"""Rows of enrolments and voices: find the enrolment of a recording or create it, and give it a voice."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import transaction

from apps.accounts.callers import Caller
from apps.catalog.catalogue import EngineRow
from apps.core.errors import InvalidRequestError
from apps.uploads.services import Source
from apps.voices.models import Enrolment, EnrolmentState, Sample, Voice
from apps.voices.selectors import EMBED_PREFIX, VOICE_PREFIX, count_named_voices
from apps.voices.services.consent import copy_consents
from apps.voices.services.removal import evict_embeds, try_to_remove

ID_BYTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOrder:
    """Name and categories of a voice; without a name it is an embed."""

    name: str = ""
    categories: tuple[str, ...] = ()
    is_exclusive: bool = False
    """True for a voice that no other request is given, made in a place that counts to the plan's voices already."""


def digest_of(digests: Iterable[str]) -> str:
    """Digest of recordings by their digests, in any order."""
    return hashlib.sha256("\n".join(sorted(set(digests))).encode()).hexdigest()


def lock_enrolment(caller: Caller, *, engine: EngineRow, digest: str) -> tuple[Enrolment, bool]:
    """The account's enrolment of these recordings, locked, and True if this request must enrol them: it is new, or the last attempt failed.

    After a failed fit the likeness speaks until the new attempt ends.

    The caller's transaction holds the tenant's submission lock (apps/jobs/services/limits.py: wait_for_tenant).
    """
    account = caller.required_account
    found = Enrolment.objects.select_for_update().filter(account=account, engine_id=engine.id, digest=digest).first()
    if found is None:
        return Enrolment.objects.create(account=account, engine_id=engine.id, digest=digest), True
    if found.state != EnrolmentState.FAILED and not found.is_likeness_kept:
        return found, False
    state = EnrolmentState.TRAINING if found.is_likeness_kept else EnrolmentState.DRAFT
    found.state, found.error_code, found.error_message, found.job = state, "", "", None
    found.save(update_fields=["state", "error_code", "error_message", "job"])
    return found, True


def add_samples(enrolment: Enrolment, *, sources: Iterable[Source], transcript: str) -> None:
    """Record the recordings of a new enrolment; the files are copied once they are found usable."""
    for source in sources:
        Sample.objects.update_or_create(
            enrolment=enrolment,
            sha256=source.sha256,
            defaults={
                "key": "",
                "source_key": source.key,
                "bytes": source.bytes,
                "audio_seconds": source.info.audio_seconds,
                "content_type": source.info.content_type,
                "file_name": source.file_name,
                "transcript": transcript,
            },
        )


def give_voice(enrolment: Enrolment, *, caller: Caller, order: VoiceOrder) -> tuple[Voice, bool]:
    """Voice of the enrolment for this request, and True if it is new: with the requested name, else any.

    An embed that is asked for by name becomes that voice and keeps its id. 403 voice_limit_reached.
    """
    if order.is_exclusive:
        return _create(enrolment, order=order, prefix=VOICE_PREFIX), True
    voices = list(enrolment.voices.filter(is_exclusive=False).order_by("id"))
    if not order.name:
        if voices:
            return voices[0], False
        evict_embeds(caller.required_account.pk, kept=settings.TTSAI_KEPT_EMBEDS - 1)
        return _create(enrolment, order=order, prefix=EMBED_PREFIX), True
    same = next((voice for voice in voices if voice.name == order.name), None)
    if same is not None:
        return same, False
    check_voice_limit(caller)
    embed = next((voice for voice in voices if voice.is_embed), None)
    if embed is None:
        return _create(enrolment, order=order, prefix=VOICE_PREFIX), True
    embed.name, embed.categories = order.name, list(order.categories)
    embed.save(update_fields=["name", "categories"])
    return embed, True


def replace_enrolment(enrolment: Enrolment) -> list[Voice]:
    """Let the voices that wait for this enrolment speak with it, with the consents recorded so far; the earlier recordings are deleted if
    no other voice uses them. Returns the voices.
    """
    voices = list(enrolment.next_voices.select_for_update(of=("self",)).select_related("enrolment"))
    for voice in voices:
        earlier = voice.enrolment
        copy_consents(earlier, to=enrolment)
        voice.enrolment, voice.next_enrolment = enrolment, None
        voice.save(update_fields=["enrolment", "next_enrolment"])
        transaction.on_commit(partial(try_to_remove, earlier.uuid))
    return voices


def refuse_replacement(enrolment: Enrolment) -> list[Voice]:
    """Leave the voices that wait for this failed enrolment as they are, with the reason; returns them."""
    voices = list(enrolment.next_voices.select_related("enrolment"))
    for voice in voices:
        voice.next_enrolment, voice.refused_code, voice.refused_message = None, enrolment.error_code, enrolment.error_message
        voice.save(update_fields=["next_enrolment", "refused_code", "refused_message"])
    return voices


def check_voice_limit(caller: Caller) -> None:
    """403 voice_limit_reached if the account has as many named voices as its plan allows."""
    limit = caller.plan.max_voices
    if count_named_voices(caller) >= limit:
        raise InvalidRequestError(
            f"The plan {caller.plan.name!r} keeps {limit} voices. DELETE /v1/voices/<id>/ removes one; GET /v1/voices/?own=true lists them.",
            code="voice_limit_reached",
            status=403,
            param="name",
        )


def check_sample_limit(caller: Caller, *, count: int, param: str = "file") -> None:
    """403 sample_limit_reached if a voice has more recordings than the plan allows. param: name of the recordings in the request."""
    limit = caller.plan.max_samples
    if count > limit:
        raise InvalidRequestError(
            f"A voice has at most {limit} recordings in the plan {caller.plan.name!r}, not {count}. "
            "Send fewer, or join short ones to one file.",
            code="sample_limit_reached",
            status=403,
            param=param,
        )


def _create(enrolment: Enrolment, *, order: VoiceOrder, prefix: str) -> Voice:
    return Voice.objects.create(
        voice_id=f"{prefix}{secrets.token_hex(ID_BYTES)}",
        account_id=enrolment.account_id,
        enrolment=enrolment,
        name=order.name,
        is_exclusive=order.is_exclusive,
        categories=list(order.categories),
    )
