"""Removal of voices with everything that was made of the speaker's recordings: samples, voice files, demos, results of the enrolment."""

import contextlib
import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.cache.services.purge import PurgeScope, purge_cache
from apps.core.errors import ConflictError
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.models import ACTIVE_STATES, Job, JobState
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.retention import expire_now
from apps.voices.kinds import ENROLLING_KINDS
from apps.voices.models import Enrolment, EnrolmentState, SavedVoice, Voice
from apps.voices.objects import enrolment_folder
from apps.voices.selectors import check_not_taken_down

logger = logging.getLogger(__name__)

SWEPT_AT_ONCE = 500


def remove_voice(voice: Voice, *, is_final: bool = False) -> None:
    """Delete a voice and the results of the requests that cloned it; its recordings and files too, unless another voice of the account uses
    them. What an unavailable store still holds is deleted by the next sweep.

    Raises 403 voice_taken_down for a voice that is kept for an appeal, unless the deletion is final: by the operator, or with the account.
    """
    if not is_final:
        check_not_taken_down(voice)
    jobs = Job.objects.filter(account_id=voice.account_id, kind__in=ENROLLING_KINDS, params__voice=voice.voice_id)
    with transaction.atomic():
        voice.delete()
        expire_now(jobs.filter(state=JobState.COMPLETED))
        purge_cache(PurgeScope(tenant=f"account:{voice.account_id}", voice=voice.voice_id))
        for enrolment in filter(None, (voice.next_enrolment_id, voice.enrolment_id)):
            transaction.on_commit(partial(try_to_remove, enrolment))  # the caller's transaction may still be undone


def remove_if_unused(enrolment_uuid: UUID) -> bool:
    """Delete an enrolment that no voice uses: objects first, so that a failure is repaired by the next sweep. True if it was deleted."""
    enrolment = Enrolment.objects.filter(uuid=enrolment_uuid, voices=None, next_voices=None, saved_voices=None).first()
    if enrolment is None:
        return False
    if enrolment.job_id is not None:
        _cancel_job(enrolment.job_id)
    get_storage().delete_prefix(enrolment_folder(enrolment))
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update().filter(uuid=enrolment_uuid)
        used = Voice.objects.filter(Q(enrolment_id=enrolment_uuid) | Q(next_enrolment_id=enrolment_uuid)).exists()
        if not locked.exists() or used or SavedVoice.objects.filter(enrolment_id=enrolment_uuid).exists():
            return False
        locked.delete()
    return True


def remove_account_voices(account_id: int) -> int:
    """Delete all voices of an account; returns their number."""
    SavedVoice.objects.filter(account_id=account_id).delete()
    voices = list(Voice.objects.filter(account_id=account_id))
    for voice in voices:
        remove_voice(voice, is_final=True)
    for enrolment in Enrolment.objects.filter(account_id=account_id):
        remove_if_unused(enrolment.uuid)
    return len(voices)


def remove_unused_embeds() -> int:
    """Delete embeds that were not used for the retention of their plan, and enrolments without a voice; returns their number."""
    now, removed = timezone.now(), 0
    embeds = Voice.objects.filter(name="").annotate(days=F("account__plan__retention_days")).order_by("used_at")
    for embed in embeds[:SWEPT_AT_ONCE]:
        if embed.used_at < now - timedelta(days=embed.days):
            embed.delete()
            removed += 1
    old = Q(created_at__lt=now - timedelta(minutes=10))  # a request may be attaching its voice
    for enrolment in Enrolment.objects.filter(old, voices=None, next_voices=None, saved_voices=None)[:SWEPT_AT_ONCE]:
        try:
            removed += remove_if_unused(enrolment.uuid)
        except StorageAwayError as error:
            logger.warning("unused voices are swept later: %s", error.message)
            break
    return removed


def evict_embeds(account_id: int, *, kept: int) -> None:
    """Delete the least recently used embeds beyond this number. Their files are deleted after the commit, or by the next sweep."""
    extra = Voice.objects.filter(account_id=account_id, name="").exclude(enrolment__state=EnrolmentState.DRAFT).order_by("-used_at", "-id")
    for embed in extra[kept:]:
        embed.delete()
        transaction.on_commit(partial(try_to_remove, embed.enrolment_id))


def try_to_remove(enrolment_uuid: UUID) -> None:
    """Delete an unused enrolment, or leave it to the next sweep."""
    try:
        remove_if_unused(enrolment_uuid)
    except StorageAwayError as error:
        logger.warning("enrolment %s is removed later: %s", enrolment_uuid.hex, error.message)


def _cancel_job(job_uuid: UUID) -> None:
    job = Job.objects.filter(uuid=job_uuid, state__in=ACTIVE_STATES).first()
    if job is not None:
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancel_job(job, reason="The voice was deleted.")
