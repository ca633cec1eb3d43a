"""Read operations on voice profiles, always of one account."""

from collections.abc import Iterable

from apps.accounts.models import Account
from apps.voice_profiles.models import VoiceProfile

USUAL_SPEED = 1.0


def find_profile(account: Account, *, voice_id: str) -> VoiceProfile:
    """The profile, or an empty one that is not stored."""
    return VoiceProfile.objects.filter(account=account, voice_id=voice_id).first() or VoiceProfile(account=account, voice_id=voice_id)


def find_profiles(account: Account, *, voice_ids: Iterable[str]) -> dict[str, VoiceProfile]:
    return {profile.voice_id: profile for profile in VoiceProfile.objects.filter(account=account, voice_id__in=list(voice_ids))}


def find_speed(account: Account, *, voice_id: str) -> float:
    return float(find_profile(account, voice_id=voice_id).settings.get("speed") or USUAL_SPEED)
