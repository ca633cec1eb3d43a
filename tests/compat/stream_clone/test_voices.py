"""Voices of the streaming API: clone, list, remove, save and load."""

import base64
import contextlib
import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx

from apps.jobs.models import Job
from apps.voices.models import Enrolment, Voice
from tests.speech.people import Person, person
from tests.text_streams.reader import Reader
from tests.web.shell import RunningShell


def post(server: RunningShell, owner: Person, path: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{server.url}{path}", json=body, headers=owner.headers, timeout=60)


def clone(server: RunningShell, owner: Person, audio: bytes | str, prompt_id: str = "ada") -> httpx.Response:
    encoded = base64.b64encode(audio).decode() if isinstance(audio, bytes) else audio
    return post(server, owner, "/clone", prompt_audio=encoded, prompt_text="Hello there.", prompt_id=prompt_id)


def speakers(server: RunningShell, owner: Person) -> Any:
    return httpx.get(f"{server.url}/speakers", headers=owner.headers, timeout=20).json()


def test_cloned_voice_is_listed_and_an_id_is_cloned_once(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    assert speakers(server, owner) == []
    assert clone(server, owner, clip).json() == {"existed": False, "prompt_id": "ada"}
    assert clone(server, owner, "no audio at all").json() == {"existed": True, "prompt_id": "ada"}
    assert speakers(server, owner) == ["ada"]
    assert speakers(server, person()) == []
    assert Voice.objects.get().enrolment.samples.get().transcript == "Hello there."


def test_data_url_is_taken_as_a_recording(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    url = f"data:audio/mpeg;base64,{base64.b64encode(clip).decode()}"
    assert clone(server, owner, url).json()["existed"] is False


def test_url_is_fetched_through_the_outbound_guard(server: RunningShell, owner: Person, reader: Reader, clip: bytes, settings: Any) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(clip)))
            self.end_headers()
            self.wfile.write(clip)

        def log_message(self, *_: Any) -> None:
            pass

    files = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=files.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{files.server_address[1]}/voice.mp3"
    try:
        refused = clone(server, owner, url)
        assert (refused.status_code, refused.json()["error"], refused.json()["param"]) == (400, True, "file_url")
    finally:
        files.shutdown()
        files.server_close()
    assert not Job.objects.exists()


def test_local_path_is_read_only_below_the_operators_folder(
    server: RunningShell, owner: Person, reader: Reader, clip: bytes, settings: Any
) -> None:
    folder, outside = Path(settings.TTSAI_HOME) / "voices", Path(settings.TTSAI_HOME) / "secret.mp3"
    folder.mkdir(parents=True)
    (folder / "ada.mp3").write_bytes(clip)
    outside.write_bytes(clip)
    (folder / "link.mp3").symlink_to(outside)
    assert clone(server, owner, "ada.mp3").json()["code"] == "local_path_refused"
    settings.TTSAI_CLONE_FOLDER = str(folder)
    assert clone(server, owner, "ada.mp3").json() == {"existed": False, "prompt_id": "ada"}
    assert clone(server, owner, str(folder / "ada.mp3"), "eve").json()["existed"] is False
    for path in ("../secret.mp3", str(outside), "link.mp3", "file:///etc/passwd.conf"):
        assert clone(server, owner, path, "new").json()["code"] == "local_path_refused"
    assert clone(server, owner, "none.mp3", "new").json()["code"] == "local_file_not_found"


BROKEN = [("%%%%", "invalid_base64"), ("data:audio/wav,xxxx", "invalid_base64"), ("", "missing_field"), ("QUJD", "unsupported_format")]


def test_broken_recording_is_refused_in_the_dialects_shape(server: RunningShell, owner: Person) -> None:
    for audio, code in BROKEN:
        answer = clone(server, owner, audio)
        shape = answer.json()
        assert (answer.status_code, shape["error"], bool(shape["message"]), shape["code"]) == (400, True, True, code)
    assert not Job.objects.exists()


def test_body_of_200_megabytes_is_refused_before_it_is_read(server: RunningShell, owner: Person) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", "/clone")
    for name, value in {**owner.headers, "Content-Length": "200000000", "Content-Type": "application/json"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"{")
    with contextlib.closing(connection), connection.getresponse() as answer:
        assert (answer.status, json.loads(answer.read())["error"]) == (413, True)


def test_removed_voice_is_gone_unless_it_was_saved(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    clone(server, owner, clip)
    assert post(server, owner, "/cache/save", cache_dir="../my cache", prompt_ids=["ada"]).json() == {"cache_path": "../my cache"}
    assert post(server, person(), "/remove", prompt_id="ada").status_code == 404
    assert post(server, owner, "/remove", prompt_id="ada").json() == {"status": "ok"}
    assert speakers(server, owner) == []
    assert Enrolment.objects.count() == 1
    assert post(server, person(), "/cache/load", cache_path="../my cache").json()["code"] == "collection_not_found"
    loaded = post(server, owner, "/cache/load", cache_path="../my cache", prompt_ids=["ada", "eve"])
    assert loaded.json() == {"loaded_speakers": ["ada"]}
    assert post(server, owner, "/cache/load", cache_path="../my cache").json() == {"loaded_speakers": ["ada"]}
    assert speakers(server, owner) == ["ada"]


def test_removed_voice_that_nobody_saved_leaves_nothing(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    clone(server, owner, clip)
    post(server, owner, "/remove", prompt_id="ada")
    assert not Enrolment.objects.exists()
    answer = post(server, owner, "/cache/save", cache_dir="mine", prompt_ids=["ada"])
    assert (answer.status_code, answer.json()["code"]) == (404, "voice_not_found")


def test_wrong_and_missing_keys_are_answered_in_the_dialects_shape(server: RunningShell) -> None:
    for headers in ({}, {"Authorization": "Bearer sk-tts-wrong"}):
        answer = httpx.get(f"{server.url}/speakers", headers=headers, timeout=20)
        assert (answer.status_code, answer.json()["error"]) == (401, True)
