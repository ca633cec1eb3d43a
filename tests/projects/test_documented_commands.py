"""The curl examples of docs/clonyvoice.md for speech, chunks and projects, run as they are written."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.speech.people import Person, working
from tests.web.shell import RunningShell

DOCUMENT = Path(__file__).parents[2] / "docs" / "clonyvoice.md"
OWN = ("/api/generate/", "/api/projects")


def commands() -> list[str]:
    """The commands of this part of the document, in their order."""
    blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if line.startswith("curl") and any(path in line for path in OWN)]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_every_documented_command_gives_what_the_document_says(server: RunningShell, owner: Person) -> None:
    variables = {"TTSAI_URL": server.url, "TTSAI_API_KEY": owner.key}
    answers: list[dict[str, Any]] = []
    with working():
        for command in commands():
            environment = {"PATH": os.environ["PATH"], **variables}
            run = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True, timeout=60)
            answers.append(json.loads(run.stdout))
            if "line_count" in answers[-1]:
                variables["PROJECT"] = answers[-1]["id"]
            if "chunks" in answers[-1]:
                variables["GENERATION"] = answers[-1]["generation_id"]
    preset, chunked, redone, merged, project, render, timeline = answers
    assert [one["status"] for one in (preset, chunked, redone, merged, render)] == ["completed"] * 5
    assert [chunk["text"] for chunk in chunked["chunks"]] == ["The sun rises.", "The birds wake up!"]
    assert (redone["chunk"]["voice_id"], merged["credits_used"], project["line_count"]) == ("am_adam", 0, 2)
    assert (timeline["project_id"], timeline["duration"]) == (project["id"], 3.3)
