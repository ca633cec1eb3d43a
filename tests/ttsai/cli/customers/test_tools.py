"""Audio tools by the command line, done by the workers' own code."""

import io
import json
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.audio_tools.conftest import _platform, owner, server
from tests.speech.people import Person
from tests.transcription.conftest import song
from tests.web.shell import RunningShell
from ttsai.cli import main

__all__ = ["_platform", "owner", "server", "song"]


def test_convert_and_analyze_work_on_files_and_in_pipes(
    server: RunningShell, owner: Person, song: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("song.mp3").write_bytes(song)

    def ttsai(*arguments: str, given: bytes | None = None) -> Result:
        return CliRunner().invoke(main, [*arguments, "--url", server.url, "--key", owner.key], input=given)

    assert ttsai("convert", "song.mp3", "--format", "flac").stdout == "song-converted.flac: 2.0 s of audio, 0 credits\n"
    assert soundfile.info("song-converted.flac").duration == pytest.approx(2.0, abs=0.1)
    piped = ttsai("convert", "-", "--format", "wav", "--sample-rate", "8000", "--json", given=song)
    assert soundfile.info(io.BytesIO(piped.stdout_bytes)).samplerate == 8000
    assert json.loads(piped.stderr)["status"] == "completed"
    facts = json.loads(ttsai("analyze", "song.mp3", "--json").stdout)
    assert facts["duration"] == pytest.approx(2.0, abs=0.1)
    assert ttsai("analyze", "song.mp3").exit_code == 0
