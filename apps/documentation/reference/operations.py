"""Operations of the OpenAPI schema as the reference shows them: fields as rows, answers, examples. Read once per process."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.urls import Resolver404, resolve

from apps.core.dialects import dialect_of
from apps.core.parsing import FORM, JSON
from apps.core.views import schema_json
from apps.documentation.markdown import highlighted
from apps.documentation.reference.examples import RequestExample, example_of

TAGS: Final = Path(__file__).with_name("tags.toml")
REFERENCE: Final = "/docs/reference/"
DEEPEST: Final = 4
MOST_CHOICES: Final = 40


@dataclass(frozen=True, slots=True)
class Field:
    """Parameter, or property of a body."""

    name: str
    kind: str
    is_required: bool
    description: str
    choices: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Default and bounds."""
    fields: tuple["Field", ...] = ()
    place: str = ""
    """path, query or header of a parameter."""
    example: Any = None


@dataclass(frozen=True, slots=True)
class Body:
    """Request body of one content type."""

    content_type: str
    fields: tuple[Field, ...]
    example: Any

    @property
    def is_form(self) -> bool:
        return self.content_type == FORM

    @property
    def is_json(self) -> bool:
        return self.content_type == JSON

    @property
    def example_json(self) -> str:
        return json.dumps(self.example, indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Response of one status."""

    status: str
    description: str
    content_types: tuple[str, ...]
    fields: tuple[Field, ...]
    example: Any = None

    @property
    def example_html(self) -> str:
        """The recorded JSON, highlighted."""
        return highlighted(json.dumps(self.example, indent=2, ensure_ascii=False), "json")

    @property
    def is_success(self) -> bool:
        return self.status < "400"


@dataclass(frozen=True, slots=True)
class Operation:
    """Method of a path."""

    method: str
    path: str
    id: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    bodies: tuple[Body, ...]
    answers: tuple[Answer, ...]
    example: RequestExample
    needs_key: bool
    key_header: str
    """Header of the key with its value, as the dialect of the path writes it."""

    @property
    def address(self) -> str:
        return f"{REFERENCE}{slug_of(self.tag)}/#{self.id}"

    @property
    def is_in_browser(self) -> bool:
        """True if the page's own session may call it, at /web/v1/."""
        try:
            resolve(f"/web{self.path}")
        except Resolver404:
            return False
        return self.path.startswith("/v1/")

    @property
    def errors(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if not answer.is_success)

    @property
    def successes(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.is_success)


@dataclass(frozen=True, slots=True)
class Tag:
    """Page of the reference."""

    name: str
    title: str
    description: str
    operations: tuple[Operation, ...]

    @property
    def slug(self) -> str:
        return slug_of(self.name)

    @property
    def path(self) -> str:
        return f"{REFERENCE}{self.slug}/"


def slug_of(tag: str) -> str:
    return tag.replace(" ", "-")


@cache
def read_schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(schema_json())
    return read


@cache
def tags() -> tuple[Tag, ...]:
    """Pages of the reference; tags without a title of their own come last."""
    titles = tomllib.loads(TAGS.read_text("utf-8"))
    by_tag: dict[str, list[Operation]] = {name: [] for name in titles}
    for operation in _operations():
        by_tag.setdefault(operation.tag, []).append(operation)
    named = ((name, titles.get(name, [name.capitalize(), ""]), found) for name, found in by_tag.items() if found)
    # Short paths first: what a page is about comes before its details.
    return tuple(
        Tag(name, title, description, tuple(sorted(found, key=lambda operation: operation.path.count("/"))))
        for name, (title, description), found in named
    )


def find_tag(slug: str) -> Tag | None:
    return next((tag for tag in tags() if tag.slug == slug), None)


def operations_by_id() -> dict[str, Operation]:
    return {operation.id: operation for tag in tags() for operation in tag.operations}


def _operations() -> Iterator[Operation]:
    for path, methods in read_schema()["paths"].items():
        for method, written in methods.items():
            yield _operation(method.upper(), path, written)


def _operation(method: str, path: str, written: Mapping[str, Any]) -> Operation:
    header = dialect_of(path).key_headers[0]
    return Operation(
        method=method,
        path=path,
        id=written["operationId"],
        tag=written["tags"][0],
        summary=written.get("summary", written["operationId"]),
        description=written.get("description", ""),
        parameters=tuple(_parameter(one) for one in written.get("parameters", ())),
        bodies=tuple(_body(kind, media) for kind, media in written.get("requestBody", {}).get("content", {}).items()),
        answers=tuple(_answer(status, one) for status, one in written["responses"].items()),
        example=example_of(method, path),
        needs_key=bool(written.get("security")) and {} not in written["security"],
        key_header=re.sub(r"(sk-tts-|cvk_)…", "$TTSAI_API_KEY", header.example),
    )


def _parameter(written: Mapping[str, Any]) -> Field:
    schema = written.get("schema", {})
    return _field(
        written["name"],
        {**schema, "description": written.get("description", schema.get("description", ""))},
        is_required=written.get("required", False),
        place=written["in"],
        example=written.get("example"),
    )


def _body(content_type: str, media: Mapping[str, Any]) -> Body:
    return Body(content_type, _fields(media["schema"]), media.get("example"))


def _answer(status: str, written: Mapping[str, Any]) -> Answer:
    content = written.get("content", {})
    media = content.get(JSON, {}) if status < "400" else {}
    return Answer(status, written.get("description", ""), tuple(content), _fields(media.get("schema", {})), media.get("example"))


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = read_schema()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if len(schema.get("allOf", ())) == 1:
        return {**_resolved(schema["allOf"][0]), **{name: value for name, value in schema.items() if name != "allOf"}}
    return schema


def _fields(schema: Mapping[str, Any], depth: int = 0) -> tuple[Field, ...]:
    schema = _resolved(schema)
    if schema.get("type") == "array":
        return _fields(schema.get("items", {}), depth)
    if depth >= DEEPEST:
        return ()
    required = schema.get("required", ())
    return tuple(
        _field(name, written, is_required=name in required, depth=depth + 1) for name, written in schema.get("properties", {}).items()
    )


def _field(name: str, written: Mapping[str, Any], *, is_required: bool, depth: int = 0, place: str = "", example: Any = None) -> Field:
    schema = {**_resolved(written), **({"description": written["description"]} if written.get("description") else {})}
    options = [_resolved(one) for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    inner = next((_fields(one, depth) for one in (schema, *options) if _fields(one, depth)), ())
    items = _resolved(schema.get("items", {}))
    choices = [choice for choice in schema.get("enum", items.get("enum", ())) if choice is not None][:MOST_CHOICES]
    return Field(
        name=name,
        kind=_kind(schema, options),
        is_required=is_required,
        description=_prose(schema.get("description", "")),
        choices=tuple(str(choice) for choice in choices),
        facts=tuple(_facts(schema)),
        fields=inner,
        place=place,
        example=example,
    )


def _kind(schema: Mapping[str, Any], options: list[Mapping[str, Any]]) -> str:
    if options:
        return " or ".join(dict.fromkeys(_kind(one, []) for one in options if one.get("type") != "null"))
    kinds = schema.get("type", "any")
    kind = next((one for one in kinds if one != "null"), "any") if isinstance(kinds, list) else kinds
    if kind == "array":
        return f"list of {_kind(_resolved(schema.get('items', {})), [])}s"
    if schema.get("format") == "binary":
        return "file"
    return {"object": "object", "string": "string"}.get(kind, str(kind))


def _prose(text: str) -> str:
    """The description without the list of an enumeration, which is shown as choices."""
    return re.sub(r"\n*^\* `[^`]*` - .*$", "", text, flags=re.MULTILINE).strip()


def _facts(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("default") not in (None, ""):
        yield f"default {json.dumps(schema['default'])}"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"{low:g} to {high:g}"
    elif low is not None:
        yield f"at least {low:g}"
    elif high is not None:
        yield f"at most {high:g}"
    if "maxLength" in schema:
        yield f"at most {schema['maxLength']:,} characters"
    if "maxItems" in schema:
        yield f"at most {schema['maxItems']:,} items"
