"""Cached speech of voices that must not speak any more."""

from collections.abc import Iterable

from apps.cache.services.purge import PurgeScope, purge_cache
from apps.voices.models import Enrolment, Voice


def purge_voices(enrolments: Iterable[Enrolment]) -> None:
    """Delete cached speech of all voices that share these enrolments."""
    for voice in Voice.objects.filter(enrolment__in=[enrolment.pk for enrolment in enrolments]):
        purge_cache(PurgeScope(tenant=f"account:{voice.account_id}", voice=voice.voice_id))
