"""The module with which pages send large files, run by Node.js against the real shell."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from apps import playground
from apps.accounts.models import Role
from apps.uploads.models import Upload
from tests.factories import MembershipFactory
from tests.uploads.people import Person

SCRIPTS = Path(playground.__file__).parent / "static/playground/js"
PIECE = 8 * 1024 * 1024

pytestmark = [pytest.mark.prove, pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")]


def test_a_page_that_was_closed_continues_where_the_file_stopped(owner: Person, tmp_path: Path) -> None:
    browser = Client()
    browser.force_login(MembershipFactory(account=owner.account, role=Role.DEVELOPER).user)
    shutil.copytree(SCRIPTS, tmp_path / "js")
    (tmp_path / "js" / "package.json").write_text('{"type": "module"}')
    content = bytes(range(256)) * (20_000_000 // 256)
    (tmp_path / "talk.wav").write_bytes(content)
    cookie = configured.SESSION_COOKIE_NAME
    command = ["node", str(Path(__file__).parent / "resumable_page.mjs"), owner.url, cookie, browser.cookies[cookie].value]
    done = subprocess.run(
        [*command, str(tmp_path / "js"), str(tmp_path / "talk.wav")], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    reported = json.loads(done.stdout)
    assert [(one["name"], one["size"], one["offset"] % PIECE) for one in reported["left"]] == [("talk.wav", len(content), 0)]
    assert reported["kept"] == "{}"
    upload = Upload.objects.get()
    assert (upload.uuid.hex, upload.received_bytes, len(upload.pieces)) == (reported["uploadId"], len(content), 3)
