"""Serializers of voices of accounts, and of the requests that clone them."""

from typing import Any

from django.core.signing import Signer
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.catalog.serializers import VoiceSerializer
from apps.core import fields
from apps.speech.serializers import QueuedSpeechSerializer
from apps.uploads.serializers import ReferenceSerializer
from apps.voices.models import EnrolmentState, Sample, Voice
from apps.voices.services.requests import DEFAULT_MODEL
from apps.webhooks.fields import WebhookUrl
from workers.audio.probe import SUPPORTED_FORMATS
from workers.contract.formats import FORMATS
from workers.contract.tags import primary_tag

LONGEST_NAME = 100
LONGEST_STATEMENT = 5000
MOST_CATEGORIES = 20
RECORDING_HELP = (
    f"Recording of the speaker, 10 to 30 seconds of clear speech, at most 20 MB. {SUPPORTED_FORMATS}, known by its content. "
    "May be repeated in a form: several recordings of one speaker are used together."
)

USED, ADDED, REMOVED = SAMPLE_STATES = ("used", "added", "removed")

PREVIEW_SALT = "voices.preview"
_signer = Signer(salt=PREVIEW_SALT)
_MOMENT = serializers.DateTimeField()


class Name(fields.Text):
    """Name of a voice: one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_NAME, "trim_whitespace": True, **options})

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if not name.isprintable():
            raise serializers.ValidationError("A name is one line of printable characters.", code="invalid")
        return name


class CategoriesField(serializers.ListField):
    """Categories as a list, or in a form as words separated by commas."""

    child = Name(max_length=50)

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MOST_CATEGORIES, "required": False, **options})

    def get_value(self, dictionary: Any) -> Any:
        return dictionary.get(self.field_name, serializers.empty)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, str):
            data = [word for part in data.split(",") if (word := part.strip())]
        return super().to_internal_value(data)


class RecordingsField(serializers.FileField):
    """File that a form may hold several times, as a tuple."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, "allow_empty_file": True, **options})

    def get_value(self, dictionary: Any) -> Any:
        if not hasattr(dictionary, "getlist"):
            return super().get_value(dictionary)
        return dictionary.getlist(self.field_name) or serializers.empty

    def to_internal_value(self, data: Any) -> Any:
        return tuple(super(RecordingsField, self).to_internal_value(one) for one in (data if isinstance(data, list) else [data]))


class ConsentSerializer(serializers.Serializer[Any]):
    """Statement of consent."""

    consent = fields.FormName(
        required=False, max_length=LONGEST_STATEMENT, help_text="The speaker's consent in words, recorded with the voice; revocable."
    )
    consent_by = fields.FormName(required=False, max_length=200, help_text="Name of the speaker, or of who states the consent.")


class RecordedConsentSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/voices/<id>/consent/."""

    consent = fields.Text(max_length=LONGEST_STATEMENT, help_text="The speaker's consent in words.")
    consent_by = fields.FormName(required=False, max_length=200, help_text="Name of the speaker, or of who states the consent.")


class RecordingSerializer(ReferenceSerializer, ConsentSerializer):
    """Recording of a speaker, or a reference to one, with what is known about it."""

    file = RecordingsField(help_text=RECORDING_HELP)
    model = fields.FormName(
        required=False, default=DEFAULT_MODEL, max_length=100, help_text="A model with `supports_cloning` in /v1/models/."
    )
    reference_text = fields.FormName(required=False, max_length=5000, help_text="Words of the recording; transcribed if omitted.")
    webhook_url = WebhookUrl()


class CloneSerializer(RecordingSerializer):
    """Recording or `embed_id`, and settings of the speech."""

    reference_audio = RecordingsField(help_text=RECORDING_HELP)
    file = RecordingsField(help_text="The same as `reference_audio`.")
    embed_id = fields.FormName(
        required=False, max_length=100, help_text="`embed_id` of POST /v1/voice-embed/, or a voice of the account, instead of a recording."
    )
    format = fields.FormChoice(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the audio.")
    language = fields.FormName(required=False, max_length=35, help_text="Language of the text; detected if omitted.")
    speed = fields.FormNumber(required=False, default=1.0, min_value=0.5, max_value=2.0)


class SpeechCloneSerializer(CloneSerializer):
    """Request body of POST /v1/tts/clone/."""

    text = fields.Text(help_text="Text to speak with the voice; plain or SSML.")


class VoiceCloneSerializer(CloneSerializer):
    """Request body of POST /v1/voice-clone/."""

    name = Name(help_text="Name under which the voice is kept.")
    categories = CategoriesField(help_text="Categories of the voice; in a form separated by commas.")
    text = fields.FormName(required=False, help_text="Text to speak; a sentence of the server's if omitted.")


class EmbedSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/voice-embed/."""

    embed_id = serializers.CharField(help_text="Accepted by clone requests as `embed_id`, and wherever a voice is.")
    model = serializers.CharField()
    model_used = serializers.CharField(required=False, help_text="Id of the installed model that clones in place of `model`.")
    duration_ms = serializers.IntegerField(help_text="Time that the request took.")
    state = serializers.ChoiceField(choices=EnrolmentState.values, help_text="`training`: a likeness speaks until the voice is fitted.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False, help_text="Advice about the recording.")


class ClonedVoiceSerializer(QueuedSpeechSerializer):
    """Response of POST /v1/voice-clone/."""

    url = serializers.URLField(help_text="Audio of the voice once the job is completed; needs no key.")
    voice_id = serializers.CharField()
    name = serializers.CharField()


class SampleSerializer(serializers.Serializer[Any]):
    """Recording of a voice."""

    id = serializers.CharField(help_text="Names the recording in URLs: its SHA-256.")
    sha256 = serializers.CharField()
    state = serializers.ChoiceField(
        choices=SAMPLE_STATES, help_text="`added` and `removed`: the voice is being enrolled again with, or without, the recording."
    )
    file_name = serializers.CharField()
    bytes = serializers.IntegerField()
    seconds = serializers.FloatField()


class RecordingChangeSerializer(serializers.Serializer[Any]):
    """Change of a voice's recordings that is in progress, or was not made."""

    state = serializers.ChoiceField(choices=EnrolmentState.values)
    uuid = serializers.CharField(required=False, help_text="Job that enrols the changed recordings.")
    code = serializers.CharField(required=False)
    error = serializers.CharField(required=False, help_text="Reason of the state `failed`; the voice speaks as before.")


class SampleListSerializer(serializers.Serializer[Any]):
    """Response of GET /v1/voices/<id>/samples/."""

    voice_id = serializers.CharField()
    samples = SampleSerializer(many=True)
    total = serializers.IntegerField()
    limit = serializers.IntegerField(help_text="Recordings of one voice in the account's plan.")
    change = RecordingChangeSerializer(allow_null=True)


class ChangedSamplesSerializer(QueuedSpeechSerializer, SampleListSerializer):
    """Response of a change of recordings: the job that enrols the voice again, and the recordings."""

    url = serializers.URLField(help_text="Demo of the voice once the job is completed; needs no key.")


class NewSampleSerializer(ReferenceSerializer, ConsentSerializer):
    """Request body of POST /v1/voices/<id>/samples/."""

    file = RecordingsField(help_text=RECORDING_HELP)
    webhook_url = WebhookUrl()


class ShownConsentSerializer(serializers.Serializer[Any]):
    """Statement of consent and its state."""

    statement = serializers.CharField()
    given_by = serializers.CharField()
    recorded_by = serializers.CharField()
    given_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(component_name="ListedVoice")
class ListedVoiceSerializer(VoiceSerializer):
    """Built-in voice, or a voice of the account."""

    own = serializers.BooleanField(help_text="True for a voice of the account.")
    state = serializers.ChoiceField(choices=EnrolmentState.values)
    is_embed = serializers.BooleanField(required=False, help_text="Of an own voice: true if it has no name.")
    is_fitted = serializers.BooleanField(required=False, help_text="False while a likeness speaks.")
    categories = serializers.ListField(child=serializers.CharField(), required=False)
    created_at = serializers.DateTimeField(required=False)
    error = serializers.CharField(required=False, help_text="Reason of the state `failed`, or why a likeness speaks for good.")
    code = serializers.CharField(required=False)
    is_consent_revoked = serializers.BooleanField(required=False)


class ListedVoicesSerializer(serializers.Serializer[Any]):
    """Matching voices, own ones first."""

    voices = ListedVoiceSerializer(many=True)
    total = serializers.IntegerField()


@extend_schema_serializer(component_name="OneVoice")
class OwnVoiceSerializer(ListedVoiceSerializer):
    """One voice; samples, consents and warnings only of an own one."""

    samples = SampleSerializer(many=True, required=False)
    change = RecordingChangeSerializer(required=False, allow_null=True)
    consents = ShownConsentSerializer(many=True, required=False)
    warnings = serializers.ListField(child=serializers.CharField(), required=False, help_text="Advice about the recordings.")


class VoiceChangeSerializer(serializers.Serializer[Any]):
    """Request body of PATCH /v1/voices/<id>/."""

    name = Name(required=False)
    categories = CategoriesField()


class RemovedVoiceSerializer(serializers.Serializer[Any]):
    voice_id = serializers.CharField()
    deleted = serializers.BooleanField()


def own_voice_shape(voice: Voice, *, base: str, tier: str = "") -> dict[str, Any]:
    """Own voice in lists."""
    enrolment = voice.enrolment
    has_failed = enrolment.state == EnrolmentState.FAILED or enrolment.is_likeness_kept
    failed = {"error": enrolment.error_message, "code": enrolment.error_code} if has_failed else {}
    return {
        "id": voice.voice_id,
        "voice_id": voice.voice_id,
        "name": voice.name,
        "model": enrolment.engine_id,
        "model_name": enrolment.engine_id,
        "language": primary_tag(enrolment.language),
        "gender": enrolment.gender,
        "description": str((enrolment.report or {}).get("design", {}).get("description", "")),
        "tags": ", ".join(filter(None, [enrolment.language, "own", *voice.categories])),
        "is_premium": tier == "premium",
        "preview_url": preview_url(voice, base=base),
        "own": True,
        "state": enrolment.state,
        "is_embed": voice.is_embed,
        "is_fitted": enrolment.is_fitted,
        "categories": voice.categories,
        "created_at": _MOMENT.to_representation(voice.created_at),
        "is_consent_revoked": enrolment.is_revoked,
        **failed,
    }


def voice_detail_shape(voice: Voice, *, base: str) -> dict[str, Any]:
    """Own voice with its recordings and consents."""
    enrolment = voice.enrolment
    return {
        **own_voice_shape(voice, base=base),
        "samples": sample_shapes(voice),
        "change": change_shape(voice),
        "consents": [
            {
                "statement": one.statement,
                "given_by": one.given_by,
                "recorded_by": one.recorded_by,
                "given_at": _MOMENT.to_representation(one.given_at),
                "revoked_at": _MOMENT.to_representation(one.revoked_at) if one.revoked_at else None,
            }
            for one in enrolment.consents.all()
        ],
        "warnings": recording_warnings(voice),
    }


def sample_shapes(voice: Voice) -> list[dict[str, Any]]:
    """Recordings of the voice, and those that it is being enrolled with."""
    used = list(voice.enrolment.samples.all())
    following = list(voice.next_enrolment.samples.all()) if voice.next_enrolment else used
    old, new = {one.sha256 for one in used}, {one.sha256 for one in following}
    return [
        *(_sample_shape(one, state=USED if one.sha256 in new else REMOVED) for one in used),
        *(_sample_shape(one, state=ADDED) for one in following if one.sha256 not in old),
    ]


def _sample_shape(sample: Sample, *, state: str) -> dict[str, Any]:
    return {
        "id": sample.sha256,
        "sha256": sample.sha256,
        "state": state,
        "file_name": sample.file_name,
        "bytes": sample.bytes,
        "seconds": round(sample.audio_seconds, 3),
    }


def change_shape(voice: Voice) -> dict[str, Any] | None:
    """The change of recordings in progress, or the last one if it was refused; None without any."""
    following = voice.next_enrolment
    if following is not None:
        return {"state": following.state, "uuid": following.job_id.hex if following.job_id else ""}
    if voice.refused_code:
        return {"state": EnrolmentState.FAILED.value, "code": voice.refused_code, "error": voice.refused_message}
    return None


def recording_warnings(voice: Voice) -> list[str]:
    """Advice about usable recordings that are not good."""
    return [str(warning) for warning in (voice.enrolment.report or {}).get("warnings", [])]


def preview_url(voice: Voice, *, base: str) -> str:
    """URL of the demo for clients that send no key, such as an <audio> element."""
    return f"{base}/v1/voices/{voice.voice_id}/preview/?signature={preview_signature(voice.voice_id)}"


def preview_signature(voice_id: str) -> str:
    return _signer.signature(voice_id)
