"""docs/guides/errors.md has every public error code of the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guides" / "errors.md").read_text()
NOT_PUBLIC = {
    "account_has_staff", "balance_too_low", "payment_of_another_account", "report_closed", "takedown_over", "too_many_attempts",
}  # fmt: skip
"""Raised in the operator's admin alone."""


PAGES = {
    "abuse_reports", "account_pages", "announcements", "audit", "dashboard", "documentation", "identity", "operator", "payments", "playground", "status",
    "teams", "website",
}  # fmt: skip
"""Apps without routes of the API: their errors stand beside fields of pages."""


def codes_of(tree: ast.AST) -> Iterator[str]:
    """Codes that are raised by name: `code="…"` of a call, and `code = "…"` of an error's class."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "code"
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.value.value
        elif isinstance(node, ast.ClassDef):
            yield from (
                line.value.value
                for line in node.body
                if isinstance(line, ast.Assign)
                and isinstance(line.value, ast.Constant)
                and [target.id for target in line.targets if isinstance(target, ast.Name)] == ["code"]
            )


def codes_of_workers() -> set[str]:
    """Codes of failed jobs."""
    text = (ROOT / "workers" / "contract" / "errors.py").read_text()
    return set(re.findall(r'^[A-Z_]+: Final = "(\w+)"$', text, re.MULTILINE))


def test_the_page_of_errors_names_every_public_code() -> None:
    files = [path for folder in ("apps", "ttsai") for path in (ROOT / folder).rglob("*.py") if not {"migrations", *PAGES} & set(path.parts)]
    raised = {code for path in files for code in codes_of(ast.parse(path.read_text()))} | codes_of_workers()
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert sorted(raised - named - NOT_PUBLIC) == [], "add them to docs/guides/errors.md"
