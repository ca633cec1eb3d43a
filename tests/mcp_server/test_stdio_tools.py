"""Tools of `ttsai mcp`: files of the allowed folders, and a platform that is somewhere else."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from apps.jobs.models import Job
from tests.factories_jobs import AUDIO
from tests.mcp_server.test_tools import announce_all, text_of
from tests.speech.people import Person
from tests.transcription.conftest import making, song
from tests.translation.test_speech_translate import MADE
from tests.web.shell import RunningShell
from ttsai.api_client import ApiClient
from ttsai.mcp_server.local_files import LocalFiles
from ttsai.mcp_server.server import build_server

__all__ = ["song"]

NOWHERE = "http://127.0.0.1:9"
NOBODY = Person("sk-tts-" + "0" * 43, None)


@pytest.fixture
def folder(tmp_path: Path, song: bytes) -> Path:
    made = tmp_path / "recordings"
    made.mkdir()
    (made / "talk.wav").write_bytes(song)
    (tmp_path / "secret.wav").write_bytes(song)
    (made / "link.wav").symlink_to(tmp_path / "secret.wav")
    (made / "loop").symlink_to(made / "loop")
    return made


def call(url: str, somebody: Person, *calls: tuple[str, dict[str, Any]], folders: list[Path]) -> list[Any]:
    """Results of calls to one server, whose jobs a worker does."""

    async def answer() -> list[Any]:
        server = build_server(lambda _: ApiClient(url=url, key=somebody.key), files=LocalFiles(folders))
        async with Client(server) as client:
            return [await client.call_tool(tool, arguments) for tool, arguments in calls]

    if somebody is NOBODY:
        return asyncio.run(answer())
    announce_all()
    with making(MADE):
        return asyncio.run(answer())


def test_transcribe_reads_a_file_of_an_allowed_folder(server: RunningShell, owner: Person, folder: Path) -> None:
    calls = [("transcribe", {"recording": path}) for path in ("talk.wav", str(folder / "talk.wav"))]
    assert [text_of(result) for result in call(server.url, owner, *calls, folders=[folder])] == ["Hello there."] * 2


def test_speak_saves_a_new_file_and_overwrites_none(server: RunningShell, owner: Person, folder: Path) -> None:
    speaking = ("speak", {"text": "Hello.", "format": "wav", "save_as": "hello.wav"})
    first, again = call(server.url, owner, speaking, speaking, folders=[folder])
    assert (folder / "hello.wav").read_bytes() == AUDIO
    assert first.structured_content["saved_to"] == str(folder / "hello.wav")
    assert [block.type for block in first.content] == ["resource_link", "text"]
    assert (again.is_error, Job.objects.count()) == (True, 1)
    assert "exists already" in text_of(again)


def test_files_outside_the_folders_are_refused(folder: Path) -> None:
    paths = ("../secret.wav", "link.wav", "/etc/passwd", "loop", "missing.wav", "~root/a.wav", "a" * 5000, "a\0b")
    reading = [("transcribe", {"recording": path}) for path in paths]
    saving = [("speak", {"text": "Hello.", "save_as": f"{path}/x.mp3"}) for path in paths]
    for asked, result in zip([*reading, *saving], call(NOWHERE, NOBODY, *reading, *saving, folders=[folder]), strict=True):
        assert (result.is_error, "unreachable" in text_of(result)) == (True, False), (asked, text_of(result))


def test_without_folders_no_file_is_read(folder: Path) -> None:
    (result,) = call(NOWHERE, NOBODY, ("transcribe", {"recording": str(folder / "talk.wav")}), folders=[])
    assert "--folder" in text_of(result)


def test_a_platform_that_does_not_answer_is_an_error_with_its_address() -> None:
    (result,) = call(NOWHERE, NOBODY, ("speak", {"text": "Hello."}), folders=[])
    assert (result.is_error, "No answer from http://127.0.0.1:9" in text_of(result)) == (True, True)
