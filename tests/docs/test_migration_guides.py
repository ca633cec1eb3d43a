"""Every example of docs/migration/ against the real shell, with a worker whose documents the tests write."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from apps.jobs.models import Job
from tests.compat.realtime.conftest import owner, server
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, making, song
from tests.web.shell import RunningShell

__all__ = ["owner", "server", "song"]

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted(path for path in (ROOT / "docs" / "migration").glob("*.md") if path.name != "README.md")
_BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+)\)")
MADE = {"listen": HEARD, "transcript": HEARD}


@pytest.fixture
def _workplace(server: RunningShell, owner: Person, song: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder and variables that the examples expect."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTSAI_URL", server.url)
    monkeypatch.setenv("TTSAI_API_KEY", owner.key)
    Path("speech.wav").write_bytes(song)


def examples_of(guide: Path) -> list[tuple[str, str]]:
    """Language and code of each example."""
    return [(match[1], match[2]) for match in _BLOCK.finditer(guide.read_text())]


def test_the_list_of_guides_names_every_guide_and_links_lead_somewhere() -> None:
    names = _LINK.findall((ROOT / "docs" / "migration" / "README.md").read_text())
    assert sorted(names) == [guide.name for guide in GUIDES]
    for guide in GUIDES:
        assert [link for link in _LINK.findall(guide.read_text()) if not (guide.parent / link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
@pytest.mark.usefixtures("_workplace")
@pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")  # of Deepgram's package, which imports old names
def test_examples_of_a_migration_guide_run(guide: Path) -> None:
    examples = examples_of(guide)
    assert {language for language, _ in examples} == {"python", "sh"}
    with making(MADE):
        for language, code in examples:
            if language == "python":
                exec(compile(code, guide.name, "exec"), {"__name__": "example"})  # noqa: S102 - our own documents
            else:
                done = subprocess.run(["sh", "-euc", code], env=os.environ, capture_output=True, text=True, timeout=60, check=False)
                assert done.returncode == 0, done.stderr
    assert Job.objects.exists()
