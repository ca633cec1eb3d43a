"""Every example of docs/guides/ runs against the real shell: curl by the shell, Python in this process, JavaScript by Node."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from apps.jobs.models import Job
from apps.webhooks.models import Delivery, new_secret
from apps.webhooks.services.sending import signed_headers
from tests.documentation.conftest import SOUND, Maker, owner, server
from tests.servers import free_port
from tests.speech.people import Person
from tests.web.shell import RunningShell
from tests.working import working

__all__ = ["owner", "server"]

ROOT: Final = Path(__file__).resolve().parents[2]
GUIDES: Final = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK: Final = re.compile(r"^```(\w*)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN: Final = ("sh", "python", "js")
SHOWN: Final = {"", "console", "json", "xml", "html", "live"}
"""Languages of blocks that are no programs: commands of an installation, markup, answers."""
RECORDINGS: Final = ("speech.wav", "ada.wav", "hello.mp3")
NODE: Final = shutil.which("node")


def blocks_of(guide: Path) -> list[tuple[str, str, str]]:
    """Language, name of the file if there is one, and text of each block."""
    return [(found[1], found[2] or "", found[3]) for found in BLOCK.finditer(guide.read_text())]


def run(guide: Path, environment: dict[str, str], folder: Path) -> list[str]:
    """Run the programs of a guide in its folder, in their order; returns the complaints."""
    complaints = []
    folder.mkdir()
    for name in RECORDINGS:
        (folder / name).write_bytes(SOUND)
    for number, (language, name, code) in enumerate(blocks_of(guide)):
        if language not in RUN or name:
            continue
        if language == "js" and NODE is None:
            continue
        file = folder / f"example-{number}.{ {'sh': 'sh', 'python': 'py', 'js': 'mjs'}[language] }"
        file.write_text(code)
        command = {"sh": ["sh", "-eu"], "python": [environment["PYTHON"], "-W", "ignore"], "js": [NODE or "node"]}[language]
        done = subprocess.run([*command, file.name], cwd=folder, env=environment, capture_output=True, text=True, timeout=90, check=False)
        if done.returncode:
            complaints.append(f"{guide.name}, block {number} ({language}): {done.stdout[-500:]} {done.stderr[-1500:]}")
    return complaints


def test_languages_of_all_blocks_are_known() -> None:
    assert {language for guide in GUIDES for language, _, _ in blocks_of(guide)} <= {*RUN, *SHOWN}


@pytest.mark.prove
def test_examples_of_all_guides_run(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    import sys

    environment = {**os.environ, "TTSAI_URL": server.url, "TTSAI_API_KEY": owner.key, "PYTHON": sys.executable}
    with working(Maker().do), ThreadPoolExecutor(2) as pool:
        complaints = [text for texts in pool.map(lambda guide: run(guide, environment, tmp_path / guide.stem), GUIDES) for text in texts]
    assert complaints == []
    assert Job.objects.count() > 20


SECRET: Final = new_secret()


def signed(*, at: datetime) -> tuple[bytes, dict[str, str]]:
    delivery = Delivery(body='{"type":"job.completed","data":{"uuid":"1"}}')
    return delivery.body.encode(), {
        name.lower(): value for name, value in signed_headers(delivery, secrets=[new_secret(), SECRET], at=at).items()
    }


def test_verification_in_python_takes_what_the_platform_signs_and_refuses_the_rest() -> None:
    names: dict[str, Any] = {}
    code = next(code for language, name, code in blocks_of(ROOT / "docs/guides/webhooks.md") if name == "verify.py")
    exec(compile(code, "verify.py", "exec"), names)  # noqa: S102 - our own documentation
    body, headers = signed(at=datetime.now(UTC))
    assert names["verify"](SECRET, headers, body)
    assert not names["verify"](SECRET, headers, body + b" ")
    assert not names["verify"](new_secret(), headers, body)
    body, headers = signed(at=datetime(2026, 1, 1, tzinfo=UTC))
    assert not names["verify"](SECRET, headers, body)


@pytest.mark.skipif(NODE is None, reason="there is no Node here")
def test_verification_in_javascript_takes_what_the_platform_signs_and_refuses_the_rest(tmp_path: Path) -> None:
    code = next(code for language, name, code in blocks_of(ROOT / "docs/guides/webhooks.md") if name == "verify.mjs")
    (tmp_path / "verify.mjs").write_text(code)
    (body, headers), (_, old) = signed(at=datetime.now(UTC)), signed(at=datetime(2026, 1, 1, tzinfo=UTC))
    (tmp_path / "body").write_bytes(body)
    lines = [
        'import { readFileSync } from "node:fs"; import { verify } from "./verify.mjs"; const body = readFileSync("body");',
        f"const secret = {SECRET!r}, headers = {headers!r}, old = {old!r};",
        'const tampered = Buffer.concat([body, Buffer.from(" ")]);',
        f"console.log(JSON.stringify([verify(secret, headers, body), verify(secret, headers, tampered), verify({new_secret()!r}, headers, body),",
        "verify(secret, old, body)]));",
    ]
    (tmp_path / "try.mjs").write_text("\n".join(lines))
    done = subprocess.run([str(NODE), "try.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[true,false,false,false]\n"


@pytest.mark.prove
@pytest.mark.skipif(NODE is None, reason="there is no Node here")
def test_server_of_the_streaming_guide_passes_the_audio_on(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    code = next(code for language, name, code in blocks_of(ROOT / "docs/guides/streaming.md") if name == "server.mjs")
    port = free_port()
    (tmp_path / "server.mjs").write_text(code)
    asked = f'import {{ server }} from "./server.mjs"; const answer = await fetch("http://127.0.0.1:{port}/?text=Hello"); '
    (tmp_path / "try.mjs").write_text(
        asked
        + 'console.log(answer.status, answer.headers.get("content-type"), (await answer.arrayBuffer()).byteLength > 100); server.close();'
    )
    environment = {**os.environ, "TTSAI_URL": server.url, "TTSAI_API_KEY": owner.key, "PLAYER_PORT": str(port)}
    with working(Maker().do):
        done = subprocess.run(
            [str(NODE), "try.mjs"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.stdout == "200 audio/mpeg true\n", done.stderr


def test_every_sound_of_the_guides_is_there_and_all_together_are_small() -> None:
    folder = ROOT / "apps/documentation/static/documentation/sounds"
    named = {name for guide in GUIDES for name in re.findall(r"\]\(sounds/([a-z]+\.mp3)\)", guide.read_text())}
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(files) == named
    assert sum(map(len, files.values())) < 400_000
    assert all(content[:3] == b"ID3" or content[0] == 0xFF for content in files.values())
