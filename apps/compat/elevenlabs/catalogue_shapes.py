"""Models and voices as ElevenLabs' API shows them."""

from collections.abc import Mapping
from typing import Any, Final

from apps.accounts.models import Plan
from apps.catalog.catalogue import EngineRow, VoiceRow
from apps.catalog.elevenlabs_voices import PremadeVoice
from apps.catalog.limits import longest_text
from apps.compat.openai.languages import language_name
from apps.voice_profiles.models import VoiceProfile
from apps.voices.models import Sample, Voice
from apps.voices.serializers import preview_url
from workers.contract.tags import primary_tag

DEFAULT_SETTINGS: Final = {"stability": 0.5, "similarity_boost": 0.75, "style": 0.0, "use_speaker_boost": True, "speed": 1.0}
FINE_TUNING_STATES: Final = {"draft": "queued", "training": "fine_tuning", "ready": "fine_tuned", "failed": "failed"}


def model_shape(engine: EngineRow, *, plan: Plan) -> dict[str, Any]:
    """Model of GET /v1/models."""
    longest = longest_text(plan, engine)
    return {
        "model_id": engine.requested_id,
        "name": engine.stand_in.name if engine.stand_in else engine.name,
        "can_be_finetuned": False,
        "can_do_text_to_speech": engine.kind == "tts",
        "can_do_voice_conversion": engine.kind == "voice-convert",
        "can_use_style": False,
        "can_use_speaker_boost": False,
        "serves_pro_voices": False,
        "token_cost_factor": 1.0,
        "description": f"Served by {engine.id}." if engine.stand_in else engine.spec.description,
        "requires_alpha_access": False,
        "max_characters_request_free_user": longest,
        "max_characters_request_subscribed_user": longest,
        "maximum_text_length_per_request": longest,
        "languages": [{"language_id": tag, "name": language_name(tag).title()} for tag in engine.spec.languages],
        "model_rates": {"character_cost_multiplier": 1.0},
        "concurrency_group": "standard",
    }


def premade_shape(voice: PremadeVoice, *, base: str, profile: VoiceProfile | None) -> dict[str, Any]:
    """Premade voice of ElevenLabs, for which one of ours speaks."""
    labels = {"accent": voice.accent, "gender": voice.gender, "language": "en"}
    return _shape(
        voice.voice_id,
        name=voice.name,
        category="premade",
        labels=labels,
        description=f"{voice.speaker} speaks for ElevenLabs' {voice.name}.",
        preview=f"{base}/v1/voices/kokoro/{voice.speaker}/preview/",
        profile=profile,
    )


def built_in_shape(voice: VoiceRow, *, base: str, profile: VoiceProfile | None) -> dict[str, Any]:
    """Built-in voice of ours."""
    labels = {"gender": voice.gender, "language": primary_tag(voice.language), "accent": voice.language, "model": voice.engine_id}
    return _shape(
        voice.id,
        name=voice.name,
        category="premade",
        labels=labels,
        description=voice.description,
        preview=f"{base}/v1/voices/{voice.engine_id}/{voice.id}/preview/",
        profile=profile,
    )


def own_shape(voice: Voice, *, base: str, profile: VoiceProfile | None) -> dict[str, Any]:
    """Voice of the account."""
    enrolment = voice.enrolment
    labels = {"gender": enrolment.gender, "language": primary_tag(enrolment.language)}
    state = FINE_TUNING_STATES.get(enrolment.state, enrolment.state)
    failure = {"message": {"all": enrolment.error_message}} if enrolment.error_message else {}
    return {
        **_shape(
            voice.voice_id,
            name=voice.name or voice.voice_id,
            category="cloned",
            labels=labels,
            description="",
            preview=preview_url(voice, base=base),
            profile=profile,
        ),
        "samples": [sample_shape(sample) for sample in enrolment.samples.all()],
        "fine_tuning": {"is_allowed_to_fine_tune": False, "state": {"all": state}, "verification_failures": [], **failure},
        "is_owner": True,
        "created_at_unix": int(voice.created_at.timestamp()),
    }


def sample_shape(sample: Sample) -> dict[str, Any]:
    return {
        "sample_id": sample.sha256,
        "file_name": sample.file_name,
        "mime_type": sample.content_type,
        "size_bytes": sample.bytes,
        "hash": sample.sha256,
        "duration_secs": round(sample.audio_seconds, 3),
    }


def settings_shape(profile: VoiceProfile | None) -> dict[str, Any]:
    """Settings of a voice, with defaults."""
    return {**DEFAULT_SETTINGS, **(profile.settings if profile else {})}


def _shape(
    voice_id: str, *, name: str, category: str, labels: Mapping[str, str], description: str, preview: str, profile: VoiceProfile | None
) -> dict[str, Any]:
    written = profile or VoiceProfile()
    return {
        "voice_id": voice_id,
        "name": name,
        "samples": None,
        "category": category,
        "fine_tuning": {"is_allowed_to_fine_tune": False, "state": {}, "verification_failures": []},
        "labels": {**{key: value for key, value in labels.items() if value}, **written.labels},
        "description": written.description or description,
        "preview_url": preview,
        "available_for_tiers": [],
        "settings": settings_shape(profile),
        "sharing": None,
        "high_quality_base_model_ids": [],
        "verified_languages": [],
        "safety_control": None,
        "voice_verification": {
            "requires_verification": False,
            "is_verified": False,
            "verification_failures": [],
            "verification_attempts_count": 0,
        },
        "permission_on_resource": "admin" if category == "cloned" else "viewer",
        "is_owner": False,
        "is_legacy": False,
        "is_mixed": False,
    }
