"""Serializer fields that accept only their own type."""

from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers

from apps.core import fields
from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import invalid_fields


class Shape(serializers.Serializer[Any]):
    text = fields.Text()
    speed = fields.Number(required=False, min_value=0.5, max_value=2.0)
    is_loud = fields.Flag(required=False)


SHAPE = Shape()


class Composition(serializers.Serializer[Any]):
    lines = serializers.ListField(child=Shape(), required=False)
    chunks = Shape(many=True, required=False)
    formats = serializers.ListField(child=serializers.ChoiceField(choices=["mp3"]), required=False)
    limits = serializers.DictField(child=serializers.IntegerField(), required=False)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"lines": [{"text": "a"}, {"text": 5}]}, "lines[1].text"),
        ({"chunks": [{"text": "a"}, {"text": "b", "speed": 9}]}, "chunks[1].speed"),
        ({"formats": ["mp3", "wav"]}, "formats[1]"),
        ({"limits": {"tts:generate": "many"}}, "limits.tts:generate"),
    ],
)
def test_field_at_fault_in_a_list_is_named_with_its_number_in_brackets(body: dict[str, Any], param: str) -> None:
    with pytest.raises(serializers.ValidationError) as wrong:
        fields.validated(Composition(), body)
    error = invalid_fields(wrong.value)
    assert (error.param, error.message.startswith(f"{param}: ")) == (param, True)


def test_unknown_fields_are_ignored() -> None:
    assert fields.validated(SHAPE, {"text": " a ", "speed": 1, "colour": "red"}) == {"text": " a ", "speed": 1.0}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"text": 1}, "text"),
        ({"text": True}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": None}, "text"),
        ({}, "text"),
        ({"text": "a", "speed": "1"}, "speed"),
        ({"text": "a", "speed": True}, "speed"),
        ({"text": "a", "speed": float("inf")}, "speed"),
        ({"text": "a", "speed": 10**400}, "speed"),
        ({"text": "a", "speed": 2.01}, "speed"),
        ({"text": "a", "is_loud": "true"}, "is_loud"),
        ({"text": "a", "is_loud": 1}, "is_loud"),
    ],
)
def test_a_wrong_type_names_its_field(body: Any, param: str) -> None:
    with pytest.raises(serializers.ValidationError) as wrong:
        fields.validated(SHAPE, body)
    error = invalid_fields(wrong.value)
    assert (error.status, error.param) == (400, param)
    assert error.message


@pytest.mark.parametrize("body", [[], "text", None, 1, True])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(InvalidRequestError) as wrong:
        fields.validated(SHAPE, body)
    assert wrong.value.code == "invalid_body"


class Form(serializers.Serializer[Any]):
    denoise = fields.FormFlag(required=False, default=True)
    speed = fields.FormNumber(required=False, default=1.0, min_value=0.5, max_value=2.0)


FORM = Form()


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("True", True),
        ("true", True),
        ("1", True),
        ("on", True),
        ("False", False),
        ("false", False),
        ("0", False),
        ("off", False),
        (" TRUE ", True),
    ],
)
def test_a_forms_flag_is_spelled_as_clients_spell_it(sent: str, meant: bool) -> None:
    assert fields.validated(FORM, QueryDict(f"denoise={sent}")) == {"denoise": meant, "speed": 1.0}
    assert fields.validated(FORM, {"denoise": meant}) == {"denoise": meant, "speed": 1.0}


@pytest.mark.parametrize("query", ["", "denoise=", "other=1"])
def test_an_omitted_form_field_takes_its_default(query: str) -> None:
    assert fields.validated(FORM, QueryDict(query)) == {"denoise": True, "speed": 1.0}


@pytest.mark.parametrize("sent", ["1.5", "+1.50", " 1.5 "])
def test_a_forms_number_is_text(sent: str) -> None:
    assert fields.validated(FORM, {"speed": sent}) == {"denoise": True, "speed": 1.5}


@pytest.mark.parametrize(
    ("name", "value"),
    [("denoise", "perhaps"), ("denoise", 1), ("denoise", None), ("denoise", "2"), ("denoise", ["True"]), ("speed", "NaN"), ("speed", "inf"),
     ("speed", "1e3"), ("speed", "1_0"), ("speed", "٣"), ("speed", "2.5"), ("speed", "fast"), ("speed", "9" * 400), ("speed", True)],
)  # fmt: skip
def test_an_invalid_form_value_names_its_field(name: str, value: Any) -> None:
    with pytest.raises(serializers.ValidationError) as wrong:
        fields.validated(FORM, {name: value})
    assert invalid_fields(wrong.value).param == name
