"""Write operations on voice profiles."""

from collections.abc import Mapping
from typing import Any

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
    known = VoiceProfile.objects.filter(account=account, voice_id=voice_id).first()
    if known is None and VoiceProfile.objects.filter(account=account).count() >= MOST_PROFILES:
        raise InvalidRequestError(f"An account describes at most {MOST_PROFILES:,} voices.", code="too_many_profiles")
    profile = known or VoiceProfile(account=account, voice_id=voice_id)
    changes: dict[str, Any] = {"changed_at": timezone.now()}
    changes |= {} if description is None else {"description": description}
    changes |= {} if labels is None else {"labels": dict(labels)}
    changes |= {} if settings is None else {"settings": {**profile.settings, **settings}}
    profile, _ = VoiceProfile.objects.update_or_create(account=account, voice_id=voice_id, defaults=changes)
    return profile


def forget_profile(account: Account, *, voice_id: str) -> None:
    VoiceProfile.objects.filter(account=account, voice_id=voice_id).delete()
