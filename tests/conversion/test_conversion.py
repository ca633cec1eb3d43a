"""POST /v1/voice-convert/ and /v1/speech-to-speech/ through sockets; the tests write the documents of the workers."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from apps.accounts.models import Account
from apps.catalog.voices import OwnVoice
from apps.compat.elevenlabs.names import SPEAKERS
from apps.conversion.part_plans import count_pieces
from apps.jobs.models import Job
from apps.uploads.models import Upload
from tests.factories_jobs import AUDIO, announce, engine_spec
from tests.speech.people import Person
from tests.transcription.conftest import HEARD, WHISPER, making
from tests.web.shell import RunningShell
from workers.contract.engines import EngineSpec, VoiceSpec
from workers.contract.references import StoredObject
from workers.contract.voices import VoiceRef

JOE = VoiceSpec("joe", name="Joe", language="en-us", gender="male")
MADE = {"listen": HEARD, "transcript": HEARD}


def converter(engine_id: str, **changes: Any) -> EngineSpec:
    return engine_spec(engine_id, kind="voice-convert", **{"voices": (), "default_voice": "", "languages": (), **changes})


WORLD = converter("world")
KOKORO_CONVERT = converter("kokoro-convert", languages=("en", "es"), converts_to=("kokoro",), queue="kokoro")
PIPER = engine_spec("piper", voices=(JOE,), default_voice="joe")


@pytest.fixture(autouse=True)
def _workers(_platform: None) -> None:
    announce(engine_spec(), PIPER, engine_spec("whisper", **WHISPER), WORLD, KOKORO_CONVERT)


def convert(server: RunningShell, somebody: Person, content: bytes, *, path: str = "/v1/voice-convert/", **fields: Any) -> httpx.Response:
    fields = {"voice" if "speech" in path else "target_voice": "am_adam", **fields}
    return httpx.post(f"{server.url}{path}", files={"file": ("audio.wav", content)}, data=fields, headers=somebody.headers, timeout=60)


def kinds(job: Job) -> list[tuple[str, int, str]]:
    return list(job.parts.order_by("index").values_list("kind", "stage", "queue"))


def test_a_recording_is_converted_by_the_stand_in_of_the_default_model(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        answer = convert(server, owner, song)
    job = Job.objects.get()
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, AUDIO, "audio/wav")
    assert (answer.headers["X-Model-Used"], answer.headers["X-Credits-Used"]) == ("kokoro-convert", "0.1")
    assert answer.headers["X-Warning"].startswith("model: openvoice is not installed here; kokoro-convert was used.")
    assert kinds(job) == [("listen", 0, "whisper"), ("prepare_conversion", 0, "whisper"), ("convert_voice", 1, "kokoro")]
    assert (job.kind, job.units, job.charged_millicredits, owner.millicredits) == ("voice-convert", 2000, 100, 1_000_000 - 100)
    assert list(job.parts.order_by("index").values_list("weight", flat=True)) == [2000, 0, 4000]
    work = job.parts.get(kind="convert_voice").work
    assert (work["engine"], work["voice"]["id"], work["fallback"], work["format"]) == ("kokoro-convert", "am_adam", "world", "wav")
    assert work["transcript"]["key"].endswith("document.json")


def test_a_model_without_words_needs_no_transcript(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        answer = convert(server, owner, song, model="world", format="mp3")
    job = Job.objects.get()
    assert (answer.status_code, answer.headers["X-Model-Used"], answer.headers["Content-Type"]) == (200, "world", "audio/mpeg")
    assert kinds(job) == [("prepare_conversion", 0, "kokoro"), ("convert_voice", 1, "kokoro")]
    assert job.parts.get(kind="convert_voice").work["transcript"] is None
    assert "X-Warning" not in answer.headers


def test_a_voice_of_another_model_is_reached_by_world_with_a_warning(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        answer = convert(server, owner, song, target_voice="joe")
    assert (answer.status_code, answer.headers["X-Model-Used"]) == (200, "world")
    assert answer.headers["X-Warning"] == ("model: kokoro-convert converts to voices of kokoro, and 'joe' is one of piper. world was used.")
    assert Job.objects.get().parts.get(kind="convert_voice").queue == "piper"


def test_a_language_that_the_model_does_not_convert_falls_back_with_a_warning(server: RunningShell, owner: Person, song: bytes) -> None:
    german = replace(HEARD, language="de")
    with making({"listen": german, "transcript": german}):
        answer = convert(server, owner, song)
    assert "kokoro-convert does not convert the language 'de'; world converted the sound" in answer.headers["X-Warning"]
    polled = httpx.get(f"{server.url}/v1/speech/results/?uuid={answer.headers['X-Job-Id']}").json()
    assert (polled["result"]["language"], polled["result"]["text"]) == ("de", "Hello there.")
    announce(engine_spec(), engine_spec("whisper", **{**WHISPER, "languages": ("en", "de")}), WORLD, KOKORO_CONVERT)
    with making(MADE):
        named = convert(server, owner, song, language="de")
    assert (named.headers["X-Model-Used"], named.status_code) == ("world", 200)


def test_speech_to_speech_carries_emotion_and_speed_to_the_worker(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        answer = convert(server, owner, song, path="/v1/speech-to-speech/", emotion="sad", speed="0.8", model="chatterbox", format="flac")
    job = Job.objects.get()
    assert (answer.status_code, answer.headers["X-Credits-Used"], job.kind) == (200, "0.1", "speech-to-speech")
    assert job.parts.get(kind="convert_voice").work["delivery"] == {"emotion": "sad", "speed": 0.8}


def test_a_long_recording_is_converted_in_pieces_that_are_joined(
    server: RunningShell, owner: Person, song: bytes, monkeypatch: Any
) -> None:
    monkeypatch.setattr("apps.conversion.part_plans.PIECE_MILLISECONDS", 1000)
    with making(MADE):
        answer = convert(server, owner, song)
    job = Job.objects.get()
    assert answer.status_code == 200, answer.text
    assert [kind for kind, _, _ in kinds(job)] == ["listen", "prepare_conversion", "convert_voice", "convert_voice", "join"]
    join = job.parts.get(kind="join").work
    assert (join["overlap_seconds"], len(join["inputs"]), join["format"]) == (0.02, 2, "wav")
    assert [part.work["piece"] for part in job.parts.filter(kind="convert_voice").order_by("index")] == [0, 1]


def test_subtitles_of_a_conversion_exist_only_with_its_words_and_times(server: RunningShell, owner: Person, song: bytes) -> None:
    with making(MADE):
        jobs = [
            convert(server, owner, song),
            convert(server, owner, song, model="world"),
            convert(server, owner, song, path="/v1/speech-to-speech/", speed="0.5"),
        ]
    answers = [httpx.get(f"{server.url}/v1/speech/subtitles/?uuid={job.headers['X-Job-Id']}") for job in jobs]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert "Hello there." in answers[0].text
    assert answers[1].json()["error"]["code"] == "no_subtitles"


def test_models_that_convert_state_their_price_per_minute(server: RunningShell, owner: Person) -> None:
    models = httpx.get(f"{server.url}/v1/models/", headers=owner.headers).json()["models"]
    prices = {model["id"]: model["credits_per_minute"] for model in models if model["type"] == "voice-convert"}
    assert prices.get("world") == 3


def test_a_recording_is_divided_into_pieces_of_a_minute() -> None:
    assert [count_pieces(milliseconds) for milliseconds in (1, 60_000, 90_000, 90_001, 7_200_000)] == [1, 1, 1, 2, 120]
    assert [count_pieces(milliseconds, longest_milliseconds=30_000) for milliseconds in (1, 30_000, 30_001, 90_000)] == [1, 1, 2, 3]


def test_a_request_that_does_not_wait_is_answered_with_the_queued_job(server: RunningShell, owner: Person, song: bytes) -> None:
    queued = convert(server, owner, song, path="/v1/voice-convert/?async=1").json()
    assert (queued["status"], queued["model"], queued["model_used"]) == ("queued", "openvoice", "kokoro-convert")


def test_an_own_voice_is_a_target_for_its_owner_and_unknown_to_others(
    server: RunningShell, owner: Person, song: bytes, monkeypatch: Any
) -> None:
    ref = VoiceRef("voice_1", "en-us", "male", "kokoro", "7", conditioning=StoredObject("voices/1"))
    mine = Account.objects.get()
    ready = {"is_ready": True}

    def find(caller: Any, voice_id: str) -> OwnVoice | None:
        return OwnVoice(ref, is_ready=ready["is_ready"]) if voice_id == "voice_1" and caller.account == mine else None

    monkeypatch.setattr("apps.catalog.voices._sources", lambda: (find,))
    with making(MADE):
        assert convert(server, owner, song, target_voice="voice_1").status_code == 200
    assert Job.objects.get().parts.get(kind="convert_voice").work["voice"]["conditioning"]["key"] == "voices/1"
    ready["is_ready"] = False
    training = convert(server, owner, song, target_voice="voice_1")
    assert (training.status_code, training.json()["error"]["code"]) == (409, "voice_not_ready")
    mine = Account()
    foreign = convert(server, owner, song, target_voice="voice_1")
    assert (foreign.status_code, foreign.json()["error"]["code"]) == (400, "unknown_voice")


BELLA = VoiceSpec("af_bella", name="Bella", language="en-us", gender="female")
ADAM = VoiceSpec("am_adam", name="Adam", language="en-us", gender="male")
SARAH = VoiceSpec("af_sarah", name="Sarah", language="en-us", gender="female")


def announce_mixing(*others: EngineSpec) -> None:
    kokoro = engine_spec(voices=(BELLA, ADAM, SARAH), has_mixing=True)
    announce(kokoro, PIPER, engine_spec("whisper", **WHISPER), WORLD, KOKORO_CONVERT, *others)


@pytest.mark.parametrize("path", ["/v1/voice-convert/", "/v1/speech-to-speech/"])
def test_mix_of_voices_is_the_target_of_a_conversion(server: RunningShell, owner: Person, song: bytes, path: str) -> None:
    announce_mixing()
    field = "voice" if "speech" in path else "target_voice"
    with making(MADE):
        answer = convert(server, owner, song, path=path, **{field: "af_bella(2)+am_adam(1)"})
    assert answer.status_code == 200, answer.text
    voice = Job.objects.get().parts.get(kind="convert_voice").work["voice"]
    assert (voice["id"], voice["engine"]) == ("af_bella(2)+am_adam(1)", "kokoro")
    assert voice["weights"] == [{"voice": "af_bella", "weight": 2.0}, {"voice": "am_adam", "weight": 1.0}]


def test_premade_voices_of_elevenlabs_mix_as_the_target_of_its_voice_changer(server: RunningShell, owner: Person, song: bytes) -> None:
    announce_mixing()
    rachel = next(name for name, speaker in SPEAKERS.items() if speaker in {"af_bella", "af_sarah"})
    with making(MADE):
        answer = httpx.post(
            f"{server.url}/v1/speech-to-speech/{rachel}(2)+am_adam",
            files={"audio": ("audio.wav", song)},
            headers={"xi-api-key": owner.headers["Authorization"].removeprefix("Bearer ")},
            timeout=60,
        )
    assert answer.status_code == 200, answer.text
    weights = Job.objects.get().parts.get(kind="convert_voice").work["voice"]["weights"]
    assert weights == [{"voice": SPEAKERS[rachel], "weight": 2.0}, {"voice": "am_adam", "weight": 1.0}]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"target_voice": "joe+joe(2)"}, ("mix_not_supported", "Models that do: kokoro")),
        ({"target_voice": "af_bella+am_adam", "model": "knn-vc"}, ("mix_not_supported", "one recording, not to a mix")),
        ({"target_voice": "af_bella+nobody"}, ("unknown_voice", "'nobody'")),
        ({"target_voice": "nobody+nothing"}, ("unknown_voice", "/v1/voices/")),
        ({"target_voice": "af_bella(0)+am_adam"}, ("invalid_mix", "weight")),
    ],
)
def test_mix_that_cannot_be_the_target_is_refused(
    server: RunningShell, owner: Person, song: bytes, fields: dict[str, str], refusal: tuple[str, str]
) -> None:
    announce_mixing(converter("knn-vc", takes_recordings=True))
    answer = convert(server, owner, song, **fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, refusal[0], "target_voice")
    assert refusal[1] in error["message"]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"target_voice": "nobody"}, ("unknown_voice", "/v1/voices/")),
        ({"target_voice": ""}, ("missing_field", "target_voice")),
        ({"model": "nothing"}, ("unknown_model", "unknown model")),
        ({"model": "kokoro"}, ("unknown_model", "voice-convert")),
        ({"format": "ogg"}, ("invalid_request", "ogg")),
        ({"language": "??"}, ("invalid_language", "not a language tag")),
    ],
)
def test_an_invalid_request_is_refused_before_the_file_is_ingested(
    server: RunningShell, owner: Person, song: bytes, fields: dict[str, str], refusal: tuple[str, str]
) -> None:
    answer = convert(server, owner, song, **fields)
    code, words = refusal
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], words in error["message"] or error["param"] == words) == (code, True), error
    assert not Upload.objects.exists()


def test_impossible_conversion_without_a_fallback_is_refused(server: RunningShell, owner: Person, song: bytes) -> None:
    announce(engine_spec(), PIPER, engine_spec("whisper", **WHISPER), KOKORO_CONVERT)
    from apps.catalog.models import Engine

    Engine.objects.filter(id="world").delete()
    from apps.catalog.selectors import clear_catalogue_cache

    clear_catalogue_cache()
    answer = convert(server, owner, song, target_voice="joe")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unsupported_conversion")


@pytest.mark.parametrize(("speed", "emotion"), [("0.4", "sad"), ("2.1", "sad"), ("1.0", "bored"), ("fast", "sad")])
def test_an_impossible_delivery_is_refused_with_its_limits(
    server: RunningShell, owner: Person, song: bytes, speed: str, emotion: str
) -> None:
    answer = convert(server, owner, song, path="/v1/speech-to-speech/", speed=speed, emotion=emotion)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "emotion" if emotion == "bored" else "speed")
