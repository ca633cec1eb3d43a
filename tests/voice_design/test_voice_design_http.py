"""POST /v1/voice-design/ and POST /v1/voice-design/create/: from words to a preview and an own voice."""

import base64
from typing import Any

import httpx
import pytest

from apps.core.storage import get_storage
from apps.jobs.models import Job, Part
from apps.voices.models import Enrolment, Voice
from tests.factories_jobs import outcome_of, started, store_output
from tests.speech.people import Person, person
from tests.web.shell import running_shell
from tests.working import working
from workers.contract.messages import SpeakWork
from workers.kokoro.voice_file import KokoroVoice

ELDER = "an elderly British man with a deep, warm voice who speaks slowly"
PATHS = ("/v1/voice-design/", "/api/generate/design")
MIX = "bm_daniel(3)+bm_lewis(3)+am_onyx(4)"


def design(owner: Person, description: str = ELDER, **fields: Any) -> Any:
    return owner.post("/v1/voice-design/", {"description": description, "preview": False, **fields})


def keep(owner: Person, name: str = "Elder", **fields: Any) -> Any:
    return owner.post("/v1/voice-design/create/", {"name": name, **fields})


def do_part(part: Part) -> Any:
    part = started(part)
    return outcome_of(part, manifest=store_output(part))


def test_design_without_a_preview_is_explained_and_free(owner: Person) -> None:
    answer = design(owner, "an xylophonic " + ELDER)
    assert answer.status_code == 200
    shape = answer.json()
    assert {name: shape[name] for name in ("voice", "speed", "language", "gender", "model", "preview", "not_understood")} == {
        "voice": MIX,
        "speed": 0.79,
        "language": "en-gb",
        "gender": "male",
        "model": "kokoro",
        "preview": None,
        "not_understood": ["xylophonic"],
    }
    assert [one["attribute"] for one in shape["understood"]] == ["age", "accent", "gender", "pitch", "warmth", "pace"]
    assert owner.millicredits == 1_000_000
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("description", "text", "language"),
    [
        ("a man with a French accent", "Good evening, everybody, and welcome to the show.", "fr-fr"),
        ("a man with a French accent", "今晩は、みなさん。", "ja"),
        ("a Japanese woman", "Good evening, everybody, and welcome to the show.", "en-us"),
    ],
)
def test_text_in_another_language_is_read_with_the_accent_unless_its_rules_cannot(
    owner: Person, description: str, text: str, language: str
) -> None:
    body = {"description": description, "text": text}
    with running_shell() as server, working(do_part):
        answers = [httpx.post(f"{server.url}{path}", json=body, headers=owner.headers, timeout=60) for path in PATHS]
    assert [answer.status_code for answer in answers] == [200, 200], answers[-1].text
    works = [SpeakWork.from_dict(part.work) for part in Part.objects.all()]
    assert [(work.language, work.text) for work in works] == [(language, text)] * 2


def test_preview_is_spoken_by_the_mix_at_its_pace_and_charged_like_speech(owner: Person, settings: Any) -> None:
    settings.TTSAI_WEB_THREADS = 4
    body = {"description": ELDER, "text": "Good evening."}
    with running_shell() as server, working(do_part):
        answer = httpx.post(f"{server.url}/v1/voice-design/", json=body, headers=owner.headers, timeout=60)
    assert answer.status_code == 200, answer.text
    preview = answer.json()["preview"]
    work = SpeakWork.from_dict(Part.objects.get().work)
    assert work.voice is not None
    assert (work.voice.id, work.speed, work.language, work.text) == (MIX, 0.79, "en-gb", "Good evening.")
    job = Job.objects.get()
    assert job.main_output is not None
    assert base64.b64decode(preview["audio_base64"]) == get_storage().read_bytes(job.main_output.key)
    assert (preview["uuid"], preview["format"], preview["text"]) == (job.uuid.hex, "mp3", "Good evening.")
    assert 1000 * preview["credits_used"] == 1_000_000 - owner.millicredits > 0


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"description": "xylophonic"}, "description_not_understood", "description"),
        ({"description": ""}, "blank", "description"),
        ({"description": 5}, "invalid", "description"),
        ({"description": "a man " * 200}, "max_length", "description"),
        ({"variant": 3}, "max_value", "variant"),
        ({"language": "tlh"}, "unsupported_language", "language"),
        ({"format": "exe"}, "invalid_choice", "format"),
    ],
)
def test_invalid_design_requests_are_refused(owner: Person, fields: dict[str, Any], code: str, param: str) -> None:
    answer = design(owner, **{"description": ELDER, **fields})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert not Job.objects.exists()


def test_saved_design_is_an_own_voice_with_its_own_pace(owner: Person) -> None:
    answer = keep(owner, description=ELDER, categories=["narrators"])
    assert answer.status_code == 200, answer.content
    voice = Voice.objects.select_related("enrolment").get()
    assert answer.json()["voice_id"] == voice.voice_id
    assert answer.json()["design"]["voice"] == MIX
    stored = KokoroVoice.from_bytes(get_storage().read_bytes(voice.enrolment.conditioning_key))
    assert stored.timbre == stored.prosody == pytest.approx({"am_onyx": 0.4, "bm_daniel": 0.3, "bm_lewis": 0.3})
    assert (stored.pace, stored.affine, stored.log_f0) == (0.79, None, None)
    demo = SpeakWork.from_dict(Part.objects.get().work)
    assert demo.voice is not None
    assert (demo.voice.id, demo.voice.language, demo.engine) == (voice.voice_id, "en-gb", "kokoro-clone")
    assert owner.millicredits == 1_000_000
    said = owner.say("Hello.", voice=voice.voice_id)
    assert said.status_code == 200
    assert said.json().get("warnings") is None
    shown = owner.get(f"/v1/voices/{voice.voice_id}/").json()
    assert (shown["state"], shown["description"], shown["gender"], shown["categories"]) == ("ready", ELDER, "male", ["narrators"])


def test_demo_of_a_kept_design_is_its_preview(owner: Person, settings: Any) -> None:
    settings.TTSAI_WEB_THREADS = 4
    with working(do_part), running_shell() as server:
        shape = httpx.post(
            f"{server.url}/v1/voice-design/create/", json={"name": "Elder", "description": ELDER}, headers=owner.headers, timeout=60
        ).json()
        finished = httpx.get(f"{server.url}/v1/jobs/{shape['uuid']}/events/", headers=owner.headers, timeout=60)
        assert finished.status_code == 200
    demo = Enrolment.objects.get().demo
    assert demo is not None
    assert get_storage().stat(demo["key"]) is not None


def test_mix_is_kept_in_place_of_a_description(owner: Person) -> None:
    answer = keep(owner, name="Mixed", voice="af_bella(2)+af_sky", speed=1.2)
    assert answer.status_code == 200, answer.content
    enrolment = Enrolment.objects.get()
    stored = KokoroVoice.from_bytes(get_storage().read_bytes(enrolment.conditioning_key))
    assert stored.timbre == pytest.approx({"af_bella": 2 / 3, "af_sky": 1 / 3})
    assert (stored.pace, enrolment.language, enrolment.gender) == (1.2, "en-us", "female")


def test_same_design_kept_twice_is_one_enrolment_and_counts_by_name(owner: Person) -> None:
    first, second = keep(owner, description=ELDER).json(), keep(owner, description=ELDER).json()
    assert first["voice_id"] == second["voice_id"]
    other = keep(owner, name="Grandpa", description=ELDER).json()
    assert other["voice_id"] != first["voice_id"]
    assert Enrolment.objects.count() == 1
    refused = keep(owner, name="One more", description="a young woman")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "voice_limit_reached")
    assert Enrolment.objects.count() == 1


def test_repeated_keeping_with_an_idempotency_key_gives_the_same_voice_and_job(owner: Person) -> None:
    bodies = [
        owner.post("/v1/voice-design/create/", {"name": "Elder", "description": ELDER}, Idempotency_Key="k1").json() for _ in range(2)
    ]
    assert bodies[0]["uuid"] == bodies[1]["uuid"]
    assert bodies[0]["voice_id"] == bodies[1]["voice_id"]
    other = owner.post("/v1/voice-design/create/", {"name": "Other", "description": ELDER}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"voice": "af_bella+nobody"}, "unknown_voice"),
        ({"voice": "af_bella(0)"}, "invalid_mix"),
        ({"voice": "af_bella(0)+af_sky"}, "invalid_mix"),
        ({"voice": "af_bella", "language": "de"}, "unsupported_language"),
        ({}, "blank"),
    ],
)
def test_invalid_voices_are_not_kept(owner: Person, fields: dict[str, Any], code: str) -> None:
    answer = keep(owner, **fields)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert not Voice.objects.exists()


def test_kept_design_of_another_account_does_not_speak(owner: Person) -> None:
    voice = keep(owner, description=ELDER).json()["voice_id"]
    answer = person(credits=1000).say("Hello.", voice=voice)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_voice")


def test_own_voice_mixes_with_built_in_ones_under_its_own_model(owner: Person) -> None:
    voice = keep(owner, description=ELDER).json()["voice_id"]
    assert owner.say("Hello.", voice=f"{voice}(3)+af_sky(1)").status_code == 200
    work = SpeakWork.from_dict(Part.objects.order_by("id").last().work)  # type: ignore[union-attr]
    assert work.voice is not None
    assert (work.engine, work.voice.id, work.voice.language) == ("kokoro-clone", voice, "en-gb")
    assert [(share.voice, share.weight) for share in work.voice.weights] == [("af_sky", 0.25)]
    second = keep(owner, name="B", description="a young woman").json()["voice_id"]
    refused = owner.say("Hello.", voice=f"{voice}+{second}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "mix_not_supported")
