"""Checks the wording of docstrings and test names. Usage: `python -m tools.english [FILE …]`; without files, the whole repository.

Docstrings name their subject: none begins with an interrogative, `Of` or `That`. Test names have at least four words after `test_`, and
begin with a subject too.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDERS = ("apps", "requirements", "tests", "tools", "ttsai", "workers")
FIRST_WORDS = ("What", "Who", "Whose", "Whom", "Whether", "Where", "Which", "Why", "How", "When", "Of", "That")
FORBIDDEN_START = re.compile(rf"\s*({'|'.join(FIRST_WORDS)})\b")
INTERROGATIVES = frozenset(("what", "whatever", "who", "whoever", "whose", "whom", "whether", "where", "which", "why", "how"))
SHORTEST_TEST_NAME_WORDS = 4


def main(arguments: Sequence[str] = ()) -> int:
    """Print each finding as `path:line message`; 1 if there is any."""
    findings = [f"{path}:{finding}" for path in (arguments or python_files()) for finding in findings_of(Path(path).read_text("utf-8"))]
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    return int(bool(findings))


def python_files() -> list[str]:
    """Tracked and new Python files, without migrations."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *(f"{folder}/*.py" for folder in FOLDERS)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if "/migrations/" not in name and Path(name).exists()]


def findings_of(source: str) -> list[str]:
    """Findings of one module as `line message`, by line."""
    tree = ast.parse(source)
    return [f"{line} {message}" for line, message in sorted([*_docstring_findings(tree), *_test_name_findings(tree)])]


def _docstring_findings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in _docstrings(tree):
        found = FORBIDDEN_START.match(node.value)
        if found:
            beginning = " ".join(node.value.split())[:60]
            yield node.lineno, f'docstring begins with "{found[1]}"; name its subject with a noun or start with a verb: {beginning}'


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """String statements: docstrings of modules, classes, functions and, after an assignment, of attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def _test_name_findings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words = [word for word in node.name.split("_")[1:] if word]
            if len(words) < SHORTEST_TEST_NAME_WORDS:
                yield node.lineno, f"{node.name} has {len(words)} words after test_; {SHORTEST_TEST_NAME_WORDS} at least say what is tested"
            elif words[0] in INTERROGATIVES:
                yield node.lineno, f"{node.name} begins with an interrogative; begin with the unit under test"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
