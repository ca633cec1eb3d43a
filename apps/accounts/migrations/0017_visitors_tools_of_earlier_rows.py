"""Opens the tools of the site to visitors in the row of an earlier version. A value that the operator has chosen is left as it is."""

from django.db import migrations

SPEAKERS = ["pico", "piper", "vits", "melotts", "kokoro"]
MODELS = ["whisper", "apertium", "deepfilternet", "wpe", "spleeter", "kokoro-convert", "world"]
NEW_MODELS = ["kokoro-clone"]
SERVICES = {
    "transcription": ["whisper"],
    "speech-translation": ["whisper", "apertium"],
    "voice-convert": ["kokoro-convert", "world"],
    "speech-to-speech": ["whisper"],
    "audio-convert": [],
    "audio-trim-silence": [],
    "audio-normalize": [],
    "audio-enhance": ["deepfilternet"],
    "audio-dereverb": ["wpe"],
    "audio-separate": ["spleeter"],
    "audio-analyze": [],
}
NEW_SERVICES = {"voice-clone": ["kokoro-clone"]}
ALL_SERVICES = {**SERVICES, **NEW_SERVICES}
SECONDS, BYTES = 300, 8_000_000
SHIPPED_MODELS = ([*SPEAKERS], [*SPEAKERS, *MODELS])
"""Lists of models that earlier versions installed."""


def fill_row(apps, schema_editor):
    plan = apps.get_model("accounts", "Plan").objects.filter(slug="anonymous").first()
    if plan is None:
        return
    is_before_tools = plan.anonymous_services == [] and plan.audio_seconds_per_day is None
    is_before_cloning = plan.anonymous_services == [*SERVICES]
    if not is_before_tools and not is_before_cloning:
        return
    if plan.allowed_models in SHIPPED_MODELS:
        plan.allowed_models = [*SPEAKERS, *MODELS, *NEW_MODELS]
    offered = ALL_SERVICES if is_before_tools else {**dict.fromkeys(SERVICES, []), **NEW_SERVICES}
    allowed, excluded = set(plan.allowed_models), set(plan.excluded_models)
    plan.anonymous_services = [
        service
        for service, models in offered.items()
        if all(model not in excluded and (not allowed or model in allowed) for model in models)
    ]
    if is_before_tools:
        plan.audio_seconds_per_day = SECONDS
        plan.max_upload_bytes = BYTES if plan.max_upload_bytes is None else plan.max_upload_bytes
    plan.save(update_fields=["allowed_models", "anonymous_services", "audio_seconds_per_day", "max_upload_bytes"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0016_visitors_tools'),
    ]

    operations = [
        migrations.RunPython(fill_row, migrations.RunPython.noop),
    ]
