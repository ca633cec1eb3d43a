"""Fields of bodies that take their own type and no other, and validation that is cheap enough for the busiest route."""

import math
import re
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import empty

from apps.core.errors import InvalidRequestError

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?", re.ASCII)


class Text(serializers.CharField):
    """A string as it was sent: no number, and no space is lost."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Number(serializers.FloatField):
    """A JSON number that is finite: no string, no boolean."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            value = float(data)
        except OverflowError:
            self.fail("invalid")
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class Flag(serializers.BooleanField):
    """True or false: no string, no number."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class BlankIsAbsentMixin:
    """A field that forms carry too, whose blank value (`temperature=`) counts as left out. Of a required field that is an error."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        is_blank = isinstance(data, str) and not data.strip()
        result: tuple[bool, Any] = super().validate_empty_values(empty if is_blank else data)  # type: ignore[misc]
        return result


class FormFlag(BlankIsAbsentMixin, Flag):
    """A flag that forms may carry too: the official SDK sends `True` and `False`. Left out of a form it is its default, not False."""

    default_empty_html = empty
    words: ClassVar = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}

    def to_internal_value(self, data: Any) -> bool:
        return super().to_internal_value(self.words.get(data.strip().lower(), data) if isinstance(data, str) else data)


class FormNumber(BlankIsAbsentMixin, Number):
    """A finite number that forms may carry too, as text."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str) and _DECIMAL.fullmatch(data.strip()):
            data = float(data)
        return super().to_internal_value(data)


class FormInteger(BlankIsAbsentMixin, serializers.IntegerField):
    """A whole number that forms may carry too, as text."""


class FormChoice(BlankIsAbsentMixin, serializers.ChoiceField):
    """One of several words, that forms may carry too."""


class FormName(BlankIsAbsentMixin, Text):
    """A text of which an empty one means nothing, such as a model's id."""


def validated(shape: serializers.Serializer[Any], data: Any) -> dict[str, Any]:
    """Validate a body by the shape; unknown fields are ignored. Raises REST framework's ValidationError, or
    InvalidRequestError for what is no object.

    One instance serves all requests: building a serializer copies every field, which costs more than validating with it.
    Shapes given here therefore keep nothing of a request and take no context.
    """
    if not isinstance(data, dict):
        raise InvalidRequestError("The body must be a JSON object.", code="invalid_body")
    return dict(shape.run_validation(data))
