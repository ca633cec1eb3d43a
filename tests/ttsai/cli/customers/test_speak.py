"""`ttsai speak` to files, pipes and a player, and what an interruption does."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.jobs.models import Job
from tests.flows.following import wait_until
from tests.servers import free_port
from tests.speech.people import Person, working
from tests.ttsai.cli.customers.conftest import Ttsai
from ttsai.api_client import ApiError
from ttsai.api_client.retrying import RetryPolicy

PROGRAM = str(Path(sys.executable).with_name("ttsai"))


@contextlib.contextmanager
def running(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, which is killed if the test fails."""
    with subprocess.Popen([PROGRAM, *arguments], cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_interrupted_command_cancels_its_job_on_the_server(ttsai: Ttsai, owner: Person, tmp_path: Path) -> None:
    with running("speak", "Hello there.", "-o", "out.mp3", folder=tmp_path) as process:
        wait_until(Job.objects.exists)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    job = Job.objects.get()
    assert (process.returncode, job.state) == (130, "cancelled")
    assert errors == f"Cancelled job {job.uuid.hex}.\nInterrupted.\n"
    assert owner.millicredits == 1_000_000
    assert not (tmp_path / "out.mp3").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_that_waits_for_a_pipe_ends_at_the_first_signal(number: signal.Signals, tmp_path: Path) -> None:
    command = ["transcribe", "talk.pipe", "--url", f"http://127.0.0.1:{free_port()}", "--key", "sk-tts-any"]
    os.mkfifo(tmp_path / "talk.pipe")
    with running(*command, folder=tmp_path) as process, (tmp_path / "talk.pipe").open("wb"):  # opened once the command reads it
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "Interrupted.\n")


def test_speak_file_of_text_and_job_commands(ttsai: Ttsai, tmp_path: Path) -> None:
    (tmp_path / "book.md").write_text("Hello there.")
    with working():
        spoken = json.loads(ttsai("speak", "--file", "book.md", "-o", "book.wav", "--json").stdout)
        again = ttsai("jobs", "download", spoken["uuid"], "-o", "again.wav")
    assert again.stdout == "again.wav\n"
    assert (tmp_path / "again.wav").read_bytes() == (tmp_path / "book.wav").read_bytes()
    assert spoken["uuid"] in ttsai("jobs").stdout.replace("\n", "") or json.loads(ttsai("jobs", "list", "--json").stdout)["jobs"][0]["uuid"]
    assert json.loads(ttsai("jobs", "show", spoken["uuid"], "--json").stdout)["status"] == "completed"
    refused = ttsai("jobs", "cancel", spoken["uuid"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert json.loads(ttsai("usage", "--by", "model", "--json").stdout)["total"]["jobs"] == 1
    assert "kokoro" in ttsai("models").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Hello.", "--file", __file__), "--file takes no TEXT"),
        (("--file", __file__, "--play"), "name an output file"),
        (("Hello.", "--play", "-o", "x.mp3"), "--play writes no file"),
    ],
)
def test_speak_with_options_that_do_not_fit_is_a_usage_error(arguments: tuple[str, ...], message: str) -> None:
    from click.testing import CliRunner

    from ttsai.cli import main

    result = CliRunner().invoke(main, ["speak", *arguments, "--url", "http://127.0.0.1:1"])
    assert result.exit_code == 2
    assert message in result.stderr


def test_retries_wait_as_long_as_the_platform_says_and_no_longer_than_allowed() -> None:
    pauses: list[float] = []
    errors = [ApiError("busy", "Wait.", status=503, retry_after=0.0), ApiError("busy", "Wait.", status=429, retry_after=0.01)]

    async def call() -> str:
        if errors:
            raise errors.pop(0)
        return "done"

    policy = RetryPolicy(attempts=5, on_pause=lambda error, seconds: pauses.append(seconds))
    assert (asyncio.run(policy.run(call)), pauses) == ("done", [0.0, 0.01])
    for error in (ApiError("daily_limit", "Tomorrow.", status=429, retry_after=40_000.0), ApiError("no_credits", "Pay.", status=402)):
        errors[:] = [error, error]
        with pytest.raises(ApiError) as refused:
            asyncio.run(policy.run(call))
        assert refused.value is error
        assert len(errors) == 1


def test_customers_commands_import_neither_django_nor_an_app() -> None:
    program = (
        "import sys, importlib, pkgutil, ttsai.cli.customers as c\n"
        "for m in pkgutil.iter_modules(c.__path__): importlib.import_module(f'ttsai.cli.customers.{m.name}')\n"
        "import ttsai.api_client, ttsai.cli.batch_work, ttsai.cli.bars, ttsai.cli.players\n"
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'django', 'apps', 'workers', 'celery', 'redis', 'psycopg', 'numpy'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    assert done.stdout == "[]\n"


def test_list_of_commands_imports_no_command_and_no_http_client() -> None:
    program = "import sys; from ttsai.cli import main; main(['--help'], standalone_mode=False); print(sorted({'httpx', 'rich', 'django'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "transcribe  Turns a recording into text or subtitles" in done.stdout
