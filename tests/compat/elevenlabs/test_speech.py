"""Text to speech by the official package of ElevenLabs."""

import base64
import io
from typing import Any

import av
import numpy as np
import pytest
from elevenlabs import VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from apps.jobs.models import Job
from tests.compat.elevenlabs.conftest import ElevenMaker
from tests.compat.realtime.talking import ANSWER, SPOKEN, talking
from tests.factories_jobs import SAMPLES
from tests.speech.people import Person, person, working

RACHEL = "21m00Tcm4TlvDq8ikWAM"
TEXT = "Hello there."


def read_detail(error: ApiError) -> dict[str, Any]:
    assert isinstance(error.body, dict)
    detail: dict[str, Any] = error.body["detail"]
    return detail


def test_convert_speaks_a_premade_voice_with_the_default_model(client: ElevenLabs, owner: Person) -> None:
    with working():
        audio = b"".join(client.text_to_speech.convert(RACHEL, text=TEXT, voice_settings=VoiceSettings(speed=1.1, stability=0.5)))
    with av.open(io.BytesIO(audio)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.sample_rate) == ("mp3float", 44100)
    job = Job.objects.get()
    assert (job.asked_model, job.engine_id, job.params["voice"], job.params["speed"]) == (
        "eleven_multilingual_v2",
        "kokoro",
        "af_bella",
        1.1,
    )
    assert owner.millicredits == 1_000_000 - job.charged_millicredits


@pytest.mark.parametrize(
    ("output_format", "codec", "rate"),
    [("opus_48000_32", "opus", 48_000), ("mp3_22050_32", "mp3float", 22_050), ("wav_16000", "pcm_s16le", 16_000)],
)
def test_output_format_decides_codec_and_sample_rate(client: ElevenLabs, output_format: str, codec: str, rate: int) -> None:
    with working():
        audio = b"".join(client.text_to_speech.convert(RACHEL, text=TEXT, output_format=output_format))
    with av.open(io.BytesIO(audio)) as decoded:
        assert (decoded.streams.audio[0].codec_context.name, decoded.streams.audio[0].sample_rate) == (codec, rate)


@pytest.mark.parametrize(
    ("output_format", "size"), [("pcm_24000", len(SAMPLES)), ("ulaw_8000", len(SAMPLES) // 6), ("alaw_8000", len(SAMPLES) // 6)]
)
def test_stream_in_raw_formats_has_the_length_of_the_speech(client: ElevenLabs, output_format: str, size: int) -> None:
    with working():
        answer = client.text_to_speech.with_raw_response.stream(
            RACHEL, text=TEXT, model_id="eleven_flash_v2_5", output_format=output_format
        )
        with answer as response:
            audio = b"".join(response.data)
            headers = response.headers
    assert abs(len(audio) - size) <= 2
    assert headers["character-cost"] == str(len(TEXT))
    assert headers["history-item-id"] == Job.objects.get().uuid.hex


SPOKEN_PCM = np.concatenate(SPOKEN).astype("<i2").tobytes()
STARTS = [0.0, 0.083, 0.167, 0.167, 0.25, 0.333, 0.333, 0.375]
"""Seconds of the characters of `It is no`: three words in half a second."""


def test_convert_with_timestamps_times_every_character(client: ElevenLabs) -> None:
    with talking():
        answer = client.text_to_speech.convert_with_timestamps(RACHEL, text=ANSWER, output_format="pcm_24000")
    assert base64.b64decode(answer.audio_base_64) == SPOKEN_PCM
    assert answer.alignment is not None
    assert "".join(answer.alignment.characters) == ANSWER
    assert answer.alignment.character_start_times_seconds[:8] == STARTS
    assert answer.alignment.character_end_times_seconds[-1] == 1.0
    assert answer.normalized_alignment == answer.alignment


def test_stream_with_timestamps_sends_lines_that_join_to_the_whole(client: ElevenLabs) -> None:
    with talking():
        lines = list(client.text_to_speech.stream_with_timestamps(RACHEL, text=ANSWER, output_format="pcm_24000"))
    assert b"".join(base64.b64decode(line.audio_base_64) for line in lines) == SPOKEN_PCM
    assert ["".join(line.alignment.characters) for line in lines if line.alignment] == ["It is noon", ". Good bye", "!"]


@pytest.mark.parametrize(
    ("voice", "body", "refusal"),
    [
        ("nobody", {"text": "Hi."}, (404, "voice_not_found", "voice_id")),
        (RACHEL, {"text": " "}, (422, "missing_field", "text")),
        (RACHEL, {"text": "Hi.", "model_id": "eleven_none"}, (400, "model_not_found", "model_id")),
        (RACHEL, {"text": "Hi.", "output_format": "mp3_1_2"}, (422, "invalid_request", "output_format")),
        (RACHEL, {"text": "x" * 5001, "model_id": "eleven_v3"}, (400, "max_character_limit_exceeded", "text")),
        (RACHEL, {"text": "Hi.", "voice_settings": VoiceSettings(speed=3.0)}, (422, "invalid_request", "voice_settings.speed")),
    ],
)
def test_refused_speech_is_raised_with_the_words_of_the_vendor(
    client: ElevenLabs, voice: str, body: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    with pytest.raises(ApiError) as refused:
        list(client.text_to_speech.convert(voice, **body))
    detail = read_detail(refused.value)
    assert (refused.value.status_code, detail["status"], detail["param"]) == refusal
    assert Job.objects.count() == 0


def test_speech_without_key_or_credits_is_refused(eleven_of: ElevenMaker) -> None:
    for key, word in (("sk-tts-wrong", "invalid_api_key"), (person(credits=0).key, "quota_exceeded")):
        with pytest.raises(ApiError) as refused:
            list(eleven_of(key).text_to_speech.convert(RACHEL, text=TEXT))
        assert (refused.value.status_code, read_detail(refused.value)["status"]) == (401, word)
