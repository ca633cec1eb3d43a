"""Errors as each dialect writes them, read back to message, code and request id.

A module of this folder whose dialect has an error shape of its own declares ERROR_READERS = {"<dialect>": read_error}.
"""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import tests.routes
from apps.core.dialects import dialect_of, render_platform_error


@dataclass(frozen=True)
class ShownError:
    """Error of a response; `code` and `request_id` are those of the platform, or what stands for them."""

    message: str
    code: str
    request_id: str


def read_error(path: str, headers: Mapping[str, str], body: Any) -> ShownError:
    """The error in a response's JSON body, by the dialect of the path; its shape is checked."""
    dialect = dialect_of(path)
    if dialect.render_error is render_platform_error:
        error = body["error"]
        assert set(error) == {"message", "type", "code", "param", "request_id"}
        return ShownError(error["message"], error["code"], error["request_id"])
    return _readers()[dialect.name](headers, body)


@cache
def _readers() -> dict[str, Callable[[Mapping[str, str], Any], ShownError]]:
    modules = [import_module(f"{tests.routes.__name__}.{found.name}") for found in pkgutil.iter_modules(tests.routes.__path__)]
    return {name: reader for module in modules for name, reader in getattr(module, "ERROR_READERS", {}).items()}
