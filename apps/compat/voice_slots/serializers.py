"""Serializers of /v1/voice-clones."""

from typing import Any

from rest_framework import serializers

from apps.core import fields
from apps.voice_slots.models import LONGEST_NAME, SlotState, VoiceSlot
from apps.voices.serializers import LONGEST_STATEMENT, preview_url
from workers.contract.tags import primary_tag

LONGEST_URL = 4096


class NewSlotSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/voice-clones."""

    model_id = fields.Text(max_length=100, help_text="`QN_ACV`, or a model with `supports_cloning` in /v1/models/.")


class SlotChangeSerializer(serializers.Serializer[Any]):
    """Request body of PUT /v1/voice-clones/<id>."""

    key = fields.Text(
        required=False,
        default="",
        allow_blank=True,
        allow_null=True,
        max_length=LONGEST_URL,
        help_text="URL of a recording that trains the voice; empty to rename only.",
    )
    name = fields.Text(
        required=False,
        default="",
        allow_blank=True,
        allow_null=True,
        trim_whitespace=True,
        max_length=LONGEST_NAME,
        help_text="A Chinese character counts one. Missing or empty leaves the name.",
    )
    consent = fields.Text(
        required=False, max_length=LONGEST_STATEMENT, help_text="Extension: the speaker's consent in words, where the server demands it."
    )
    consent_by = fields.Text(required=False, default="", allow_blank=True, max_length=200, help_text="Extension: name of the speaker.")

    def validate_name(self, name: str | None) -> str:
        """One line of printable characters."""
        if name and not name.isprintable():
            raise serializers.ValidationError("A name is one line of printable characters.", code="invalid")
        return name or ""


class SlotSerializer(serializers.Serializer[Any]):
    """A voice slot."""

    id = serializers.CharField(help_text="Names the voice in every speech request once its state is Success.")
    name = serializers.CharField()
    language = serializers.CharField(help_text="Empty until it is known.")
    demo_url = serializers.CharField(help_text="A sample of the voice, in the state Success; needs no key.")
    state = serializers.ChoiceField(choices=SlotState.values)


class SlotListSerializer(serializers.Serializer[Any]):
    """The account's slots."""

    voices = SlotSerializer(many=True)


class NothingSerializer(serializers.Serializer[Any]):
    """An empty object."""


class _Envelope(serializers.Serializer[Any]):
    """Envelope of a success; `data` is added by get_fields, since it is an attribute of every serializer."""

    code = serializers.IntegerField(help_text="0")
    msg = serializers.CharField(help_text="Empty.")
    reqid = serializers.CharField()
    content: type[serializers.Serializer[Any]] = NothingSerializer

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "data": self.content()}


class SlotAnswerSerializer(_Envelope):
    """Answer with one slot."""

    content = SlotSerializer


class SlotListAnswerSerializer(_Envelope):
    """Answer with all slots."""

    content = SlotListSerializer


class SlotRemovedSerializer(_Envelope):
    """Answer of a deletion."""


def slot_shape(slot: VoiceSlot, *, base: str) -> dict[str, Any]:
    voice = slot.voice
    enrolment = voice.enrolment if voice is not None else None
    has_demo = slot.state == SlotState.SUCCESS and enrolment is not None and enrolment.has_audible_demo
    return {
        "id": slot.slot_id,
        "name": slot.name,
        "language": primary_tag(enrolment.language) if enrolment else "",
        "demo_url": preview_url(voice, base=base) if voice is not None and has_demo else "",
        "state": slot.state.value,
    }


def training_shape(slot: VoiceSlot, *, base: str) -> dict[str, Any]:
    """A slot as the answer to its training shows it: `Training` as documented, also where the account's voice of the same recording was ready."""
    return {**slot_shape(slot, base=base), "state": SlotState.TRAINING.value, "demo_url": ""}
