"""POST /v1/voices/add by the official package: the voice speaks once the request is answered."""

import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from apps.jobs.models import Job
from apps.voice_profiles import services as profiles
from apps.voices.models import Enrolment, Voice
from tests.flows.following import wait_until
from tests.text_streams.reader import Reader
from tests.voices.conftest import Enroller


def test_added_voice_speaks_as_soon_as_the_request_is_answered(client: ElevenLabs, reader: Reader, clip: bytes) -> None:
    voice = client.voices.ivc.create(name="Ada", files=[("ada.mp3", clip)], description="A reader", labels={"accent": "British"})
    found = client.voices.get(voice.voice_id)
    assert (found.name, found.description, (found.labels or {})["accent"]) == ("Ada", "A reader", "British")
    assert b"".join(client.text_to_speech.convert(voice.voice_id, text="Hello there."))


@pytest.mark.usefixtures("reader")
def test_voice_that_is_edited_with_files_is_made_anew_with_all_its_recordings(client: ElevenLabs, clip: bytes) -> None:
    voice_id = client.voices.ivc.create(name="Ada", files=[("ada.mp3", clip)], description="A reader").voice_id
    wait_until(lambda: Enrolment.objects.get().state == "ready")
    client.voices.update(voice_id, name="Lady Ada", files=[("again.mp3", clip + bytes(64))], labels={"accent": "British"})
    wait_until(lambda: Voice.objects.get().enrolment.samples.count() == 2)
    found = client.voices.get(voice_id)
    assert (found.name, found.description, (found.labels or {})["accent"]) == ("Lady Ada", "A reader", "British")
    assert {sample.file_name for sample in Voice.objects.get().enrolment.samples.all()} == {"ada.mp3", "again.mp3"}
    wait_until(lambda: Voice.objects.get().enrolment.state == "ready")
    assert b"".join(client.text_to_speech.convert(voice_id, text="Hello there."))
    with pytest.raises(ApiError) as refused:
        client.voices.update(voice_id, name="Grace", files=[("song.mp3", b"no sound")])
    assert refused.value.status_code == 400
    assert client.voices.get(voice_id).name == "Lady Ada"


@pytest.mark.usefixtures("reader")
def test_edit_with_files_that_is_refused_half_way_changes_nothing(client: ElevenLabs, clip: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    voice_id = client.voices.ivc.create(name="Ada", files=[("ada.mp3", clip)]).voice_id
    wait_until(lambda: Enrolment.objects.get().state == "ready", seconds=20)
    jobs = Job.objects.count()
    monkeypatch.setattr(profiles, "MOST_PROFILES", 0)
    with pytest.raises(ApiError) as refused:
        client.voices.update(voice_id, name="Grace", files=[("again.mp3", clip + bytes(64))], description="A reader")
    assert refused.value.status_code == 400
    voice = Voice.objects.get()
    assert (voice.name, voice.next_enrolment, Enrolment.objects.count(), Job.objects.count()) == ("Ada", None, 1, jobs)


@pytest.mark.usefixtures("reader")
def test_unusable_recording_is_refused_with_its_reason(client: ElevenLabs, enroller: Enroller, clip: bytes) -> None:
    enroller.refusal = ("invalid_reference", "The recording holds no speech.")
    with pytest.raises(ApiError) as raised:
        client.voices.ivc.create(name="Ada", files=[("ada.mp3", clip)])
    assert raised.value.body["detail"]["status"] == "invalid_reference"
    assert raised.value.status_code == 400
