"""Voices saved under a name of the account's choice, and restored from there."""

from collections.abc import Collection
from typing import Final

from django.db import transaction

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError, InvalidRequestError, NotFoundError
from apps.jobs.services.limits import wait_for_tenant
from apps.voices.models import Enrolment, SavedVoice, Voice
from apps.voices.selectors import check_usable
from apps.voices.services.enrolments import VoiceOrder, give_voice

MOST_SAVED: Final = 1000
"""Saved voices of an account, a bound on the files that stay after their voices are removed."""


def save_voices(caller: Caller, *, collection: str, voices: Collection[Voice]) -> None:
    """Save these voices under a name; those that were saved there under the same names are replaced.

    409 no_voices, voice_not_ready or voice_failed, 403 voice_blocked, consent_revoked or saved_voice_limit_reached.
    """
    account = caller.required_account
    if not voices:
        raise ConflictError("The account has no voice that could be saved. Clone one first.", code="no_voices", param="prompt_ids")
    for voice in voices:
        check_usable(voice)
        if not voice.enrolment.conditioning_key:
            raise ConflictError(f"The voice {voice.name!r} is not ready yet. Try again later.", code="voice_not_ready")
    with transaction.atomic():
        wait_for_tenant(caller.tenant)
        for voice in voices:
            SavedVoice.objects.update_or_create(
                account=account, collection=collection, name=voice.name or voice.voice_id, defaults={"enrolment": voice.enrolment}
            )
        if SavedVoice.objects.filter(account=account).count() > MOST_SAVED:
            message = f"An account keeps at most {MOST_SAVED} saved voices."
            raise InvalidRequestError(message, code="saved_voice_limit_reached", status=403)


def restore_voices(caller: Caller, *, collection: str, names: Collection[str] | None) -> list[str]:
    """Restore saved voices as far as the account lacks them; returns their names. names: None for all. 404 collection_not_found."""
    account = caller.required_account
    with transaction.atomic():
        wait_for_tenant(caller.tenant)
        saved = list(SavedVoice.objects.select_related("enrolment").filter(account=account, collection=collection))
        if not saved:
            raise NotFoundError(f"Nothing is saved under {collection[:100]!r}.", code="collection_not_found")
        wanted = [one for one in saved if names is None or one.name in names]
        for one in wanted:
            _restore(one, caller=caller)
    return [one.name for one in wanted]


def _restore(saved: SavedVoice, *, caller: Caller) -> None:
    named = Voice.objects.select_related("enrolment").filter(account_id=saved.account_id, name=saved.name)
    if any(voice.can_speak for voice in named) or Voice.objects.filter(account_id=saved.account_id, voice_id=saved.name).exists():
        return
    enrolment = Enrolment.objects.select_for_update().get(pk=saved.enrolment_id)
    give_voice(enrolment, caller=caller, order=VoiceOrder(name=saved.name))
