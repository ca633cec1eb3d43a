"""Serializer fields that accept only their own type, and validation that is cheap enough for the busiest route."""

import math
import re
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import empty

from apps.core.errors import InvalidRequestError

_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?", re.ASCII)


class Text(serializers.CharField):
    """String as it was sent: no numbers, and spaces are kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Json(serializers.JSONField):
    """JSON value; in a form, its text. A value nested too deeply to be read is invalid."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except RecursionError:
            self.fail("invalid")


class Number(serializers.FloatField):
    """Finite JSON number: no string, no boolean."""

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
    """Mixin for form fields: a blank value (`temperature=`) counts as omitted; for a required field it is an error."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        is_blank = isinstance(data, str) and not data.strip()
        result: tuple[bool, Any] = super().validate_empty_values(empty if is_blank else data)  # type: ignore[misc]
        return result


class FormFlag(BlankIsAbsentMixin, Flag):
    """Boolean that forms may carry: the official SDK sends `True` and `False`. Omitted, it is its default, not False."""

    default_empty_html = empty
    words: ClassVar = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}

    def to_internal_value(self, data: Any) -> bool:
        return super().to_internal_value(self.words.get(data.strip().lower(), data) if isinstance(data, str) else data)


class FormNumber(BlankIsAbsentMixin, Number):
    """Finite number that forms may carry as text."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str) and _DECIMAL.fullmatch(data.strip()):
            data = float(data)
        return super().to_internal_value(data)


class FormInteger(BlankIsAbsentMixin, serializers.IntegerField):
    """Integer that forms may carry as text."""


class FormChoice(BlankIsAbsentMixin, serializers.ChoiceField):
    """Choice that forms may carry."""


class FormName(BlankIsAbsentMixin, Text):
    """Text that is treated as omitted when empty, such as a model's id."""


def validated(shape: serializers.Serializer[Any], data: Any) -> dict[str, Any]:
    """Validate a body; unknown fields are ignored. Raises REST framework's ValidationError, or InvalidRequestError if the body is no
    object.

    One serializer instance serves all requests: building one copies every field, which costs more than validating. Serializers passed here
    therefore keep no state of a request and take no context.
    """
    if not isinstance(data, dict):
        raise InvalidRequestError("The body must be a JSON object.", code="invalid_body")
    return dict(shape.run_validation(data))
