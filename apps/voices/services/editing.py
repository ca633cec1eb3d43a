"""Changes of a voice by its owner."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.callers import Caller
from apps.jobs.services.limits import wait_for_tenant
from apps.voices.models import Voice
from apps.voices.services.enrolments import check_voice_limit


def change_voice(caller: Caller, voice: Voice, *, name: str | None, categories: Sequence[str] | None) -> Voice:
    """Rename a voice or change its categories; what is not given stays as another request may leave it. A name makes an embed a kept voice. 403
    voice_limit_reached.
    """
    changed = [field for field, value in (("name", name), ("categories", categories)) if value is not None]
    with transaction.atomic():
        if name is not None:
            if voice.is_embed:
                wait_for_tenant(caller.tenant)
                check_voice_limit(caller)
            voice.name = name
        if categories is not None:
            voice.categories = list(dict.fromkeys(categories))
        voice.save(update_fields=changed)
    return voice
