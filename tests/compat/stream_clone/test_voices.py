"""Voices of the streaming API: clone, list, remove, save and load."""

import base64
import contextlib
import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import transaction

from apps.jobs.models import Job
from apps.jobs.services.limits import wait_for_tenant
from apps.uploads.models import Upload
from apps.voices.models import Enrolment, EnrolmentState, Voice
from tests.flows.following import wait_until
from tests.routes.voices import make_voice
from tests.speech.people import Person, person
from tests.text_streams.reader import Reader
from tests.voices.conftest import Enroller, enrolling
from tests.web.shell import RunningShell
from tests.workers.audio.probe.recordings import record


def post(server: RunningShell, owner: Person, path: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{server.url}{path}", json=body, headers=owner.headers, timeout=60)


def clone(server: RunningShell, owner: Person, audio: bytes | str, prompt_id: str = "ada") -> httpx.Response:
    encoded = base64.b64encode(audio).decode() if isinstance(audio, bytes) else audio
    return post(server, owner, "/clone", prompt_audio=encoded, prompt_text="Hello there.", prompt_id=prompt_id)


def speakers(server: RunningShell, owner: Person) -> Any:
    return httpx.get(f"{server.url}/speakers", headers=owner.headers, timeout=60).json()


def test_cloned_voice_is_listed_and_an_id_is_cloned_once(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    assert speakers(server, owner) == []
    assert clone(server, owner, clip).json() == {"existed": False, "prompt_id": "ada"}
    assert clone(server, owner, "no audio at all").json() == {"existed": True, "prompt_id": "ada"}
    assert speakers(server, owner) == ["ada"]
    assert speakers(server, person()) == []
    assert Voice.objects.get().enrolment.samples.get().transcript == "Hello there."


@pytest.fixture(scope="session")
def other_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """MP3 of three seconds."""
    return record(tmp_path_factory.mktemp("clip") / "other", "mp3", seconds=3.0).read_bytes()


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("is_same", [False, True])
def test_unusable_recording_gives_its_id_to_the_next_one(
    server: RunningShell, enroller: Enroller, clip: bytes, other_clip: bytes, is_same: bool
) -> None:
    owner = person(credits=1000, max_voices=1)
    enroller.refusal = ("invalid_reference", "It has half a second of speech.")
    refused = clone(server, owner, clip)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_reference")
    assert (Voice.objects.get().enrolment.state, speakers(server, owner)) == (EnrolmentState.FAILED, [])
    enroller.refusal = None
    assert clone(server, owner, clip if is_same else other_clip).json() == {"existed": False, "prompt_id": "ada"}
    assert speakers(server, owner) == ["ada"]
    voice = Voice.objects.get()
    assert (voice.name, voice.enrolment.state != EnrolmentState.FAILED) == ("ada", True)
    assert Enrolment.objects.count() == 1


@pytest.mark.usefixtures("reader")
def test_saved_voice_is_restored_beside_a_failed_one_of_its_id(
    server: RunningShell, owner: Person, enroller: Enroller, clip: bytes, other_clip: bytes
) -> None:
    clone(server, owner, clip)
    post(server, owner, "/cache/save", cache_dir="mine")
    post(server, owner, "/remove", prompt_id="ada")
    enroller.refusal = ("invalid_reference", "It has half a second of speech.")
    assert clone(server, owner, other_clip).status_code == 400
    assert post(server, owner, "/cache/load", cache_path="mine").json() == {"loaded_speakers": ["ada"]}
    assert speakers(server, owner) == ["ada"]
    assert clone(server, owner, other_clip).json()["existed"] is True


def test_id_whose_voice_is_being_made_is_answered_once_it_can_speak(
    server: RunningShell, owner: Person, clip: bytes, settings: Any
) -> None:
    files = {"reference_audio": ("audio.mp3", clip)}
    httpx.post(f"{server.url}/v1/voice-clone/", data={"name": "ada"}, files=files, headers=owner.headers, timeout=60).raise_for_status()
    job = Job.objects.get()
    patience, settings.TTSAI_UPLOAD_WAIT_SECONDS = settings.TTSAI_UPLOAD_WAIT_SECONDS, 0
    late = clone(server, owner, clip)
    assert (late.status_code, late.json()["error"], late.json()["uuid"]) == (504, True, job.uuid.hex)
    settings.TTSAI_UPLOAD_WAIT_SECONDS = patience
    with enrolling(Enroller()):
        assert clone(server, owner, clip).json() == {"existed": True, "prompt_id": "ada"}
        assert speakers(server, owner) == ["ada"]
    assert Job.objects.get() == job


def test_two_requests_at_once_clone_an_id_once(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    assert owner.account is not None
    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            wait_for_tenant(f"account:{owner.account.pk}")  # both find no voice, and wait here for the lock
            answers = [threads.submit(clone, server, owner, clip + bytes(64 * number)) for number in range(2)]
            wait_until(lambda: Upload.objects.filter(state="ready").count() == 2)
        existed = sorted(answer.result().json()["existed"] for answer in answers)
    assert (existed, speakers(server, owner), Voice.objects.count()) == ([False, True], ["ada"], 1)
    wait_until(lambda: not Job.objects.exclude(state="completed").exists() and not Upload.objects.exists())


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
        assert (refused.status_code, refused.json()["error"], refused.json()["param"]) == (400, True, "prompt_audio")
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
    for path in ("ada.mp3", "/etc/passwd", "./ada", "../ada", "file:///etc/passwd", "//etc/passwd"):
        assert clone(server, owner, path).json()["code"] == "local_path_refused"
    settings.TTSAI_CLONE_FOLDER = str(folder)
    assert clone(server, owner, "ada.mp3").json() == {"existed": False, "prompt_id": "ada"}
    assert clone(server, owner, str(folder / "ada.mp3"), "eve").json()["existed"] is False
    for path in ("../secret.mp3", str(outside), "link.mp3", "file:///etc/passwd.conf", "/etc/passwd", "FILE:///etc/passwd"):
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
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
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


def test_saving_no_voice_is_refused_and_says_why(server: RunningShell, owner: Person) -> None:
    for chosen, status, code in (({"prompt_ids": []}, 400, "invalid_request"), ({}, 409, "no_voices")):
        answer = post(server, owner, "/cache/save", cache_dir="mine", **chosen)
        assert (answer.status_code, answer.json()["code"], answer.json()["param"]) == (status, code, "prompt_ids"), answer.text
        assert "save" in answer.json()["message"]
    assert post(server, owner, "/cache/load", cache_path="mine").json()["code"] == "collection_not_found"


def test_removed_voice_that_nobody_saved_leaves_nothing(server: RunningShell, owner: Person, reader: Reader, clip: bytes) -> None:
    clone(server, owner, clip)
    post(server, owner, "/remove", prompt_id="ada")
    assert not Enrolment.objects.exists()
    answer = post(server, owner, "/cache/save", cache_dir="mine", prompt_ids=["ada"])
    assert (answer.status_code, answer.json()["code"]) == (404, "voice_not_found")


def test_removing_an_id_removes_every_voice_of_that_name(server: RunningShell, owner: Person) -> None:
    stranger = person()
    assert owner.account is not None
    assert stranger.account is not None
    older, newer = make_voice(owner.account), make_voice(owner.account)
    foreign = make_voice(stranger.account)
    other = make_voice(owner.account)
    Voice.objects.filter(pk=other.pk).update(name="Eve")
    assert post(server, owner, "/remove", prompt_id="Ada").json() == {"status": "ok"}
    assert set(Voice.objects.values_list("pk", flat=True)) == {foreign.pk, other.pk}
    assert not Enrolment.objects.filter(pk__in=[older.enrolment_id, newer.enrolment_id]).exists()
    assert post(server, owner, "/remove", prompt_id="Ada").json()["code"] == "voice_not_found"
    assert post(server, owner, "/remove", prompt_id=other.voice_id).json() == {"status": "ok"}
    assert list(Voice.objects.all()) == [foreign]


@pytest.mark.usefixtures("reader")
def test_voice_of_a_slot_in_training_neither_speaks_nor_takes_an_id(server: RunningShell, owner: Person, clip: bytes) -> None:
    assert owner.account is not None
    of_slot = make_voice(owner.account, is_exclusive=True)
    Enrolment.objects.filter(pk=of_slot.enrolment_id).update(state=EnrolmentState.TRAINING, conditioning_key="likeness")
    assert speakers(server, owner) == []
    assert clone(server, owner, clip, "Ada").json() == {"existed": False, "prompt_id": "Ada"}
    assert speakers(server, owner) == ["Ada"]
    assert Voice.objects.filter(pk=of_slot.pk, name="Ada").exists()


@pytest.mark.usefixtures("reader")
def test_loading_restores_a_voice_beside_one_of_its_name_that_does_not_speak(server: RunningShell, owner: Person, clip: bytes) -> None:
    assert owner.account is not None
    clone(server, owner, clip, "Ada")
    post(server, owner, "/cache/save", cache_dir="mine", prompt_ids=["Ada"])
    post(server, owner, "/remove", prompt_id="Ada")
    of_slot, draft = make_voice(owner.account, is_exclusive=True), make_voice(owner.account)
    Enrolment.objects.filter(pk=of_slot.enrolment_id).update(state=EnrolmentState.TRAINING, conditioning_key="likeness")
    Enrolment.objects.filter(pk=draft.enrolment_id).update(state=EnrolmentState.DRAFT, conditioning_key="")
    assert speakers(server, owner) == []
    assert post(server, owner, "/cache/load", cache_path="mine").json() == {"loaded_speakers": ["Ada"]}
    assert speakers(server, owner) == ["Ada"]
    assert Voice.objects.filter(name="Ada").count() == 3


def test_voice_taken_down_keeps_all_voices_of_its_name(server: RunningShell, owner: Person) -> None:
    assert owner.account is not None
    kept = [make_voice(owner.account), make_voice(owner.account)]
    Enrolment.objects.filter(pk=kept[0].enrolment_id).update(is_taken_down=True)
    answer = post(server, owner, "/remove", prompt_id="Ada")
    assert (answer.status_code, answer.json()["code"]) == (403, "voice_taken_down")
    assert Voice.objects.count() == 2
