"""Exit codes of every command that asks the platform: an error of the platform is never 0."""

from pathlib import Path

import pytest

from tests.speech.people import Person
from tests.ttsai.cli.customers.conftest import Ttsai

UNKNOWN = "0" * 32
COMMANDS = {
    "whoami": ["whoami"],
    "models": ["models"],
    "voices": ["voices"],
    "usage": ["usage"],
    "jobs list": ["jobs", "list"],
    "jobs show": ["jobs", "show", UNKNOWN],
    "jobs cancel": ["jobs", "cancel", UNKNOWN],
    "jobs download": ["jobs", "download", UNKNOWN],
    "speak": ["speak", "Hello.", "-o", "hello.mp3"],
    "say": ["say", "Hello.", "-o", "hello.mp3"],
    "transcribe": ["transcribe", "talk.wav"],
    "translate": ["translate", "talk.wav", "--to", "en"],
    "convert": ["convert", "talk.wav", "--voice", "af_bella"],
    "clone": ["clone", "talk.wav", "--text", "Hello.", "--consent", "I agree."],
    "enhance": ["enhance", "talk.wav"],
    "dereverb": ["dereverb", "talk.wav"],
    "separate": ["separate", "talk.wav"],
    "analyze": ["analyze", "talk.wav"],
    "batch": ["batch", "texts.jsonl", "-o", "out"],
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_text("This is no recording.")
    (tmp_path / "texts.jsonl").write_text('{"text": "Hello."}\n')


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_command_with_a_wrong_key_or_an_absent_server_fails_with_its_code(ttsai: Ttsai, arguments: list[str]) -> None:
    refused = ttsai(*arguments, "--key", f"sk-tts-{'x' * 43}")
    assert (refused.exit_code, refused.stdout) == (4, "")
    absent = ttsai(*arguments, "--url", "http://127.0.0.1:1")
    assert (absent.exit_code, absent.stdout) == (3, "")


@pytest.mark.parametrize(
    "name", ["jobs show", "jobs cancel", "jobs download", "transcribe", "translate", "convert", "clone", "enhance", "analyze"]
)
def test_command_with_what_the_platform_refuses_ends_with_one(ttsai: Ttsai, owner: Person, name: str) -> None:
    result = ttsai(*COMMANDS[name])
    assert (result.exit_code in {1, 6}, result.stdout) == (True, ""), result.stderr
