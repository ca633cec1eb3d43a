"""`ttsai listen` and `ttsai speak --play`: live audio in and out."""

import io
import json
import os
import wave
from pathlib import Path

import pytest

from tests.compat.deepgram.live import RATE, pcm, recognising
from tests.speech.people import working
from tests.ttsai.cli.customers.conftest import Ttsai
from tests.workers.recognition.clips import LIBRIVOX, clip, silence


def speech() -> bytes:
    """Speech and a pause, as 16-bit PCM at 16 kHz."""
    return pcm(clip(LIBRIVOX[0])) + pcm(silence(1.0))


def test_listen_prints_utterances_of_a_wav_file_and_of_raw_samples(ttsai: Ttsai) -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(speech())
    with recognising():
        heard = ttsai("listen", "-", given=file.getvalue())
        raw = ttsai("listen", "-", "--rate", str(RATE), "--json", given=speech())
    assert (heard.exit_code, heard.stderr) == (0, "")
    messages = [json.loads(line) for line in raw.stdout.splitlines()]
    finals = [one["channel"]["alternatives"][0]["transcript"] for one in messages if one["type"] == "Results" and one["is_final"]]
    assert heard.stdout == "".join(f"{text}\n" for text in finals if text)
    assert heard.stdout.startswith("One two")
    assert messages[-1]["type"] == "Metadata"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--key", f"sk-tts-{'x' * 43}"), 4, "401"),
        (("--model", "no-such-model"), 1, "no-such-model"),
        (("--url", "http://127.0.0.1:1"), 3, "No answer from http://127.0.0.1:1"),
    ],
)
def test_refused_connection_of_listen_is_one_line(ttsai: Ttsai, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = ttsai("listen", "-", *arguments, given=b"")
    assert (result.exit_code, result.stderr.count("\n")) == (code, 1)
    assert message in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("talk.wav", b"Once upon a time.\n" * 50, "is no WAV file"),
        ("talk.pcm", b"Once upon a time.\n" * 50, "This is text"),
        ("talk.mp3", b"ID3\x04\x00" + bytes(64), "compressed recording"),
        ("talk.m4a", b"\x00\x00\x00\x20ftypM4A " + bytes(64), "compressed recording"),
        ("talk.raw", b"", "is empty"),
        ("talk.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", "no samples"),
    ],
)
def test_listen_to_a_file_without_samples_fails_and_says_why(ttsai: Ttsai, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = ttsai("listen", str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_listen_without_a_recorder_says_what_to_install(ttsai: Ttsai, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = ttsai("listen")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: No recorder is installed (arecord, parec, rec).")


def test_play_pipes_the_stream_to_the_first_player(ttsai: Ttsai, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))  # without the players of this machine
    player = programs / "aplay"
    player.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\nexec /bin/cat > {tmp_path}/heard\n')
    player.chmod(0o755)
    with working():
        played = ttsai("speak", "Hello there.", "--play")
        piped = ttsai("speak", "Hello there.", "-o", "-", "--format", "wav")
    assert (played.exit_code, played.stderr) == (0, "")
    assert (tmp_path / "arguments").read_text() == "-q -\n"
    heard = (tmp_path / "heard").read_bytes()
    assert heard[:4] == b"RIFF"
    assert heard == piped.stdout_bytes
    player.write_text("#!/bin/sh\nexit 3\n")
    with working():
        failed = ttsai("speak", "Hello there.", "--play")
    assert failed.exit_code == 1
    assert failed.stderr == "Error: aplay ended with code 3.\n"
    assert os.access(player, os.X_OK)
