"""Empty form fields count as omitted, on every route that accepts forms."""

from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers

from apps.compat.openai import serializers as openai
from apps.compat.openai.forms import read_form
from apps.compat.openai.transcription_views import LISTS, OBJECTS
from apps.conversations.serializers import VoiceChatRequestSerializer
from apps.core.fields import validated
from apps.transcription.serializers import TranscriptionRequestSerializer
from apps.translation.serializers import SpeechTranslationRequestSerializer

FORMS: dict[type[serializers.Serializer[Any]], dict[str, str]] = {
    TranscriptionRequestSerializer: {},
    SpeechTranslationRequestSerializer: {"target_language": "es"},
    VoiceChatRequestSerializer: {"upload_id": "x"},
    openai.OpenAITranscriptionSerializer: {"model": "whisper-1"},
    openai.OpenAITranslationSerializer: {"model": "whisper-1"},
}
"""Every serializer used for forms, with its required fields."""
MEANINGFUL = {"system_prompt"}
"""Fields whose blank value has a meaning: it removes the conversation's prompt."""
OPTIONAL = [(shape, name) for shape in FORMS for name, field in shape().fields.items() if not field.required and name not in MEANINGFUL]


def form(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


def read(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Validated fields with a value: null, an empty text and `auto` all count as omitted."""
    if issubclass(shape, openai.OpenAITranscriptionSerializer):
        data = read_form(data, lists=LISTS, objects=OBJECTS)
    return {name: value for name, value in validated(shape(), data).items() if value is not None and value not in ("", "auto")}


@pytest.mark.parametrize(("shape", "name"), OPTIONAL, ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_an_empty_form_field_counts_as_left_out(shape: type[serializers.Serializer[Any]], name: str) -> None:
    needed = FORMS[shape]
    if name in needed:
        return
    assert read(shape, form(**needed, **{name: ""})) == read(shape, form(**needed))
    assert read(shape, form(**needed, **{f"{name}[]": ""})) == read(shape, form(**needed))


@pytest.mark.parametrize("name", ["temperature", "response_format", "stream", "num_speakers", "diarize", "timestamps", "format"])
def test_a_blank_value_counts_as_left_out_in_forms_and_in_json(name: str) -> None:
    shapes = [shape for shape in FORMS if name in shape().fields]
    assert shapes
    for shape in shapes:
        plain = read(shape, form(**FORMS[shape]))
        assert read(shape, form(**FORMS[shape], **{name: "  "})) == plain
        assert read(shape, {**FORMS[shape], name: ""}) == plain


@pytest.mark.parametrize(
    ("shape", "name"), [(shape, name) for shape, needed in FORMS.items() for name in needed if shape().fields[name].required]
)
def test_an_empty_required_form_field_is_refused(shape: type[serializers.Serializer[Any]], name: str) -> None:
    with pytest.raises(serializers.ValidationError) as refused:
        validated(shape(), form(**{**FORMS[shape], name: ""}))
    assert list(refused.value.get_codes()) == [name]  # type: ignore[arg-type]


def test_a_repeated_list_keeps_its_filled_values() -> None:
    data = form(model="whisper-1", response_format="verbose_json")
    data.setlist("timestamp_granularities[]", ["", "word", ""])
    assert read(openai.OpenAITranscriptionSerializer, data)["timestamp_granularities"] == ["word"]
