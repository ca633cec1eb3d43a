"""Checks the wording of docstrings, names and texts. Usage: `python -m tools.english [FILE …]`; without files, the whole repository.

Docstrings name their subject: none begins with an interrogative, a preposition or `Never`. Test names have at least four words after `test_`,
and begin with a subject too. A docstring says more than the name that it documents. Texts of all kinds of file have no phrase of `tools/phrases.py`.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tools.phrases import phrases_of

FOLDERS = ("apps", "requirements", "tests", "tools", "ttsai", "workers")
FIRST_WORDS = (
    *("What", "Who", "Whose", "Whom", "Whether", "Where", "Which", "Why", "How", "When", "That"),
    *("Of", "As", "At", "By", "For", "From", "With", "Without", "After", "Before", "Beside", "Below", "Like"),
    *("Always", "Never", "Not", "Nothing", "Nobody", "Only", "Heard", "Told"),
)
FORBIDDEN_START = re.compile(rf"\s*({'|'.join(FIRST_WORDS)})\b")
INTERROGATIVES = frozenset(("what", "whatever", "who", "whoever", "whose", "whom", "whether", "where", "which", "why", "how"))
FIRST_WORDS_OF_TESTS = INTERROGATIVES | {"of", "from", "by", "for", "with", "that", "when"}
FORBIDDEN_IN_NAMES = frozenset(("told", "wishes", "remembered", "herald", "twin", "aside", "survey"))
"""Words of identifiers that name no subject; HOUSE_STYLE lists what to write instead."""
COLUMNS_OF_EARLIER_VERSIONS = frozenset(("was_told_low",))
"""Names of the database, which statements of earlier versions use during a deploy."""
FORBIDDEN_IN_TEST_NAMES = re.compile(r"_(?:told|heard_by|go_on|goes_on|went_on|come_to_nothing|comes_to_nothing|aside|who_waits)(?=_|$)")
OWN_FILES = frozenset(("english.py", "phrases.py", "test_english.py", "test_phrases.py"))
"""Files that quote the phrases."""
FORBIDDEN_VERBS = frozenset(("go_on", "goes_on"))
"""Names of functions and variables; `resume` and `continue` are exact."""
TEXT_SUFFIXES = (".md", ".js", ".css", ".html", ".toml", ".txt", ".yaml")
FOLDERS_OF_TEXTS = ("apps", "docs", "ttsai")
TEXTS = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "openapi.yaml")
SHORTEST_TEST_NAME_WORDS = 4
HTTP_METHODS = frozenset(("get", "post", "put", "patch", "delete"))
NAMES_OF_VALUES = re.compile(r"[^\x00-\x7f]|[\d`\"]")
"""Figures, code, quotations and other scripts: a docstring with them is an example or names a value."""
WORD = re.compile(r"[a-z]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
ENDING = re.compile(r"(?:ing|ed|es|s|e)$")
COMMON_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "it",
        "its",
        "of",
        "on",
        "one",
        "or",
        "that",
        "the",
        "this",
        "to",
        "with",
        "each",
        "all",
    ]
)


def main(arguments: Sequence[str] = ()) -> int:
    """Print each finding as `path:line message`; 1 if there is any."""
    findings = [f"{path}:{finding}" for path in (arguments or [*python_files(), *text_files()]) for finding in file_findings(Path(path))]
    sys.stdout.writelines(f"{finding}\n" for finding in findings)
    return int(bool(findings))


def python_files() -> list[str]:
    """Tracked and new Python files, migrations among them."""
    return _list_files(f"{folder}/*.py" for folder in FOLDERS)


def text_files() -> list[str]:
    """Tracked and new documents, templates, scripts, style sheets and the API's schema; no copies of other projects' files."""
    patterns = (f"{folder}/*{suffix}" for folder in FOLDERS_OF_TEXTS for suffix in TEXT_SUFFIXES)
    return [name for name in _list_files([*patterns, *TEXTS]) if "/vendor/" not in name]


def _list_files(patterns: Iterable[str]) -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if Path(name).exists()]


def file_findings(path: Path) -> list[str]:
    """Findings of one file of any kind as `line message`."""
    wording = [] if path.name in OWN_FILES else [f"{line} {message}" for line, message in phrases_of(path)]
    return [*(findings_of(path.read_text("utf-8")) if path.suffix == ".py" else ()), *wording]


def findings_of(source: str) -> list[str]:
    """Findings of one module as `line message`, by line."""
    tree = ast.parse(source)
    found = [*_docstring_findings(tree), *_repeated_name_findings(tree), *_test_name_findings(tree), *_identifier_findings(tree)]
    return [f"{line} {message}" for line, message in sorted(found)]


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


def _repeated_name_findings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Docstrings whose every word is in the name of the function or class, of its parameters or of the class around it.

    Serializers and HTTP methods are left out, whose docstrings are texts of the API reference.
    """
    for outer, node in _definitions(tree, outer=""):
        docstring = ast.get_docstring(node)
        is_published = node.name in HTTP_METHODS or node.name.endswith("Serializer")
        if not docstring or is_published or NAMES_OF_VALUES.search(docstring):
            continue
        parameters = (
            [] if isinstance(node, ast.ClassDef) else [argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)]
        )
        if _stems(docstring) <= _stems(" ".join([outer, node.name, *parameters])):
            yield node.lineno, f"the docstring of {node.name} repeats its name; say what the name does not, or leave it out"


def _definitions(node: ast.AST, *, outer: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """All functions and classes, each with the name of the class around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield outer, child
        yield from _definitions(child, outer=child.name if isinstance(child, ast.ClassDef) else outer)


def _stems(text: str) -> frozenset[str]:
    """Words of a text or of names, without common ones and without the endings of plurals and verbs."""
    words = WORD.findall(CAMEL.sub(" ", text).lower())
    return frozenset(ENDING.sub("", word) if len(word) > 3 else word for word in words if word not in COMMON_WORDS)


def _test_name_findings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words = [word for word in node.name.split("_")[1:] if word]
            if len(words) < SHORTEST_TEST_NAME_WORDS:
                yield node.lineno, f"{node.name} has {len(words)} words after test_; {SHORTEST_TEST_NAME_WORDS} at least say what is tested"
            elif words[0] in FIRST_WORDS_OF_TESTS:
                kind = "an interrogative" if words[0] in INTERROGATIVES else f"{words[0]!r}"
                yield node.lineno, f"{node.name} begins with {kind}; begin with the unit under test"
            elif found := FORBIDDEN_IN_TEST_NAMES.search(node.name):
                yield node.lineno, f"{node.name} has {found[0][1:]!r}, which is no standard term"


def _identifier_findings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Functions, classes, parameters, variables and attributes whose name has a forbidden word, each where it is defined."""
    for node in ast.walk(tree):
        name = ""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.attr
        words = (
            {word.lower() for word in CAMEL.split(name)}
            if not name.startswith("test_") and name not in COLUMNS_OF_EARLIER_VERSIONS
            else set()
        )
        if name.strip("_") in FORBIDDEN_VERBS:
            yield getattr(node, "lineno", 1), f"{name} is no exact verb; resume, continue or the thing itself"
        elif found := words & FORBIDDEN_IN_NAMES:
            yield getattr(node, "lineno", 1), f"{name} has the word {min(found)!r}; name the thing itself"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
