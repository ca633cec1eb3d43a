"""Takedowns: the operator stops a voice after a report; its files are kept until the appeal period ends."""

import contextlib
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core.errors import ConflictError
from apps.jobs.models import ACTIVE_STATES, Job
from apps.jobs.services.cancel import cancel_job
from apps.voices.models import Enrolment, SavedVoice, Takedown, Voice
from apps.voices.services.cached_speech import purge_voices
from apps.voices.services.removal import remove_voice, try_to_remove

DELETED_AT_ONCE: Final = 200


def take_down(voice: Voice, *, reason: str, decided_by: str) -> Takedown:
    """Stop a voice, and every other one of the account with the same recordings, from the next request on. 409 if it is down already.

    The caller's transaction decides; call cancel_jobs_with after it.
    """
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update().get(pk=voice.enrolment_id)
        if enrolment.is_taken_down:
            raise ConflictError(f"The voice {voice.voice_id} is taken down already.", code="voice_taken_down")
        Enrolment.objects.filter(pk=enrolment.pk).update(is_taken_down=True)
        Voice.objects.filter(enrolment=enrolment).update(next_enrolment=None)  # changed recordings must not bring it back
        purge_voices([enrolment])
        return Takedown.objects.create(
            account_id=voice.account_id,
            enrolment=enrolment,
            voice_id=voice.voice_id,
            voice_name=voice.name,
            reason=reason[:300],
            decided_by=decided_by[:200],
            appeal_ends_at=timezone.now() + timedelta(days=settings.TTSAI_APPEAL_DAYS),
        )


def cancel_jobs_with(takedown: Takedown) -> int:
    """Cancel the account's waiting and running jobs that speak with the voice; returns their number. Outside of a transaction."""
    cancelled = 0
    for job in Job.objects.filter(account_id=takedown.account_id, state__in=ACTIVE_STATES, params__voice=takedown.voice_id):
        with contextlib.suppress(ConflictError):  # it ended meanwhile
            cancel_job(job, reason="The operator took the voice down.")
            cancelled += 1
    return cancelled


def lift(takedown: Takedown) -> None:
    """Let the voice speak again: the appeal succeeded. 409 if the takedown is over."""
    with transaction.atomic():
        locked = Takedown.objects.select_for_update().get(pk=takedown.pk)
        if not locked.is_open:
            raise ConflictError("The takedown is over: its voice speaks again, or was deleted.", code="takedown_over")
        Enrolment.objects.filter(takedowns=locked.pk).update(is_taken_down=False)
        locked.lifted_at = timezone.now()
        locked.save(update_fields=["lifted_at"])


def delete_voices_after_appeal() -> int:
    """Delete voices, with their files, whose appeal period has ended; returns the number of takedowns that ended."""
    due = Takedown.objects.filter(lifted_at=None, deleted_at=None, appeal_ends_at__lte=timezone.now()).order_by("appeal_ends_at")
    ended = 0
    for takedown in due[:DELETED_AT_ONCE]:
        ended += _delete(takedown)
    return ended


def _delete(takedown: Takedown) -> bool:
    with transaction.atomic():
        locked = Takedown.objects.select_for_update().get(pk=takedown.pk)
        if not locked.is_open:  # lifted meanwhile
            return False
        enrolment_id = locked.enrolment_id
        if enrolment_id is not None:
            SavedVoice.objects.filter(enrolment_id=enrolment_id).delete()
            for voice in Voice.objects.filter(enrolment_id=enrolment_id):
                remove_voice(voice, is_final=True)
        locked.deleted_at = timezone.now()
        locked.save(update_fields=["deleted_at"])
    if enrolment_id is not None:
        try_to_remove(enrolment_id)  # what an unavailable store still holds is deleted by the next sweep
    return True
