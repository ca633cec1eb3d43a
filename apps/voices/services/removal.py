"""Removal of voices with everything that was made of the speaker's recordings: samples, voice files, demos, results of the enrolment."""

import contextlib
import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.utils import timezone

from apps.cache.services.purge import PurgeScope, purge_cache
from apps.core.errors import ConflictError
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.models import ACTIVE_STATES, Job, JobState
from apps.jobs.services.cancel import cancel_job
from apps.jobs.services.retention import expire_now
from apps.voice_profiles.services import forget_profile
from apps.voices.kinds import ENROLLING_KINDS
from apps.voices.models import Enrolment, EnrolmentState, SavedVoice, Voice
from apps.voices.objects import enrolment_folder
from apps.voices.selectors import check_not_taken_down

logger = logging.getLogger(__name__)

SWEPT_AT_ONCE = 500
KEPT_UNTIL = ExpressionWrapper(
    F("used_at") + ExpressionWrapper(F("account__plan__retention_days") * Value(timedelta(days=1)), DurationField()), DateTimeField()
)
"""End of the time for which an embed that is not used is kept."""


def remove_voice(voice: Voice, *, is_final: bool = False, keeps_saved: bool = False) -> None:
    """Delete a voice with its profile and the results of the requests that cloned it, those in progress included; its recordings and files
    too, unless another voice of the account uses them. What an unavailable store still holds is deleted by the next sweep.

    keeps_saved: leave what is saved of the voice under a name (SavedVoice), which keeps its files. Raises 403 voice_taken_down for a voice that is kept for an appeal, unless the deletion is final: by the operator, or with the account.
    """
    if not is_final:
        check_not_taken_down(voice)
    jobs = Job.objects.filter(account_id=voice.account_id, kind__in=ENROLLING_KINDS, params__voice=voice.voice_id)
    with transaction.atomic():
        _delete_row(voice)
        expire_now(jobs.filter(state=JobState.COMPLETED))
        # The caller's transaction may still be undone.
        for job in jobs.filter(state__in=ACTIVE_STATES).values_list("uuid", flat=True):
            transaction.on_commit(partial(_cancel_job, job))
        for enrolment in filter(None, (voice.next_enrolment_id, voice.enrolment_id)):
            if not keeps_saved and not _is_used(enrolment):
                SavedVoice.objects.filter(enrolment_id=enrolment).delete()
            transaction.on_commit(partial(try_to_remove, enrolment))


def _delete_row(voice: Voice) -> None:
    """Delete a voice, its profile and the speech of it that is cached."""
    voice.delete()
    forget_profile(voice.account, voice_id=voice.voice_id)
    purge_cache(PurgeScope(tenant=f"account:{voice.account_id}", voice=voice.voice_id))


def _is_used(enrolment_uuid: UUID) -> bool:
    return Voice.objects.filter(Q(enrolment_id=enrolment_uuid) | Q(next_enrolment_id=enrolment_uuid)).exists()


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
        if not locked.exists() or _is_used(enrolment_uuid) or SavedVoice.objects.filter(enrolment_id=enrolment_uuid).exists():
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
    embeds = Voice.objects.select_related("account").filter(name="").annotate(kept_until=KEPT_UNTIL).filter(kept_until__lt=now)
    for embed in embeds.order_by("used_at")[:SWEPT_AT_ONCE]:
        _delete_row(embed)
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
    for embed in extra.select_related("account")[kept:]:
        _delete_row(embed)
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
