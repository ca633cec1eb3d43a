"""Tables of the path of a text, today's in ARCHITECTURE.md and the earlier one in docs/figures.md: complete, as far as imports tell, and counted right."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
MODULE: Final = re.compile(r"`([\w/]+\.py)(?:: \w+)?`")

BESIDE_THE_PATH: Final = {
    "apps/speech/services.py": {
        "apps.accounts", "apps.billing", "apps.catalog", "apps.core", "workers.contract",
        # declarations and shapes, which hold a text or none
        "apps.jobs.plans", "apps.jobs.services.idempotency", "apps.jobs.services.submit", "apps.speech.kinds", "apps.speech.speech_settings", "workers.text.markup.document",
        # what is read beside the text: keys of caches, instructions; and texts that come as files
        "apps.speech.caching", "apps.speech.speaking_style", "apps.speech.cues", "workers.documents", "workers.text.markup.scan",
    },
    "workers/tasks/speak.py": {
        "workers.contract", "workers.protocols",
        # the run, its context and its events; the shape of audio
        "workers.parts", "workers.tasks.context", "workers.stream", "workers.audio.samples",
    },
}  # fmt: skip
"""Modules and packages that the two modules with the most steps import, and through which the text does not pass on its way."""


ALL_STEPS: Final = "Forward, a text passes"
AS_REVIEWED: Final = "Counted as the review"
"""Beginnings of the two tables' introductions."""
BEFORE: Final = "## Path of a text before the redesign"


def table_rows(introduction: str = ALL_STEPS, *, document: str = "ARCHITECTURE.md") -> list[str]:
    """Rows of the table behind the introduction, without its head."""
    text = (ROOT / document).read_text()
    table = text[text.index("\n|", text.index(introduction)) + 1 :]
    return table[: table.index("\n\n")].splitlines()[2:]


def named_modules(introduction: str = ALL_STEPS) -> list[str]:
    """Paths of the modules in the table, in its order."""
    return [path for row in table_rows(introduction) for path in MODULE.findall(row)]


def imported_modules(path: str) -> set[str]:
    """Modules of apps and workers that a module imports, by their dotted names."""
    tree = ast.parse((ROOT / path).read_text())
    found = {node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in found if name.startswith(("apps.", "workers."))}


def is_named(module: str, *, paths: list[str]) -> bool:
    """True if the table names the module, or a module of the package."""
    folder = module.replace(".", "/")
    return any(path == f"{folder}.py" or path.startswith(f"{folder}/") for path in paths)


def find_omitted(path: str, *, paths: list[str]) -> list[str]:
    """Imports of a module that are neither in the table nor beside the path."""
    beside = BESIDE_THE_PATH[path]
    return sorted(
        module
        for module in imported_modules(path)
        if not is_named(module, paths=paths) and not any(module == one or module.startswith(f"{one}.") for one in beside)
    )


@pytest.mark.parametrize("path", BESIDE_THE_PATH)
def test_every_step_that_a_module_of_the_path_takes_is_in_the_table(path: str) -> None:
    assert path in named_modules()
    assert find_omitted(path, paths=named_modules()) == []


@pytest.mark.parametrize("module", ["speech_work", "cached_sentences", "conditioning"])
def test_module_that_the_table_omits_is_found(module: str) -> None:
    paths = [path for path in named_modules() if path != f"workers/tasks/{module}.py"]
    assert find_omitted("workers/tasks/speak.py", paths=paths) == [f"workers.tasks.{module}"]


@pytest.mark.parametrize("path", BESIDE_THE_PATH)
def test_exceptions_are_packages_that_the_module_imports(path: str) -> None:
    imported = imported_modules(path)
    assert [one for one in BESIDE_THE_PATH[path] if not any(module == one or module.startswith(f"{one}.") for module in imported)] == []


@pytest.mark.parametrize(
    ("introduction", "sentence"),
    [(ALL_STEPS, r"a text passes these (\d+) modules in (\d+) shapes"), (AS_REVIEWED, r"the text passes (\d+) modules in (\d+) shapes")],
)
def test_modules_and_shapes_of_both_tables_are_counted_right(introduction: str, sentence: str) -> None:
    paths = named_modules(introduction)
    counted = re.search(sentence, (ROOT / "ARCHITECTURE.md").read_text())
    assert counted is not None
    assert (len(paths), len(set(paths))) == (int(counted[1]), int(counted[1]))
    shapes = [shape for row in table_rows(introduction) for shape in row.split("|")[1].split(", then ")]
    assert len(shapes) == int(counted[2])


def test_modules_that_the_review_counted_exist_and_are_steps_of_the_path() -> None:
    paths = named_modules(AS_REVIEWED)
    assert [path for path in paths if not (ROOT / path).is_file()] == []
    assert set(paths) - set(named_modules()) == {"workers/text/markup/document.py"}  # the shape that markup/parse.py makes


def test_the_earlier_path_has_the_modules_and_shapes_that_the_review_counted() -> None:
    rows = table_rows(BEFORE, document="docs/figures.md")
    modules = [module for row in rows for module in re.findall(r"`([a-z]+(?:\.\w+)+)`", row)]
    assert (len(modules), len(set(modules)), len(rows)) == (21, 21, 17)
    assert re.search(r"It was (\d+) in (\d+)", (ROOT / "ARCHITECTURE.md").read_text()).groups() == ("21", "17")  # type: ignore[union-attr]
