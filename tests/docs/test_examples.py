"""Examples of the documents outside the guides: they run against the real shell, and what they show is compared with what comes."""

import gc
import json
import os
import re
import shlex
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
import httpx
import jsonschema
import pytest

from apps.documentation.reference.operations import read_schema
from apps.jobs.models import Job
from apps.webhooks.models import Delivery, new_secret
from apps.webhooks.services.sending import signed_headers
from tests.docs.blocks import ROOT, Block, blocks, blocks_of, runners_of
from tests.documentation.conftest import SOUND, Maker, owner, server
from tests.speech.people import Person
from tests.web.shell import RunningShell
from tests.workers.documents.books import make_epub, page
from tests.working import working
from ttsai.cli import main

__all__ = ["owner", "server"]

RECORDINGS: Final = (
    "hello.mp3", "lecture.mp3", "hola.mp3", "me.wav", "song.flac", "song.mp3", "talk.wav", "speech.mp3", "speech.wav", "noisy.mp3",
    "hall.wav", "meeting.mp3", "ada.wav", "voice.wav",
)  # fmt: skip
"""Files that the examples name; all are the same sound."""
REST: Final = "…"
FORMS_OF_HEADERS: Final = {
    "content-type": r"application/json$", "webhook-id": r"msg_", "webhook-timestamp": r"\d{10}$", "webhook-signature": r"v1,[\w+/]{43}=$",
}  # fmt: skip


def own_blocks(test: str) -> list[Block]:
    """Blocks that this module's test runs."""
    return [block for block in blocks() if any(name.endswith(f"::{test}") for name in runners_of(block))]


def written_for(block: Block, *, url: str, key: str) -> str:
    """The block's code with this server's address and a key."""
    code = block.code
    for name in ("https://speech.example.com", "http://127.0.0.1:8000"):
        code = code.replace(name, url)
    return code.replace("wss://speech.example.com", url.replace("http", "ws", 1)).replace("sk-tts-…", key)


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def _workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder with the files and programs that the examples name. curl reports a refused request, which the examples leave to the reader."""
    monkeypatch.chdir(tmp_path)
    for name in RECORDINGS:
        Path(name).write_bytes(SOUND)
    Path("book.epub").write_bytes(make_epub({"text/one.xhtml": page("<h1>One</h1><p>Hello there.</p>")}))
    folder = tmp_path / "programs"
    folder.mkdir()
    program(folder, "curl", 'exec /usr/bin/env PATH=/usr/bin:/bin curl -sS --fail-with-body "$@"')
    program(folder, "mpv", "exec cat > played.mp3")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def commands_of(code: str) -> list[str]:
    return [line for line in code.replace("\\\n", " ").splitlines() if line]


@pytest.mark.prove
@pytest.mark.usefixtures("_workplace")
def test_commands_of_the_documents_run(server: RunningShell, owner: Person) -> None:
    variables = {**os.environ, "TTSAI_URL": server.url, "TTSAI_API_KEY": owner.key, "UUID": ""}
    refused, shown = [], dict[str, Any]()
    with working(Maker().do):
        for block in own_blocks("test_commands_of_the_documents_run"):
            for command in commands_of(written_for(block, url=server.url, key=owner.key)):
                done = subprocess.run(["sh", "-euc", command], env=variables, capture_output=True, timeout=60, check=False)
                answer = done.stdout.decode(errors="replace")
                if done.returncode:
                    refused.append((str(block), command, answer, done.stderr.decode()))
                if answer.startswith("{"):
                    shown[command] = json.loads(answer)
                    variables["UUID"] = shown[command].get("uuid", "")
    assert refused == []
    assert len(shown) == 14
    assert {answer["text"] for answer in shown.values() if "text" in answer} == {"Hello there."}
    assert all(Path(name).stat().st_size > 100 for name in ("played.mp3", "heart.wav", "stems.zip", "clear.mp3"))


@pytest.mark.prove
@pytest.mark.usefixtures("_workplace")
@pytest.mark.parametrize("block", own_blocks("test_programs_of_the_documents_run"), ids=str)
def test_programs_of_the_documents_run(block: Block, server: RunningShell, owner: Person) -> None:
    names: dict[str, Any] = {"__name__": "example"}
    with working(Maker().do), warnings.catch_warnings(action="ignore"):  # short examples close no client
        exec(compile(written_for(block, url=server.url, key=owner.key), str(block), "exec"), names)  # noqa: S102 - our own documents
        audio = names.get("audio")
        names.clear()
        gc.collect()
    assert audio is None or len(audio) > 100
    assert Job.objects.filter(state="completed").exists()


@pytest.mark.prove
@pytest.mark.usefixtures("_workplace")
def test_examples_of_the_command_line_run_in_a_shell(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    """All of them, pipes and redirections too; tests/flows/test_cli.py runs them with real models."""
    Path("book.md").write_text("# One\nHello there.\n")
    Path("texts.csv").write_text("text,file\nHello there.,hello\nGood bye.,\n")
    Path("talk.pcm").write_bytes(SOUND[44:])
    variables = {**os.environ, "TTSAI_URL": server.url, "TTSAI_API_KEY": owner.key, "XDG_CONFIG_HOME": str(tmp_path)}
    variables["PATH"] = f"{Path(sys.executable).parent}:{variables['PATH']}"
    failed = []
    with working(Maker().do):
        for example in (line for block in blocks_of("docs/cli.md", "sh") for line in block.code.splitlines()):
            done = subprocess.run(["sh", "-euc", example], env=variables, capture_output=True, text=True, timeout=120, check=False)
            if done.returncode or "Error" in done.stderr:
                failed.append((example, done.returncode, done.stderr))
    assert failed == []
    assert all(
        Path(name).stat().st_size
        for name in ("pipe.wav", "book.m4b", "talk.srt", "adam.wav", "clear.wav", "dry.wav", "english.mp3", "ada.mp3")
    )


@pytest.mark.usefixtures("_workplace")
def test_markup_of_the_documents_is_spoken(server: RunningShell, owner: Person) -> None:
    found = own_blocks("test_markup_of_the_documents_is_spoken")
    assert len(found) > 8
    for block in found:
        answer = owner.post("/v1/tts/", {"text": block.code})
        assert (answer.status_code, answer.json().get("warnings")) == (200, None), (str(block), answer.content)


def test_error_in_the_documents_is_the_error_that_comes(server: RunningShell, owner: Person) -> None:
    (block,) = own_blocks("test_error_in_the_documents_is_the_error_that_comes")
    shown, found = json.loads(block.code), owner.post("/v1/tts/", {"text": "Hello.", "voice": "nobody"}).json()
    assert re.fullmatch(r"req_\w{32}", found["error"]["request_id"])
    assert found["error"] | {"request_id": ""} == shown["error"] | {"request_id": ""}


@pytest.mark.usefixtures("_workplace")
def test_events_in_the_documents_have_the_fields_of_real_ones(server: RunningShell, owner: Person) -> None:
    shown = [json.loads(line[6:]) for block in blocks_of("docs/openai.md", "text") for line in block.code.splitlines()]
    speech = {"model": "tts-1", "voice": "alloy", "input": "Hello.", "stream_format": "sse"}
    heard = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json", "stream": "true", "chunking_strategy": "auto"}
    with working(Maker().do), httpx.Client(base_url=server.url, headers=owner.headers, timeout=60) as client:
        answers = [
            client.post("/v1/audio/speech", json=speech),
            client.post("/v1/audio/transcriptions", data=heard, files={"file": ("speech.wav", SOUND)}),
        ]
    sent = [json.loads(line[6:]) for answer in answers for line in answer.text.splitlines() if line.startswith("data: {")]
    kinds = {event["type"] for event in shown}
    assert kinds == {event["type"] for event in sent}
    for kind in kinds:
        one = next(event for event in shown if event["type"] == kind)
        other = next(event for event in sent if event["type"] == kind)
        assert _fields(one) == _fields(other), kind


def _fields(value: Any) -> Any:
    """Names of the fields, with the types of their values."""
    return (
        {name: _fields(inner) for name, inner in value.items()} if isinstance(value, dict) else type(value).__name__.replace("int", "float")
    )


def test_webhook_in_the_documents_has_the_headers_and_fields_of_a_real_one() -> None:
    (block,) = own_blocks("test_webhook_in_the_documents_has_the_headers_and_fields_of_a_real_one")
    head, _, body = block.code.partition("\n\n")
    shown = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    sent = {
        name.lower(): value for name, value in signed_headers(Delivery(body="{}"), secrets=[new_secret()], at=datetime.now(UTC)).items()
    }
    assert set(sent) - set(shown) == {"user-agent"}
    assert all(re.match(pattern, shown[name]) and re.match(pattern, sent[name]) for name, pattern in FORMS_OF_HEADERS.items())
    assert set(json.loads(body.replace(REST, ""))) == {"type", "timestamp", "data"}


def test_requests_and_answers_of_openvoice_are_as_documented(server: RunningShell, owner: Person) -> None:
    (block,) = blocks_of("docs/openvoice.md", "http")
    path, _, shown = block.code.splitlines()[0].removeprefix("GET").strip().partition(" ")
    assert owner.get(path).json() == json.loads(shown)
    assert [line.split()[1] for line in block.code.splitlines()] == ["/api/health", "/api/info", "/api/clone"]
    assert owner.get("/api/info").status_code == 200


def test_configurations_of_assistants_name_our_command_and_route() -> None:
    program_, site = (json.loads(block.code)["mcpServers"]["speech"] for block in blocks_of("docs/mcp.md", "json"))
    assert (Path(program_["command"]).name, set(program_["env"])) == ("ttsai", {"TTSAI_URL", "TTSAI_API_KEY"})
    _parse(["ttsai", program_["args"][0], "--folder", str(ROOT)])
    assert (site["type"], site["url"].partition(".com")[2], list(site["headers"])) == ("http", "/mcp", ["Authorization"])


def test_answers_in_the_documents_have_the_fields_of_the_schema() -> None:
    found = own_blocks("test_answers_in_the_documents_have_the_fields_of_the_schema")
    assert len(found) == 4
    for block in found:
        before = [other for other in blocks_of(block.file, "sh") if other.line < block.line][-1]
        (path,) = re.findall(r"\$TTSAI_URL(/v1/[\w/-]+)", before.code)
        method = "post" if " -F " in before.code or " -d " in before.code else "get"
        answer = read_schema()["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        assert _unknown(answer, _parsed(block.code)) == [], str(block)


def _parsed(shown: str) -> Any:
    """JSON of an answer in which … stands for what is left out."""
    return json.loads(re.sub(rf",\s*{REST}|(?<=[{{\[]){REST}", "", shown))


def _unknown(schema: dict[str, Any], value: Any) -> list[str]:
    """Shown fields that the schema does not have, and values of other types."""
    components = read_schema()["components"]
    whole = {**_optional(schema), "components": _optional(components)}
    return [error.message for error in jsonschema.Draft202012Validator(whole).iter_errors(value)]


def _optional(schema: Any) -> Any:
    """The schema with no required field, and none beside those that it names."""
    if isinstance(schema, list):
        return [_optional(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        name: _optional(value) for name, value in schema.items() if name not in {"required", "format"} or not isinstance(value, list | str)
    }
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        made["additionalProperties"] = False
    return made


def _parse(words: list[str]) -> None:
    """Parse a command line of ours. Raises ClickException."""
    context = click.Context(main)
    command: click.Command = main
    words = words[1:]
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words
        command, words = found, words[1:]
    command.make_context("ttsai", words).close()


def test_shell_commands_of_installations_name_what_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    lines = [line for block in own_blocks("test_shell_commands_of_installations_name_what_exists") for line in commands_of(block.code)]
    checked = set()
    for line in lines:
        words = shlex.split(line, comments=True)
        if "make" in words:
            assert re.search(rf"^{words[words.index('make') + 1]}:", makefile, re.MULTILINE), line
            checked.add("make")
        if "kubectl" in words and "ttsai" in words and words[words.index("ttsai") - 1] != "--":
            pass  # a namespace
        elif "ttsai" in words:
            _parse(words[words.index("ttsai") :])
            checked.add("ttsai")
        for name in re.findall(r"\bk8s/\S+", line):
            assert (ROOT / name).exists(), line
            checked.add("kubectl")
    assert checked == {"make", "ttsai", "kubectl"}
