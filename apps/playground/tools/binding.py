"""Fields of a page as its template shows them: the declaration, joined with the API's serializer and the visitor's choices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

from apps.playground.tools.declaration import Option, ToolField, ToolRequest, Visitor

LONG_TEXT: Final = 300
"""Characters from which on a text is written into several lines."""


@dataclass(frozen=True, slots=True)
class BoundField:
    """Field of a form."""

    name: str
    id: str
    label: str
    hint: str
    placeholder: str
    widget: str
    options: tuple[Option, ...]
    initial: str
    """Value of the control at first, as text."""
    default: str
    """The API's default, as text: a value that need not be sent."""
    minimum: str
    maximum: str
    max_length: int | None
    is_required: bool
    is_advanced: bool

    @property
    def template(self) -> str:
        return f"playground/tools/fields/{self.widget}.html"

    @property
    def range_default(self) -> str:
        """The API's default as a range control spells it: 1 for 1.0."""
        return f"{float(self.default):g}"

    @property
    def groups(self) -> list[tuple[str, list[Option]]]:
        """Options by group, in order; the empty group's first."""
        grouped: dict[str, list[Option]] = {}
        for option in self.options:
            grouped.setdefault(option.group, []).append(option)
        return list(grouped.items())


@dataclass(frozen=True, slots=True)
class BoundRequest:
    """Form of a request."""

    request: ToolRequest
    fields: tuple[BoundField, ...]
    advanced: tuple[BoundField, ...]


def bind(request: ToolRequest, visitor: Visitor) -> BoundRequest:
    """The request's form for this visitor."""
    fields = tuple(_bound_fields(request, visitor))
    shown = tuple(one for one in fields if not one.is_advanced)
    return BoundRequest(request, shown, tuple(one for one in fields if one.is_advanced))


def _bound_fields(request: ToolRequest, visitor: Visitor) -> Iterator[BoundField]:
    accepted: Mapping[str, Any] = request.serializer().fields
    for declared in request.fields:
        if declared.is_offered(visitor):
            yield _bind_field(declared, accepted[declared.name], visitor=visitor, prefix=request.name)


def _bind_field(declared: ToolField, accepted: serializers.Field[Any, Any, Any, Any], *, visitor: Visitor, prefix: str) -> BoundField:
    options = tuple(declared.options(visitor)) if declared.options else tuple(_accepted_options(declared, accepted))
    default = _as_text(None if accepted.default is empty else accepted.default)
    initial = default if declared.initial is None else _as_text(declared.initial)
    values = [option.value for option in options]
    if values and initial not in values:
        initial = values[0]
    return BoundField(
        name=declared.name,
        id=f"{prefix}-{declared.name}",
        label=declared.label,
        hint=declared.hint,
        placeholder=declared.placeholder,
        widget=declared.widget or _widget(accepted, has_options=bool(options)),
        options=options,
        initial=initial,
        default=default,
        minimum=_as_text(getattr(accepted, "min_value", None)),
        maximum=_as_text(getattr(accepted, "max_value", None)),
        max_length=getattr(accepted, "max_length", None),
        is_required=bool(accepted.required),
        is_advanced=declared.is_advanced,
    )


def _accepted_options(declared: ToolField, accepted: Any) -> Iterator[Option]:
    """The API's own choices, with the declaration's words for them. A default that is no choice, such as 0 for a bitrate, comes first."""
    if not isinstance(accepted, serializers.ChoiceField):
        return
    values = [_as_text(value) for value in accepted.choices]
    default = _as_text(accepted.default)
    for value in values if default in values else (default, *values):
        yield Option(value, declared.labels.get(value, value))


def _widget(accepted: Any, *, has_options: bool) -> str:
    if has_options:
        return "select"
    if isinstance(accepted, serializers.BooleanField):
        return "checkbox"
    if isinstance(accepted, serializers.IntegerField | serializers.FloatField):
        return "number"
    is_long = (getattr(accepted, "max_length", None) or 0) > LONG_TEXT
    return "textarea" if is_long else "text"


def _as_text(value: Any) -> str:
    """A value as forms carry it."""
    if value is None or value is empty:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
