"""Blocks of code of all documents, and the test that runs each of them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_BLOCK: Final = re.compile(r"^```(\w*)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """Block of code of a document. `file` is its path from the root."""

    file: str
    line: int
    language: str
    name: str
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} ({self.language or 'no language'})"


@cache
def documents() -> tuple[Path, ...]:
    """Every document for readers: those at the root, of docs/ and of k8s/."""
    return (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "k8s" / "README.md")


@cache
def blocks() -> tuple[Block, ...]:
    """All blocks, in the order of their documents."""
    found = []
    for path in documents():
        text = path.read_text()
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(str(path.relative_to(ROOT)), line, match[1], match[2] or "", match[3]))
    return tuple(found)


def blocks_of(file: str, *languages: str) -> list[Block]:
    """Blocks of one document in these languages."""
    return [block for block in blocks() if block.file == file and block.language in languages]


EXAMPLES: Final = "tests/docs/test_examples.py::"
TESTS: Final[dict[tuple[str, str], str]] = {
    ("docs/guides/*.md", "sh python js"): "tests/docs/test_guides.py::test_examples_of_all_guides_run",
    ("docs/guides/ssml.md", "xml"): f"{EXAMPLES}test_markup_of_the_documents_is_spoken",
    ("docs/guides/errors.md", "json"): f"{EXAMPLES}test_error_in_the_documents_is_the_error_that_comes",
    ("docs/guides/*.md", "live"): "tests/documentation/test_pages.py::test_pages_of_prices_limits_and_settings_show_rows_of_the_server",
    (
        "docs/settings-reference.md",
        "live",
    ): "tests/documentation/test_pages.py::test_pages_of_prices_limits_and_settings_show_rows_of_the_server",
    ("docs/migration/*.md", "sh python"): "tests/docs/test_migration_guides.py::test_examples_of_a_migration_guide_run",
    ("docs/cli.md", "sh"): "tests/docs/test_cli_examples.py::test_examples_of_the_command_line_run",
    (
        "docs/clonyvoice.md",
        "bash",
    ): "tests/compat/clonyvoice_recordings/test_docs.py::test_examples_of_the_documentation_run_by_curl_in_their_order",
    ("docs/clonyvoice.md", "sh"): "tests/projects/test_documented_commands.py::test_every_documented_command_gives_what_the_document_says",
    (
        "docs/elevenlabs.md",
        "js",
    ): "tests/compat/elevenlabs/cloning/test_javascript_package.py::test_javascript_example_of_the_document_speaks",
    ("docs/voice-slots.md", "bash"): "tests/compat/voice_slots/test_voice_slots.py::test_curl_examples_of_the_document_run_in_order",
    ("docs/webhooks.md", "python"): "tests/webhooks/test_docs.py::test_the_example_takes_what_we_sign",
    ("docs/webhooks.md", "http"): f"{EXAMPLES}test_webhook_in_the_documents_has_the_headers_and_fields_of_a_real_one",
    ("docs/openvoice.md", "http"): f"{EXAMPLES}test_requests_and_answers_of_openvoice_are_as_documented",
    ("docs/openai.md", "text"): f"{EXAMPLES}test_events_in_the_documents_have_the_fields_of_real_ones",
    ("docs/api.md", "xml text"): f"{EXAMPLES}test_markup_of_the_documents_is_spoken",
    ("docs/mcp.md", "json"): f"{EXAMPLES}test_configurations_of_assistants_name_our_command_and_route",
    ("docs/api.md docs/long-texts.md", "json"): f"{EXAMPLES}test_answers_in_the_documents_have_the_fields_of_the_schema",
    (
        "README.md docs/api.md docs/voices.md docs/long-texts.md docs/openvoice.md",
        "sh bash",
    ): f"{EXAMPLES}test_commands_of_the_documents_run",
    (
        "README.md docs/openai.md docs/realtime.md docs/elevenlabs.md docs/deepgram.md docs/streaming-clones.md docs/mcp.md",
        "python",
    ): f"{EXAMPLES}test_programs_of_the_documents_run",
    ("README.md docs/*.md docs/guides/*.md k8s/README.md", "console"): f"{EXAMPLES}test_shell_commands_of_installations_name_what_exists",
}
"""Documents and languages, with the test that runs their blocks, or compares them with the running program."""

NOT_RUN: Final[dict[tuple[str, str], str]] = {
    ("README.md", "mermaid"): "a picture",
    ("ARCHITECTURE.md", ""): "the tree of folders, and the values that a request becomes",
    (
        "docs/guides/streaming.md",
        "html",
    ): "markup of a page, which the server of the same guide sends: tests/docs/test_guides.py runs that server",
}
"""Documents and languages whose blocks no test runs, with the reason."""


def runners_of(block: Block) -> list[str]:
    """Tests of a block; an entry of one document stands before one of a pattern."""
    found = {
        pattern: test
        for (patterns, languages), test in TESTS.items()
        for pattern in patterns.split()
        if block.language in languages.split() and Path(block.file).match(pattern) and pattern.count("/") == block.file.count("/")
    }
    return [found[block.file]] if block.file in found else list(found.values())
