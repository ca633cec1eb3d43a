"""The examples of docs/clonyvoice.md run as they stand, by curl; its tables of scopes and bodies are those of the code."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.compat.clonyvoice.dialect import REQUESTS_PER_MINUTE_BY_SCOPE
from apps.jobs.models import Part
from tests.compat.clonyvoice_recordings.conftest import Desk
from tests.factories_jobs import announce, engine_spec, outcome_of, started, store_output
from tests.transcription.conftest import HEARD, WHISPER
from tests.voices.conftest import Enroller, attempt_part
from tests.working import working
from workers.contract.messages import PartOutcome

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "clonyvoice.md").read_text()
LIBRARY = TEXT.partition("## Examples of voices, recordings and keys")[2].partition("\n## ")[0]
EXAMPLES = re.findall(r"```bash\n(.*?)```", LIBRARY, re.DOTALL)
WAITING = "The voice is in training."
"""Line that the example of archives prints while it waits."""


@pytest.fixture
def training() -> Iterator[Enroller]:
    """Workers that enrol voices and transcribe. Training of voices is held until the test lets it end."""
    announce(engine_spec("whisper", **WHISPER), worker="worker-2")
    enroller = Enroller()
    enroller.is_fit_held = True

    def do(part: Part) -> PartOutcome | None:
        if part.kind == "listen":
            return outcome_of(part, manifest=store_output(started(part), audio=json.dumps(HEARD.to_dict()).encode()))
        return attempt_part(part, enroller)

    with working(do):
        yield enroller


def test_examples_of_the_documentation_run_by_curl_in_their_order(desk: Desk, training: Enroller, clip: bytes, tmp_path: Path) -> None:
    """The example of archives begins while the voice is in training, and waits for it by itself."""
    (tmp_path / "ada.mp3").write_bytes(clip)
    (tmp_path / "ada-again.mp3").write_bytes(clip + bytes(64))
    environment = {"TTSAI_URL": desk.url, "TTSAI_API_KEY": desk.owner.key, "PATH": "/usr/bin:/bin"}
    answers: list[list[Any]] = []
    for example in EXAMPLES:
        with subprocess.Popen(
            ["/bin/bash", "-euc", example], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            if WAITING in example:
                assert running.stderr is not None
                assert running.stderr.readline().strip() == WAITING
                training.is_fit_held = False
            output, errors = running.communicate(timeout=60)
        assert running.returncode == 0, (example, output, errors)
        answers.append(_read_all(output))
        environment.setdefault("VOICE", answers[0][0]["id"])
    assert not training.is_fit_held
    (made,), (several,), (listed, shown, changed), labels, archives, (heard, measured), system = answers
    assert (made["name"], len(several["samples"])) == ("Ada", 2)
    assert [one["name"] for one in listed["voices"]] == ["Ada2", "Ada"]
    assert (shown["id"], changed["name"], changed["categories"]) == (made["id"], "Lady Ada", ["calm"])
    assert [one["name"] for one in labels[1]["categories"]] == ["calm", "stories"]
    assert (labels[2]["deleted"], labels[3]["is_favorite"], labels[4]["total"]) == (True, True, 1)
    assert (archives[0]["deleted"], archives[1]["voices"][0]["action"], archives[2]["imported"][0]["name"]) == (True, "restore", "Lady Ada")
    assert (heard["text"], measured["format"]) == ("Hello there.", "mp3")
    assert (set(system[0]), system[1]["can_clone"]) == ({"cpu", "ram", "gpus"}, True)
    assert (system[2]["key"][:4], system[2]["limits"], system[3]["total"]) == ("cvk_", {"tts:generate": 5, "voices:read": 60}, 2)


def test_documented_limits_are_those_of_the_code() -> None:
    documented: dict[str, int] = {}
    for scopes, limits in re.findall(r"^\| (`[a-z`: /]+`) \| [^|]+ \| ([0-9 /]+) \|$", TEXT, re.MULTILINE):
        documented |= dict(zip(re.findall(r"`([^`]+)`", scopes), map(int, limits.split(" / ")), strict=True))
    assert documented == REQUESTS_PER_MINUTE_BY_SCOPE


def _read_all(text: str) -> list[Any]:
    """JSON values that stand one after the other."""
    decoder, values = json.JSONDecoder(), []
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:]
    return values
