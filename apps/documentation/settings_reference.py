"""Environment variables of the platform, read from the source of its settings: name, default, and the text below the assignment."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings

MODULES: Final = "ttsai/settings"
READERS: Final = ("text", "number", "names", "flag", "get")


@dataclass(frozen=True, slots=True)
class Variable:
    """Environment variable."""

    name: str
    default: str
    description: str


@cache
def variables() -> tuple[Variable, ...]:
    """All variables that a module of settings reads, by name. A text describes the assignments directly above it, up to a blank line."""
    found: dict[str, Variable] = {}
    for path in sorted((Path(settings.BASE_DIR) / MODULES).glob("*.py")):
        for variable in _variables_of(ast.parse(path.read_text("utf-8")).body):
            if variable.name not in found or not found[variable.name].description:
                found[variable.name] = variable
    return tuple(found[name] for name in sorted(found))


def _variables_of(statements: Sequence[ast.stmt]) -> Iterator[Variable]:
    group: list[Variable] = []
    last_line = 0
    for statement in statements:
        text = _text_of(statement)
        if statement.lineno > last_line + 1 or text is not None:  # a blank line ends a group
            yield from (Variable(one.name, one.default, text or "") for one in group)
            group = []
        if text is None and not isinstance(statement, ast.FunctionDef):
            group += _read_in(statement)
        last_line = statement.end_lineno or statement.lineno
    yield from group


def _text_of(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
        return " ".join(statement.value.value.split())
    return None


def _read_in(statement: ast.stmt) -> Iterator[Variable]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and node.args:
            reader = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            name = node.args[0]
            if reader in READERS and isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isupper():
                yield Variable(name.value, _default(node.args[1]) if len(node.args) > 1 else "", "")


def _default(node: ast.expr) -> str:
    """The default as it is written; a product of numbers as its value."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        value = _product(node)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _product(node: ast.expr) -> object:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _product(node.left), _product(node.right)
        if isinstance(left, int) and isinstance(right, int):
            return left * right
    return node.value if isinstance(node, ast.Constant) else ast.unparse(node)
