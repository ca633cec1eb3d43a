"""Every environment variable of the source is documented: by its place in the settings, which a page lists, or in a document."""

import re
from pathlib import Path

from apps.documentation.settings_reference import variables

ROOT = Path(__file__).resolve().parents[2]
OF_TESTS = {"TTSAI_SILENCE_COMPUTE_SECONDS", "TTSAI_SILENCE_MAY_DIE", "TTSAI_TASK_MODULES"}


def test_every_setting_on_the_page_of_settings_has_a_description() -> None:
    assert [variable.name for variable in variables() if not variable.description] == []


def test_every_variable_of_the_source_is_documented() -> None:
    files = [path for folder in ("apps", "ttsai", "workers") for path in (ROOT / folder).rglob("*.py")]
    read = {name for path in files for name in re.findall(r'"(TTSAI_[A-Z0-9]+(?:_[A-Z0-9]+)*)"', path.read_text())}
    documents = "".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    known = {variable.name for variable in variables()} | OF_TESTS
    assert sorted(name for name in read - known if name not in documents) == []
