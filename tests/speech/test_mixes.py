"""Mixes in place of a voice, and several voices in one text: from the request to the message."""

import pytest

from apps.jobs.models import Part
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person
from workers.contract.engines import VoiceSpec
from workers.contract.messages import SpeakWork
from workers.contract.voices import VoiceWeight

VOICES = (
    VoiceSpec("af_bella", "Bella", "en-us", "female"),
    VoiceSpec("af_sky", "Sky", "en-us", "female"),
    VoiceSpec("am_adam", "Adam", "en-us", "male"),
    VoiceSpec("bm_lewis", "Lewis", "en-gb", "male"),
    VoiceSpec("bm_george", "George", "en-gb", "male"),
    VoiceSpec("ef_dora", "Dora", "es", "female"),
    VoiceSpec("af_alloy", "Alloy", "en-us", "female"),
)


@pytest.fixture(autouse=True)
def _mixing(_platform: None) -> None:
    announce(engine_spec(voices=VOICES, languages=("en", "es"), has_mixing=True))


def spoken(answer: object) -> SpeakWork:
    assert answer.status_code == 200, answer.content  # type: ignore[attr-defined]
    return SpeakWork.from_dict(Part.objects.get().work)


def test_mix_travels_as_weights_in_the_language_with_the_most_weight(owner: Person) -> None:
    work = spoken(owner.say("Hello there.", voice="af_bella(2)+AM_ADAM(3.5)"))
    assert work.voice is not None
    assert (work.voice.id, work.voice.language, work.voice.gender, work.engine) == ("af_bella(2)+am_adam(3.5)", "en-us", "male", "kokoro")
    assert work.voice.weights == (VoiceWeight("af_bella", 2.0), VoiceWeight("am_adam", 3.5))


def test_mix_speaks_the_language_of_the_request_though_its_voices_have_another(owner: Person) -> None:
    work = spoken(owner.say("Hola a todos.", voice="af_bella+af_sky", language="es"))
    assert work.voice is not None
    assert (work.voice.language, work.voice.id) == ("es", "af_bella(1)+af_sky(1)")


def test_mix_speaks_with_the_region_of_the_request(owner: Person) -> None:
    work = spoken(owner.say("Hello.", voice="af_bella(3)+bm_lewis(2)+bm_george(2)"))
    assert work.voice is not None
    assert (work.voice.language, work.language) == ("en-gb", "en-gb")
    Part.objects.all().delete()
    american = spoken(owner.say("Hello.", voice="af_bella(3)+bm_lewis(2)", language="en-gb"))
    assert american.voice is not None
    assert (american.voice.language, american.language) == ("en-gb", "en-gb")


def test_single_voice_with_a_weight_is_the_voice_itself(owner: Person) -> None:
    work = spoken(owner.say(voice="af_sky(2)"))
    assert work.voice is not None
    assert (work.voice.id, work.voice.weights) == ("af_sky", ())


def test_mix_under_an_openai_model_takes_openais_voice_names_without_a_warning(owner: Person) -> None:
    answer = owner.post(
        "/v1/audio/speech?async=true", {"model": "kokoro", "input": "Hello.", "voice": "alloy(1)+af_sky(1)"}, Prefer="respond-async"
    )
    assert spoken(answer).voice.id == "af_alloy(1)+af_sky(1)"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("voice", "code"),
    [
        ("af_bella+nobody", "unknown_voice"),
        ("nobody+noone", "unknown_voice"),
        ("af_bella(0)+af_sky", "invalid_mix"),
        ("af_bella(-1)+af_sky", "invalid_mix"),
        ("+".join(["af_bella"] * 21), "invalid_mix"),
    ],
)
def test_invalid_mixes_are_refused_and_cost_nothing(owner: Person, voice: str, code: str) -> None:
    before = owner.millicredits
    answer = owner.say(voice=voice)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["param"]) == (400, code, "voice")
    assert owner.millicredits == before


def test_mix_for_a_model_without_mixing_is_refused_naming_others(owner: Person) -> None:
    announce(engine_spec("plain", voices=VOICES), engine_spec(voices=VOICES, has_mixing=True))
    answer = owner.say(model="plain", voice="af_bella+af_sky")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "mix_not_supported")
    assert answer.json()["error"]["message"] == "The model 'plain' does not mix voices. Models that do: kokoro."


def test_voices_of_a_text_are_switched_by_brackets_and_by_elements(owner: Person) -> None:
    text = '[voice:am_adam] Good morning. [voice:af_sky(2)+af_bella] Hello! <voice name="ef_dora">Hola.</voice> [/voice] The end.'
    work = spoken(owner.say(text, voice="af_bella", language="en"))
    reported = [(segment.text.strip(), segment.voice_index) for segment in work.segments if segment.text.strip()]
    assert reported == [("Good morning.", 1), ("Hello!", 2), ("Hola.", 3), ("The end.", 0)]
    assert [voice.id for voice in work.voices] == ["am_adam", "af_sky(2)+af_bella(1)", "ef_dora"]
    assert work.text == " Good morning.  Hello! Hola.  The end."


def test_unknown_voice_in_brackets_is_refused_with_its_place(owner: Person) -> None:
    error = owner.say("Hello.\n[voice:nobody] Hi.").json()["error"]
    assert error["code"] == "invalid_markup"
    assert "Unknown voice 'nobody'" in error["message"]
    assert "(line 2, column 15)" in error["message"]


def test_text_with_more_than_twenty_voices_is_refused(owner: Person) -> None:
    text = " ".join(f"[voice:af_bella({number})+af_sky] Hello." for number in range(1, 22))
    error = owner.say(text).json()["error"]
    assert error["code"] == "invalid_markup"
    assert "a text has at most 20 voices; 'af_bella(21)+af_sky' is one more" in error["message"]


def test_items_of_a_batch_and_streams_take_mixes_and_several_voices(owner: Person) -> None:
    texts = [{"text": "Hello.", "voice": "af_bella+af_sky"}, {"text": "[voice:am_adam] Hello."}]
    assert owner.post("/v1/tts/batch/", {"texts": texts}).status_code == 200
    first, second = (SpeakWork.from_dict(part.work) for part in Part.objects.order_by("id"))
    assert first.voice is not None
    assert (first.voice.id, [voice.id for voice in second.voices]) == ("af_bella(1)+af_sky(1)", ["am_adam"])
    Part.objects.all().delete()
    owner.post("/v1/tts/stream/", {"text": "Hello. [voice:am_adam] Hi.", "voice": "af_bella+af_sky"})
    streamed = SpeakWork.from_dict(Part.objects.get().work)
    assert streamed.voice is not None
    assert (streamed.voice.id, [voice.id for voice in streamed.voices]) == ("af_bella(1)+af_sky(1)", ["am_adam"])
