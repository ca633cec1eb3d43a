"""The official tus client for JavaScript, unchanged, against the real shell."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.uploads.people import Person

NODE = Path(__file__).parents[1] / "prove" / "tus_node"
PIECE = 5_000

pytestmark = [pytest.mark.prove, pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed")]


def test_tus_js_client_stops_and_continues_where_it_was(owner: Person, song: bytes, tmp_path: Path) -> None:
    for name in ("client.mjs", "package.json"):
        shutil.copy(NODE / name, tmp_path)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], check=True, cwd=tmp_path, timeout=300)
    (tmp_path / "song.mp3").write_bytes(song)
    command = ["node", "client.mjs", f"{owner.url}/v1/uploads/resumable/", owner.secret, str(tmp_path / "song.mp3"), str(PIECE)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    reported = json.loads(done.stdout)
    assert [size for size, _ in reported["first"]["accepted"]] == [PIECE, PIECE]
    assert reported["first"]["url"] == reported["second"]["url"]
    assert reported["second"]["accepted"][0] == [PIECE, 3 * PIECE]
    upload_id = reported["second"]["url"].rstrip("/").rpartition("/")[2]
    shape = owner.look(upload_id).json()
    assert (shape["status"], shape["sha256"], shape["file_name"]) == ("ready", hashlib.sha256(song).hexdigest(), "song.mp3")
