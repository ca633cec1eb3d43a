"""Parameters of requests: Stripe's form encoding, and the checks that Stripe makes, by the declarations of the package `stripe`."""

import inspect
import re
import sys
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from stripe import RequestOptions


class RefusedError(Exception):
    """Error response in Stripe's shape."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "invalid_request_error", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, **more}}


def parse(text: str) -> dict[str, Any]:
    """Nested values of `a[b]=1&c[0][d]=2`."""
    values: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        keys = re.findall(r"[^\[\]]+", name)
        target = values
        for key in keys[:-1]:
            target = target.setdefault(key, {})
        target[keys[-1]] = value
    return {name: _lists(value) for name, value in values.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    found = {key: _lists(one) for key, one in value.items()}
    return [found[key] for key in sorted(found, key=int)] if found and all(key.isdecimal() for key in found) else found


def check(values: dict[str, Any], declared: type, *, path: str = "") -> None:
    """Raise Stripe's errors for unknown, missing and impossible parameters."""
    known = _declarations(declared)
    for name, value in values.items():
        place = f"{path}[{name}]" if path else name
        if name not in known:
            raise RefusedError(f"Received unknown parameter: {place}", code="parameter_unknown", param=place)
        _check_value(value, known[name], module=declared.__module__, place=place)
    for name in declared.__required_keys__:  # type: ignore[attr-defined]
        if name not in values and name in known:
            place = f"{path}[{name}]" if path else name
            raise RefusedError(f"Missing required param: {place}.", code="parameter_missing", param=place)


@cache
def _declarations(declared: type) -> dict[str, str]:
    """Parameters with the text of their types; those of the package's own request options are none of Stripe's."""
    return {name: str(kind) for name, kind in inspect.get_annotations(declared).items() if name not in RequestOptions.__annotations__}


def _check_value(value: Any, kind: str, *, module: str, place: str) -> None:
    names = [name for name in re.findall(r"\b[A-Z]\w+\b", kind) if isinstance(getattr(sys.modules[module], name, None), type)]
    nested = [declared for name in names if hasattr(declared := getattr(sys.modules[module], name), "__required_keys__")]
    if isinstance(value, dict):
        if nested:
            check(value, nested[0], path=place)
        elif "Dict[" not in kind:
            raise RefusedError(f"Invalid object: {place}", param=place)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            _check_value(one, kind, module=module, place=f"{place}[{index}]")
    else:
        _check_literal(value, kind, place=place)


def _check_literal(value: str, kind: str, *, place: str) -> None:
    """Refuse a word that is not among the declared ones, where nothing but words are declared."""
    words = re.findall(r"'([^']*)'", " ".join(re.findall(r"Literal\[[^\]]*\]", kind)))
    rest = re.sub(r"Literal\[[^\]]*\]|typing|NotRequired|ForwardRef|Union|str|List|[\"'|.,()\[\]\s]", "", kind)
    if words and not rest and value not in words:
        raise RefusedError(f"Invalid {place}: must be one of {', '.join(words)}", param=place)
