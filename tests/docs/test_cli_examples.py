"""Examples of docs/cli.md: every one is parsed, and those that need no model of their own run against the real shell."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.compat.deepgram.live import pcm
from tests.docs.blocks import blocks_of
from tests.docs.test_migration_guides import MADE
from tests.transcription.conftest import making, song
from tests.ttsai.cli.conftest import configuration_folder
from tests.ttsai.cli.customers.conftest import Ttsai, owner, server, ttsai
from tests.workers.recognition.clips import LIBRIVOX, clip
from ttsai.cli import main

__all__ = ["configuration_folder", "owner", "server", "song", "ttsai"]

NEEDS_MODELS = frozenset({"analyze", "dereverb", "enhance", "separate", "translate", "clone", "listen"})
"""Commands whose engines tests/flows/test_cli.py runs, with every example."""
EXAMPLES = [line for block in blocks_of("docs/cli.md", "sh") for line in block.code.splitlines()]


def prepare(folder: Path, song: bytes) -> None:
    """Files that the examples name."""
    (folder / "song.mp3").write_bytes(song)
    (folder / "book.md").write_text("# One\nHello there.\n")
    (folder / "texts.csv").write_text("text,file\nHello there.,hello\nGood bye.,\n")
    samples = pcm(clip(LIBRIVOX[0]))
    (folder / "talk.pcm").write_bytes(samples)
    (folder / "talk.wav").write_bytes(wav(samples))


def wav(samples: bytes) -> bytes:
    from tests.factories_jobs import wav_of

    return wav_of(samples, sample_rate=16_000)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_command_line_is_valid(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("song.mp3", "book.md", "texts.csv", "talk.wav", "talk.pcm", "hello.mp3"):
        (tmp_path / name).touch()
    ours = next(part for part in example.split("|") if part.strip().startswith("ttsai"))
    words = shlex.split(re.split(r" [<>] ", ours)[0])[1:]
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and (found := command.get_command(context, words[0])) is not None:
        command, words = found, words[1:]
    command.make_context("ttsai", words).close()


def test_examples_of_the_command_line_run(ttsai: Ttsai, song: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path, song)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    ran = [example for example in EXAMPLES if example.split()[1] not in NEEDS_MODELS and "--voice am_adam" not in example]
    assert len(ran) > 10
    with making(MADE):
        for example in ran:
            if re.search(r"[|<>]", example):
                done = subprocess.run(["sh", "-euc", example], capture_output=True, text=True, timeout=60, check=False)
                assert (done.returncode, done.stderr) == (0, ""), example
            else:
                result = ttsai(*shlex.split(example)[1:])
                assert result.exit_code == 0, (example, result.output)
    assert sorted(path.name for path in (tmp_path / "audio").glob("*.mp3")) == ["0002.mp3", "hello.mp3"]
