"""Write operations on voice profiles."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Account
from apps.core.errors import InvalidRequestError
from apps.voice_profiles.models import VoiceProfile

MOST_PROFILES = 10_000
"""Profiles of one account."""


def change_profile(
    account: Account,
    *,
    voice_id: str,
    description: str | None = None,
    labels: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> VoiceProfile:
    """Replace what is given. settings: only those that are named."""
    profiles = VoiceProfile.objects.filter(account=account)
    if not profiles.filter(voice_id=voice_id).exists() and profiles.count() >= MOST_PROFILES:
        raise InvalidRequestError(f"An account describes at most {MOST_PROFILES:,} voices.", code="too_many_profiles")
    changes: dict[str, Any] = {"changed_at": timezone.now()}
    changes |= {} if description is None else {"description": description}
    changes |= {} if labels is None else {"labels": dict(labels)}
    with transaction.atomic():
        VoiceProfile.objects.get_or_create(account=account, voice_id=voice_id)
        profile = profiles.select_for_update().get(voice_id=voice_id)  # another request may be changing other settings
        changes |= {} if settings is None else {"settings": {**profile.settings, **settings}}
        for name, value in changes.items():
            setattr(profile, name, value)
        profile.save(update_fields=[*changes])
    return profile


def forget_profile(account: Account, *, voice_id: str) -> None:
    VoiceProfile.objects.filter(account=account, voice_id=voice_id).delete()
