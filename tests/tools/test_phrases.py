"""The check of phrases in comments, messages, documents, scripts and pages."""

from pathlib import Path

import pytest

from tools.english import file_findings, text_files


def findings(folder: Path, name: str, text: str) -> list[str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return file_findings(path)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("apps/a.py", "SIDE = 1  # goes on after this event\n", 1),
        ("apps/a.py", '"""Area."""\nraise ValueError(f"{side} is too long. Go on tomorrow.")\n', 2),
        ("apps/a.py", 'help_text = "Told to the members."\n', 1),
        ("apps/a.py", 'description = "Remembered for 24 hours."\n', 1),
        ("tests/a.py", '"""Owner of the voice is told."""\n', 1),
        ("docs/a.md", "# Areas\n\nSearch engines are told to leave.\n", 3),
        ("a.html", "<button>Go on</button>\n", 1),
        ("a.js", 'button.text = paused ? "Go on" : "Pause";\n', 1),
        ("openapi.yaml", "        description: Goes on after this event.\n", 1),
    ],
)
def test_a_phrase_that_is_no_standard_term_is_reported(tmp_path: Path, name: str, text: str, line: int) -> None:
    (finding,) = findings(tmp_path, name, text)
    assert finding.startswith(f"{line} ")
    assert "is no standard term; write " in finding


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("apps/a.py", "# Of one stage: its parts.\nSIDE = 1\n"),
        ("apps/a.py", "# What a lost attempt spoke stays counted.\nSIDE = 1\n"),
        ("a.js", "// What a month costs.\n"),
        ("a.css", "/* How a page looks. */\n"),
    ],
)
def test_a_comment_that_names_no_subject_is_reported(tmp_path: Path, name: str, text: str) -> None:
    (finding,) = findings(tmp_path, name, text)
    assert finding.startswith("1 comment begins with ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("apps/a.py", "# What is this for?\n# Where nothing is said, the default counts.\nprint(told)\n"),
        ("apps/a.py", "# Speakers whose names\n# Of those, one is known.\n"),
        ("tests/a.py", 'say("Nobody was told. Go on.")\n'),
        ("a.js", "// Player of files.\n// What is going on, and what costs go on the card.\n  told();\n"),
        ("a.md", "The `go on` button.\n\n```\nGo on.\n```\n"),
    ],
)
def test_questions_code_and_data_of_tests_are_accepted(tmp_path: Path, name: str, text: str) -> None:
    assert findings(tmp_path, name, text) == []


def test_documents_pages_scripts_and_the_schema_are_checked() -> None:
    listed = text_files()
    assert {"README.md", "docs/api.md", "openapi.yaml", "apps/dashboard/static/dashboard/js/uploads.js"} <= set(listed)
    assert not [name for name in listed if "/vendor/" in name]
