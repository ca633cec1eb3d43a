"""The command line with real models: a round trip word for word, a batch continued after kill -9, Ctrl-C, and every example of docs/cli.md."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import blocks_of
from tests.flows.listening import plain_words
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

PROGRAM = str(Path(sys.executable).with_name("ttsai"))
SENTENCE = "The museum opens at nine in the morning, and closes at seven."
TEXTS = [
    "One morning in May.",
    "Two birds sat in a tree.",
    "Three boats left the harbour.",
    "Four friends came to dinner.",
    "Five days went by.",
]


@pytest.fixture
def environment(hearing: RunningPlatform, tmp_path: Path) -> dict[str, str]:
    key = hearing.key("cli@example.com", plan="enterprise")
    return {**os.environ, "TTSAI_URL": hearing.url, "TTSAI_API_KEY": key, "XDG_CONFIG_HOME": str(tmp_path / "configuration")}


def ttsai(*arguments: str, cwd: Path, environment: dict[str, str]) -> Any:
    done = subprocess.run(
        [PROGRAM, *arguments, "--json"], cwd=cwd, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_spoken_file_is_transcribed_word_for_word(environment: dict[str, str], tmp_path: Path) -> None:
    ttsai("speak", SENTENCE, "-o", "said.wav", cwd=tmp_path, environment=environment)
    (heard,) = ttsai("transcribe", "said.wav", "--language", "en", cwd=tmp_path, environment=environment)
    said = [word.replace("nine", "9").replace("seven", "7") for word in plain_words(SENTENCE).split()]
    assert [word.replace("nine", "9").replace("seven", "7") for word in plain_words(heard["text"]).split()] == said


def test_killed_batch_continues_and_pays_for_each_text_once(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("\n".join(TEXTS))
    before = ttsai("whoami", cwd=tmp_path, environment=environment)[0]["credits"]
    command = [PROGRAM, "batch", "texts.txt", "-o", "audio"]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment)
    journal = tmp_path / "audio" / ".ttsai-batch.jsonl"
    deadline = time.monotonic() + 120
    while not (journal.exists() and '"accept"' in journal.read_text()):
        assert time.monotonic() < deadline, "the batch was not accepted"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    rows = ttsai("batch", "texts.txt", "-o", "audio", cwd=tmp_path, environment=environment)
    assert (rows[-1]["done"], rows[-1]["failed"]) == (5, 0)
    assert sorted(path.name for path in (tmp_path / "audio").glob("*.mp3")) == [f"000{number}.mp3" for number in range(1, 6)]
    after = ttsai("whoami", cwd=tmp_path, environment=environment)[0]["credits"]
    assert round(before - after, 3) == round(2 * sum(map(len, TEXTS)) / 1000, 3)


def test_interrupted_command_cancels_its_job(environment: dict[str, str], tmp_path: Path) -> None:
    text = " ".join(TEXTS * 60)
    process = subprocess.Popen([PROGRAM, "speak", text, "-o", "long.mp3"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not ttsai("jobs", "list", "--status", "processing", cwd=tmp_path, environment=environment)[0]["jobs"]:
        assert time.monotonic() < deadline, "the job did not start"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    cancelled = re.search(r"Cancelled job (\w{32})", errors)
    assert (process.returncode, cancelled is not None, (tmp_path / "long.mp3").exists()) == (130, True, False)
    assert cancelled is not None
    (job,) = ttsai("jobs", "show", cancelled[1], cwd=tmp_path, environment=environment)
    assert job["status"] in {"cancelled", "cancelling"}


@pytest.mark.timeout(900)  # twenty commands with models that are loaded for each
def test_every_example_of_the_document_runs_with_real_models(environment: dict[str, str], tmp_path: Path) -> None:
    spoken = f"{SENTENCE} {' '.join(TEXTS)} The guide explains each picture, and children may touch the old machines."
    ttsai("speak", spoken, "-o", "talk.wav", cwd=tmp_path, environment=environment)
    ttsai("convert", "talk.wav", "-o", "song.mp3", cwd=tmp_path, environment=environment)
    ttsai("convert", "talk.wav", "-o", "talk.pcm", "--sample-rate", "16000", "--channels", "mono", cwd=tmp_path, environment=environment)
    (tmp_path / "book.md").write_text("# One\nHello there.\n")
    (tmp_path / "texts.csv").write_text("text,file\nHello there.,hello\nGood bye.,\n")
    environment["PATH"] = f"{Path(PROGRAM).parent}:{environment['PATH']}"
    printed, failed = {}, []
    made = {"hello.mp3", "pipe.wav", "book.m4b", "talk.srt", "adam.wav", "song.flac", "clear.wav", "dry.wav", "english.mp3", "ada.mp3"}
    for example in (line for block in blocks_of("docs/cli.md", "sh") for line in block.code.splitlines()):
        began = time.monotonic()
        done = subprocess.run(
            ["sh", "-euc", example], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=150, check=False
        )
        print(f"{time.monotonic() - began:.1f} s: {example}")
        printed[example] = done.stdout
        if done.returncode or "Traceback" in done.stderr:
            failed.append((example, done.returncode, done.stderr))
    assert failed == []
    assert len(printed) > 18
    assert [name for name in sorted(made) if (tmp_path / name).stat().st_size < 100] == []
    assert {path.name for path in (tmp_path / "stems").iterdir()} == {"vocals.wav", "accompaniment.wav"}
    assert "museum" in printed["ttsai listen talk.wav"].lower()
    assert "museum" in (tmp_path / "talk.srt").read_text().lower()
    assert "hello there" in printed["ttsai transcribe hello.mp3"].lower()
