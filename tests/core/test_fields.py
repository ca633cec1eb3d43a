"""Fields that take their own type and no other."""

from typing import Any

import pytest
from rest_framework import serializers

from apps.core import fields
from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import invalid_fields


class Shape(serializers.Serializer[Any]):
    text = fields.Text()
    speed = fields.Number(required=False, min_value=0.5, max_value=2.0)
    is_loud = fields.Flag(required=False)


SHAPE = Shape()


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
def test_what_is_no_object_is_no_body(body: Any) -> None:
    with pytest.raises(InvalidRequestError) as wrong:
        fields.validated(SHAPE, body)
    assert wrong.value.code == "invalid_body"
