"""POST /v1/voices/add by the official package: the voice speaks once the request is answered."""

import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from tests.text_streams.reader import Reader
from tests.voices.conftest import Enroller


def test_added_voice_speaks_as_soon_as_the_request_is_answered(client: ElevenLabs, reader: Reader, clip: bytes) -> None:
    voice = client.voices.ivc.create(name="Ada", files=[("ada.mp3", clip)], description="A reader", labels={"accent": "British"})
    found = client.voices.get(voice.voice_id)
    assert (found.name, found.description, (found.labels or {})["accent"]) == ("Ada", "A reader", "British")
    assert b"".join(client.text_to_speech.convert(voice.voice_id, text="Hello there."))


@pytest.mark.usefixtures("reader")
def test_unusable_recording_is_refused_with_its_reason(client: ElevenLabs, enroller: Enroller, clip: bytes) -> None:
    enroller.refusal = ("invalid_reference", "The recording holds no speech.")
    with pytest.raises(ApiError) as raised:
        client.voices.ivc.create(name="Ada", files=[("ada.mp3", clip)])
    assert raised.value.body["detail"]["status"] == "invalid_reference"
    assert raised.value.status_code == 400
