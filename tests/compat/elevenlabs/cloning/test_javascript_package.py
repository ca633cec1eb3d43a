"""ElevenLabs' official package for JavaScript, unchanged, against the real shell; tests/prove has the same programs with real models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.jobs.models import Job, Part
from tests.compat.elevenlabs.javascript import install_programs, run_program
from tests.compat.elevenlabs.test_speech import RACHEL, TEXT
from tests.conversion.test_conversion import converter
from tests.docs.blocks import blocks_of
from tests.factories_jobs import announce, engine_spec, outcome_of, started, store_output
from tests.speech.people import Person
from tests.text_streams.reader import Reader
from tests.transcription.conftest import HEARD, WHISPER
from tests.voices.conftest import CLONING, ENROLLING, KOKORO, Enroller, attempt_part
from tests.web.shell import RunningShell
from tests.working import working
from workers.contract.messages import PartOutcome

pytestmark = pytest.mark.prove  # installs a package of npm

SILENT: dict[str, Any] = {"voices": (), "default_voice": "", "languages": ()}


@pytest.fixture
def _workers() -> Iterator[None]:
    """Workers that speak, clone, transcribe, convert and enhance."""
    whisper, denoiser = engine_spec("whisper", **WHISPER), engine_spec("deepfilternet", kind="enhance", **SILENT)
    announce(KOKORO, CLONING, ENROLLING, whisper, converter("world"), denoiser)
    reader, enroller = Reader(), Enroller()

    def do(part: Part) -> PartOutcome | None:
        if part.kind == "speak":
            return reader.do(part)
        if part.kind in {"listen", "transcript"}:
            return outcome_of(part, manifest=store_output(started(part), audio=json.dumps(HEARD.to_dict()).encode()))
        return attempt_part(part, enroller)

    with working(do):
        yield


@pytest.mark.usefixtures("_workers")
def test_methods_of_the_javascript_package_answer_what_it_expects(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    folder = install_programs(tmp_path)
    reported = json.loads(run_program(folder, "voices.mjs", server.url, owner.key, str(folder), TEXT))
    assert (reported["streamed"], reported["turns"], reported["newest"]) == (TEXT, [RACHEL, "pNInz6obpgDQGcFmaJgB"], TEXT)
    assert reported["voice"] == {"name": "Lady Ada", "description": "A reader", "accent": "british", "category": "cloned"}
    assert (reported["speed"], reported["defaultSpeed"], reported["deleted"], reported["left"]) == (0.9, 1.0, "ok", 0)
    assert owner.account is not None
    assert (reported["user"], reported["limit"] > 0) == (str(owner.account.pk), True)
    for name in ("stream", "timed", "dialogue", "changed", "isolated", "own", "played"):
        assert (folder / f"{name}.mp3").stat().st_size > 0, name
    kinds = set(Job.objects.values_list("kind", flat=True))
    assert {"speech", "voice-convert", "audio-enhance", "enrol_voice"} <= kinds
    reported = json.loads(run_program(folder, "client.mjs", server.url, owner.key, str(folder), TEXT))
    assert (reported["characters"], reported["heard"], reported["voices"], reported["history"]) == (TEXT, "Hello there.", [RACHEL], 2)
    assert reported["refusal"] == {"status": 404, "word": "voice_not_found"}


@pytest.mark.usefixtures("_workers")
def test_javascript_example_of_the_document_speaks(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    folder = install_programs(tmp_path)
    [block] = blocks_of("docs/elevenlabs.md", "js")
    code = block.code.replace("https://speech.example.com", server.url).replace("sk-tts-…", owner.key)
    kept = "import fs from 'node:fs';\nimport { bytesOf } from './audio.mjs';\nfs.writeFileSync('example.mp3', await bytesOf(audio));\n"
    (folder / "example.mjs").write_text(code + kept)
    run_program(folder, "example.mjs")
    assert (folder / "example.mp3").stat().st_size > 0
    assert Job.objects.get().params["text"] == "Hello."
