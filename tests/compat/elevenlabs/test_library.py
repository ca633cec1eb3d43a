"""Voices, models, account, history and transcripts by the official package of ElevenLabs."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from elevenlabs import DialogueInput, MultichannelSpeechToTextResponseModel, SpeechToTextChunkResponseModel, VoiceSettings
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from apps.jobs.models import Job
from apps.voice_profiles.models import VoiceProfile
from tests.compat.deepgram.test_callbacks import stereo
from tests.compat.deepgram.test_recordings import words
from tests.compat.elevenlabs.conftest import ElevenMaker
from tests.compat.elevenlabs.test_input_streams import open_socket, received
from tests.compat.elevenlabs.test_speech import RACHEL, TEXT, read_detail
from tests.compat.realtime.talking import QUESTION, talking
from tests.factories_jobs import AUDIO, announce, engine_spec
from tests.routes.voices import make_voice
from tests.speech.people import Person, person, working
from tests.transcription.conftest import WHISPER, hearing
from tests.web.shell import RunningShell
from workers.contract.transcription import TranscriptDocument

__all__ = ["stereo"]


def test_voices_are_listed_searched_and_paged(client: ElevenLabs, owner: Person) -> None:
    assert owner.account is not None
    own = make_voice(owner.account)
    everything = client.voices.get_all().voices
    named = {voice.voice_id: voice for voice in everything}
    assert (named[RACHEL].name, named[RACHEL].category) == ("Rachel", "premade")
    assert (everything[0].voice_id, everything[0].category, named["af_bella"].category) == (own.voice_id, "cloned", "premade")
    found = client.voices.search(search="rachel")
    assert ([voice.voice_id for voice in found.voices], found.has_more, found.total_count) == ([RACHEL], False, 1)
    page = client.voices.search(page_size=1)
    following = client.voices.search(page_size=1, next_page_token=page.next_page_token)
    assert [page.voices[0].voice_id, following.voices[0].voice_id] == [voice.voice_id for voice in everything[:2]]
    assert client.voices.get(RACHEL).labels == {"accent": "american", "gender": "female", "language": "en"}


def test_settings_of_a_voice_are_kept_and_its_speed_is_followed(client: ElevenLabs) -> None:
    assert client.voices.settings.get_default().speed == 1.0
    client.voices.settings.update(RACHEL, request=VoiceSettings(speed=1.2, stability=0.3))
    settings = client.voices.settings.get(RACHEL)
    assert (settings.speed, settings.stability, settings.similarity_boost) == (1.2, 0.3, 0.75)
    with working():
        b"".join(client.text_to_speech.convert(RACHEL, text=TEXT))
    assert Job.objects.get().params["speed"] == 1.2


def test_own_voice_is_edited_and_deleted_by_its_owner_alone(client: ElevenLabs, eleven_of: ElevenMaker, owner: Person) -> None:
    assert owner.account is not None
    voice_id = make_voice(owner.account).voice_id
    stranger = eleven_of(person().key)
    for refused in (lambda: stranger.voices.get(voice_id), lambda: stranger.voices.delete(voice_id)):
        with pytest.raises(ApiError) as error:
            refused()
        assert (error.value.status_code, read_detail(error.value)["status"]) == (404, "voice_not_found")
    client.voices.update(voice_id, name="Grace", description="Calm.", labels={"accent": "scottish"})
    changed = client.voices.get(voice_id)
    assert (changed.name, changed.description, changed.labels["accent"] if changed.labels else "") == ("Grace", "Calm.", "scottish")
    assert client.voices.delete(voice_id).status == "ok"
    assert VoiceProfile.objects.count() == 0


def test_voice_of_another_account_speaks_in_no_request(client: ElevenLabs, server: RunningShell, owner: Person) -> None:
    converter = engine_spec("openvoice", kind="voice-convert", voices=(), default_voice="", languages=())
    announce(engine_spec(), converter)
    stranger = person()
    assert stranger.account is not None
    foreign = make_voice(stranger.account).voice_id
    turns = [DialogueInput(text="Hello.", voice_id=RACHEL), DialogueInput(text="Hello.", voice_id=foreign)]
    calls: list[Callable[[], Iterable[Any]]] = [
        lambda: client.text_to_speech.convert(foreign, text=TEXT),
        lambda: client.text_to_speech.stream(foreign, text=TEXT),
        lambda: [client.text_to_speech.convert_with_timestamps(foreign, text=TEXT)],
        lambda: client.text_to_speech.stream_with_timestamps(foreign, text=TEXT),
        lambda: client.text_to_dialogue.convert(inputs=turns),
        lambda: client.speech_to_speech.convert(foreign, audio=AUDIO),
    ]
    for call in calls:
        with pytest.raises(ApiError) as refused:
            list(call())
        assert (refused.value.status_code, read_detail(refused.value)["status"]) == (404, "voice_not_found")
    with open_socket(server, owner.key, voice=foreign) as socket:
        socket.send(json.dumps({"text": "Hello. "}))
        assert [message["error"] for message in received(socket)] == ["unknown_voice"]
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_models_are_shown_in_the_shape_of_the_header_that_carries_the_key(server: RunningShell, owner: Person) -> None:
    shown = {}
    for name, value in {"xi-api-key": owner.key, "Authorization": f"Bearer {owner.key}", "X-API-Key": owner.key}.items():
        answer = httpx.get(f"{server.url}/v1/models", headers={name: value})
        assert answer.status_code == 200, answer.text
        shown[name] = answer.json()
    assert isinstance(shown["xi-api-key"], list)
    assert "eleven_flash_v2_5" in {model["model_id"] for model in shown["xi-api-key"]}
    for name in ("Authorization", "X-API-Key"):
        assert "kokoro" in {model["id"] for model in shown[name]["data"]}
    assert shown["Authorization"] == shown["X-API-Key"]
    both = httpx.get(f"{server.url}/v1/models", headers={"xi-api-key": owner.key, "Authorization": f"Bearer {owner.key}"})
    assert both.json() == shown["xi-api-key"]


def test_channels_of_a_recording_have_transcripts_in_the_vendors_shape(client: ElevenLabs, stereo: bytes) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    segments = (words("Hello there.", start=0.5), replace(words("Good morning.", start=1.0), channel=1), words("How are you?", start=1.5))
    both = TranscriptDocument("Hello there. Good morning. How are you?", "en", 2.0, segments)
    with hearing(both):
        separate = client.speech_to_text.convert(model_id="scribe_v1", file=stereo, use_multi_channel=True)
        combined = client.speech_to_text.convert(
            model_id="scribe_v1", file=stereo, use_multi_channel=True, multichannel_output_style="combined"
        )
    assert isinstance(separate, MultichannelSpeechToTextResponseModel)
    assert [(one.channel_index, one.text, one.language_code) for one in separate.transcripts] == [
        (0, "Hello there. How are you?", "eng"),
        (1, "Good morning.", "eng"),
    ]
    assert {word.channel_index for word in separate.transcripts[1].words if word.type == "word"} == {1}
    assert isinstance(combined, SpeechToTextChunkResponseModel)
    assert combined.text == "Hello there. Good morning. How are you?"
    assert [word.channel_index for word in combined.words if word.type == "word"] == [0, 0, 1, 1, 0, 0, 0]
    stored = client.speech_to_text.transcripts.get(separate.transcription_id or "")
    assert isinstance(stored, MultichannelSpeechToTextResponseModel)
    assert [one.text for one in stored.transcripts] == ["Hello there. How are you?", "Good morning."]
    job = Job.objects.order_by("created_at").first()
    assert job is not None
    assert job.units == 4000  # each channel for the whole duration


def test_models_user_and_subscription_are_those_of_the_account(client: ElevenLabs, owner: Person) -> None:
    models = {model.model_id: model for model in client.models.list()}
    assert models["eleven_flash_v2_5"].can_do_text_to_speech
    assert models["eleven_v3"].maximum_text_length_per_request == 5000
    assert {name for name in models if not name.startswith("eleven_")} == {"kokoro"}
    user = client.user.get()
    assert owner.account is not None
    assert user.user_id == str(owner.account.pk)
    assert client.user.subscription.get().character_limit == user.subscription.character_limit > 0


def test_history_lists_plays_downloads_and_deletes_speech(client: ElevenLabs, eleven_of: ElevenMaker) -> None:
    with working():
        for text in ("One.", "Two."):
            b"".join(client.text_to_speech.convert(RACHEL, text=text, output_format="wav_24000"))
    newest, oldest = client.history.list().history
    assert (newest.text, newest.model_id, newest.source, newest.character_count_change_to) == ("Two.", "eleven_multilingual_v2", "TTS", 4)
    page = client.history.list(page_size=1)
    assert (page.has_more, page.last_history_item_id) == (True, newest.history_item_id)
    following = client.history.list(page_size=1, start_after_history_item_id=newest.history_item_id)
    assert ([item.text for item in following.history], following.has_more) == (["One."], False)
    assert b"".join(client.history.get_audio(newest.history_item_id)) == AUDIO
    archive = b"".join(client.history.download(history_item_ids=[newest.history_item_id, oldest.history_item_id]))
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert [files.read(name) for name in files.namelist()] == [AUDIO, AUDIO]
    with pytest.raises(ApiError) as refused:
        eleven_of(person().key).history.get(newest.history_item_id)
    assert refused.value.status_code == 404
    assert client.history.delete(newest.history_item_id).status == "ok"
    assert [item.text for item in client.history.list().history] == ["One."]
    for gone in (newest.history_item_id, "0" * 32, "none"):
        with pytest.raises(ApiError) as missing:
            client.history.get(gone)
        assert (missing.value.status_code, missing.value.body["detail"]["code"]) == (404, "history_item_not_found")
        assert missing.value.body["detail"]["param"] == "history_item_id"


def test_transcript_has_words_and_can_be_fetched_again(client: ElevenLabs) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    with talking():
        heard = client.speech_to_text.convert(model_id="scribe_v1", file=AUDIO, language_code="eng", tag_audio_events=True)
        assert (heard.text, heard.language_code) == (QUESTION, "eng")
        assert [word.type for word in heard.words] == ["word"]
    stored = client.speech_to_text.transcripts.get(heard.transcription_id)
    assert stored.text == QUESTION
    with pytest.raises(ApiError) as refused:
        client.speech_to_text.convert(model_id="scribe_v1", file=AUDIO, webhook=True)
    assert (refused.value.status_code, read_detail(refused.value)["code"]) == (400, "not_supported")


def test_voice_change_with_invalid_settings_is_refused(client: ElevenLabs) -> None:
    for written in (f'{{"speed": 1{"0" * 400}}}', '{"speed": "fast"}', '{"speed": 9}', '{"speed": NaN}', "[]", "{", "7"):
        with pytest.raises(ApiError) as refused:
            b"".join(client.speech_to_speech.convert(RACHEL, audio=AUDIO, voice_settings=written))
        detail = read_detail(refused.value)
        assert (refused.value.status_code, detail["status"], detail["param"].split(".")[0]) == (422, "invalid_request", "voice_settings")


def test_recordings_that_cannot_be_read_are_named_by_the_vendors_field(client: ElevenLabs) -> None:
    silent: dict[str, Any] = {"voices": (), "default_voice": "", "languages": ()}
    converter, denoiser = engine_spec("openvoice", kind="voice-convert", **silent), engine_spec("deepfilternet", kind="enhance", **silent)
    announce(engine_spec(), converter, denoiser, engine_spec("whisper", **WHISPER))
    calls: dict[str, Callable[[], Iterable[Any]]] = {
        "audio": lambda: client.speech_to_speech.convert(RACHEL, audio=b"no sound"),
        "audio ": lambda: client.audio_isolation.convert(audio=b"no sound"),
        "file": lambda: [client.speech_to_text.convert(model_id="scribe_v1", file=b"no sound")],
        "cloud_storage_url": lambda: [client.speech_to_text.convert(model_id="scribe_v1", cloud_storage_url="http://127.0.0.1/a.mp3")],
        "source_url": lambda: [client.speech_to_text.convert(model_id="scribe_v1", source_url="http://127.0.0.1/a.mp3")],
    }
    for name, call in calls.items():
        with pytest.raises(ApiError) as refused:
            list(call())
        assert (refused.value.status_code, read_detail(refused.value)["param"]) == (400, name.strip())


def test_transcription_with_too_many_keyterms_is_refused(client: ElevenLabs) -> None:
    with pytest.raises(ApiError) as refused:
        client.speech_to_text.convert(model_id="scribe_v1", file=AUDIO, keyterms=["x" * 200] * 10)
    detail = read_detail(refused.value)
    assert (refused.value.status_code, detail["param"]) == (422, "keyterms")
    assert detail["message"] == "keyterms: the words have 2018 characters together, and at most 2000 are listened for."


def test_field_that_is_not_followed_may_have_any_value(server: RunningShell, owner: Person) -> None:
    announce(engine_spec(), engine_spec("whisper", **WHISPER))
    answer = httpx.post(f"{server.url}/v1/speech-to-text", json={"seed": [], "no_verbatim": {}}, headers={"xi-api-key": owner.key})
    assert (answer.status_code, answer.json()["detail"]["code"]) == (422, "missing_field")


def test_unknown_path_is_named_as_the_client_sent_it(server: RunningShell, owner: Person) -> None:
    answer = httpx.get(f"{server.url}/v1/models/one/two", headers={"xi-api-key": owner.key})
    message = "Unknown path /v1/models/one/two/. GET /v1/schema/ lists all paths."
    assert (answer.status_code, answer.json()["detail"]["message"]) == (404, message)
