"""Examples for every operation, added to the OpenAPI schema: of requests, written in requests.toml, and of answers, recorded in answers.json."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from apps.core.parsing import FORM, JSON

REQUESTS: Final = Path(__file__).with_name("requests.toml")
ANSWERS: Final = Path(__file__).with_name("answers.json")
"""JSON that the operations answered with, by operation and status; `tests/documentation/test_answers.py` records and compares it."""
FILE: Final = "@"
"""Begins the name of a file in a form."""
ADDRESS: Final = "https://example.com/"
"""Base of `file_url` in JSON bodies."""


@dataclass(frozen=True, slots=True)
class RequestExample:
    """Values of one operation."""

    json: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    file: str = ""
    """File that is the whole body."""
    query: tuple[str, ...] = ()
    """Query parameters that the shown request has; the required ones are always there."""
    parameters: Mapping[str, str] = field(default_factory=dict)

    def body_for(self, content_type: str) -> Any:
        """Body of this type: a value, the name of a file, or None if there is no example."""
        if content_type == FORM:
            return None if self.form is None else {name: _file_name(value) for name, value in self.form.items()}
        if content_type == JSON:
            return self.json if self.json is not None else self._form_as_json()
        return self.file.removeprefix(FILE) or None

    def _form_as_json(self) -> dict[str, Any] | None:
        """The form with the address of a recording in the place of its file."""
        if self.form is None:
            return None
        files = [str(value) for value in self.form.values() if _is_file(value)]
        rest = {name: value for name, value in self.form.items() if not _is_file(value)}
        return {"file_url": f"{ADDRESS}{files[0].removeprefix(FILE)}", **rest} if files else rest


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(FILE)


def _file_name(value: Any) -> Any:
    return value.removeprefix(FILE) if _is_file(value) else value


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(REQUESTS.read_text("utf-8"))


def example_of(method: str, path: str) -> RequestExample:
    """Example of an operation; without values of its own where none are written."""
    values = _written().get(f"{method.upper()} {path}", {})
    return RequestExample(
        json=values.get("json"),
        form=values.get("form"),
        file=values.get("file", ""),
        query=tuple(values.get("query", ())),
        parameters={**_written()["parameters"], **values.get("parameters", {})},
    )


@cache
def recorded_answers() -> dict[str, dict[str, Any]]:
    """Recorded JSON by the operation's id and the status."""
    read: dict[str, dict[str, Any]] = json.loads(ANSWERS.read_text("utf-8"))
    return read


def written_operations() -> set[str]:
    """Operations with values of their own, as `POST /v1/tts/`."""
    return set(_written()) - {"parameters"}


def add_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Hook of drf-spectacular: examples of the bodies, of the parameters and of the answers."""
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            example = example_of(method, path)
            for parameter in operation.get("parameters", ()):
                value = example.parameters.get(parameter["name"])
                if value is not None and (parameter["in"] in {"path", "query"} or parameter.get("required")):
                    parameter["example"] = _typed(value, parameter["schema"])
            for content_type, media in operation.get("requestBody", {}).get("content", {}).items():
                body = example.body_for(content_type)
                if body is not None:
                    media["example"] = body
            for status, answer in recorded_answers().get(operation["operationId"], {}).items():
                operation["responses"][status]["content"][JSON]["example"] = answer
    return result


def _typed(value: str, schema: Mapping[str, Any]) -> Any:
    """The value as the type of the parameter."""
    kind = schema.get("type")
    if kind == "integer":
        return int(value)
    if kind == "boolean":
        return value == "true"
    return value
