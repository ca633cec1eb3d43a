"""Texts in languages that the model does not speak: another model if none was chosen, a refusal before the charge, or a warning."""

from typing import Any

import pytest

from apps.jobs.models import Job
from tests.factories_jobs import announce, engine_spec, part_of
from tests.speech.people import Person, person
from workers.contract.engines import EngineSpec, VoiceSpec

GERMAN = "Wie geht es Ihnen heute?"
DUTCH = "Hoe gaat het vandaag met u en uw familie?"
REFUSED = (
    "The text is in German (de), which the model 'kokoro' does not speak. It speaks: en, fr. Models that speak 'de': pico. "
    "If it is in another language, send that as `language`."
)
SUSPECTED = (
    "language: some of the text seems to be in German (de), which kokoro does not speak and cannot say well; `language` says what it is in."
)
MIXED = "Good morning, everyone. Wie geht es Ihnen heute? I hope that you are well."


def kokoro() -> EngineSpec:
    voices = (
        VoiceSpec("af_bella", "Bella", "en", "female", tags=("en-us",)),
        VoiceSpec("bf_emma", "Emma", "en", "female", tags=("en-gb",)),
        VoiceSpec("ff_siwis", "Siwis", "fr", "female"),
    )
    return engine_spec(languages=("en", "fr"), voices=voices)


def pico() -> EngineSpec:
    voices = (VoiceSpec("de-de", "German", "de", "female", tags=("de-de",)), VoiceSpec("en-gb", "British", "en", "female", tags=("en-gb",)))
    return engine_spec("pico", languages=("de", "en"), voices=voices, default_voice="de-de", is_draft=True)


@pytest.fixture(autouse=True)
def _models(_platform: None) -> None:
    announce(kokoro(), pico())


def error_of(answer: Any) -> tuple[int, str, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"], error["message"]


def test_german_text_without_a_model_gets_one_that_speaks_german(owner: Person) -> None:
    answer = owner.say(GERMAN)
    assert answer.json()["warnings"] == ["model: pico speaks, as the text is in German (de), which kokoro does not speak."]
    job = Job.objects.get()
    assert (job.engine_id, job.params["voice"], part_of(job).work["engine"]) == ("pico", "de-de", "pico")


def test_the_language_of_a_request_without_a_model_chooses_the_model(owner: Person) -> None:
    assert owner.say("Hallo.", language="de-AT").status_code == 200
    assert owner.say("Hello.", language="en").status_code == 200
    assert list(Job.objects.order_by("created_at").values_list("engine_id", flat=True)) == ["pico", "kokoro"]


def test_markup_in_a_language_of_another_model_chooses_that_model(owner: Person) -> None:
    assert owner.say('Hello. <lang xml:lang="de">Guten Tag.</lang>').status_code == 200
    assert Job.objects.get().engine_id == "pico"


@pytest.mark.parametrize("choice", [{"model": "kokoro"}, {"voice": "af_bella"}, {"model": "kokoro", "voice": "ff_siwis"}])
def test_german_text_for_a_model_without_german_is_refused_without_charge(owner: Person, choice: dict[str, str]) -> None:
    assert error_of(owner.say(GERMAN, **choice)) == (400, "unsupported_language", "text", REFUSED)
    assert (Job.objects.count(), owner.millicredits) == (0, 1_000_000)


def test_language_that_no_model_speaks_is_refused_for_every_model(owner: Person) -> None:
    message = (
        "The text is in Dutch (nl), which the model 'kokoro' does not speak. It speaks: en, fr. No model here speaks 'nl'. "
        "If it is in another language, send that as `language`."
    )
    assert error_of(owner.say(DUTCH)) == error_of(owner.say(DUTCH, model="kokoro")) == (400, "unsupported_language", "text", message)


def test_a_plan_without_the_other_model_is_not_offered_it(owner: Person) -> None:
    somebody = person(allowed_models=["kokoro"])
    status, code, _, message = error_of(somebody.say(GERMAN))
    assert (status, code, "No model here speaks 'de'." in message) == (400, "unsupported_language", True)


def test_a_language_that_the_request_names_silences_the_detection(owner: Person) -> None:
    answer = owner.say(GERMAN, model="kokoro", language="en")
    assert (answer.status_code, answer.json().get("warnings")) == (200, None)
    assert owner.say(f'<lang xml:lang="en">{GERMAN}</lang>', model="kokoro").status_code == 200


@pytest.mark.parametrize("text", [MIXED, 'They say "auf Wiedersehen meine lieben Freunde" there.'])
def test_text_partly_in_another_language_is_spoken_with_a_warning(owner: Person, text: str) -> None:
    answer = owner.say(text)
    assert answer.status_code == 200
    assert answer.json()["warnings"] == [SUSPECTED]
    assert Job.objects.get().engine_id == "kokoro"


@pytest.mark.parametrize("text", ["Hallo", "Merci", "Hola", "Angela Merkel", "Bonjour tout le monde", "OK", "https://www.bahn.de/angebot"])
def test_single_words_names_and_texts_in_a_spoken_language_bring_no_warning(owner: Person, text: str) -> None:
    answer = owner.say(text, model="kokoro")
    assert (answer.status_code, answer.json().get("warnings")) == (200, None)


@pytest.mark.parametrize("language", [None, "en"])
def test_a_text_without_a_letter_that_the_model_reads_is_refused_at_admission(owner: Person, language: str | None) -> None:
    status, code, param, message = error_of(owner.say("Привет, мир!", model="kokoro", language=language))
    assert (status, code, param) == (400, "unsupported_language", "text")
    assert message.startswith("The text is in Russian (ru), which the model 'kokoro' does not speak. It speaks: en, fr.")
    assert Job.objects.count() == 0


def test_a_word_in_another_script_that_the_markup_spells_is_spoken(owner: Person) -> None:
    assert owner.say('<sub alias="privet">Привет</sub>', model="kokoro", language="en").status_code == 200


def test_an_unsupported_language_names_the_models_that_speak_it(owner: Person) -> None:
    assert error_of(owner.say("Hallo.", model="kokoro", language="de")) == (
        400,
        "unsupported_language",
        "language",
        "The model 'kokoro' does not speak 'de'. It speaks: en, fr. Models that speak 'de': pico.",
    )


@pytest.mark.parametrize(("language", "voice"), [("en-GB", "bf_emma"), ("en_gb", "bf_emma"), ("en-US", "af_bella"), ("en", "af_bella"), ("en-au", "af_bella")])  # fmt: skip
def test_a_region_chooses_a_voice_of_it_where_there_is_one(owner: Person, language: str, voice: str) -> None:
    assert owner.say("Hello.", language=language).status_code == 200
    assert Job.objects.get().params["voice"] == voice


def test_a_batch_refuses_the_one_text_in_an_unspoken_language(owner: Person) -> None:
    texts = [{"text": "Hello."}, {"text": DUTCH}, {"text": GERMAN}, {"text": MIXED}]
    batch = owner.post("/v1/tts/batch/", {"texts": texts}).json()
    items = owner.get("/v1/tts/batch/result/", batch_id=batch["batch_id"]).json()["items"]
    assert [item.get("code") for item in items] == [None, "unsupported_language", None, None]
    assert [len(item.get("warnings", [])) for item in items] == [0, 0, 1, 1]
    assert sorted(Job.objects.exclude(state="failed").values_list("engine_id", flat=True)) == ["kokoro", "kokoro", "pico"]
