"""Voices of an account: found by a registered source, resolved like all others, and carried to the engine with their conditioning."""

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis

from apps.accounts.callers import Caller, caller_of_key
from apps.accounts.models import ApiKey
from apps.catalog import voices
from apps.catalog.voices import OwnVoice
from apps.conversations.services import TurnOrder, choose_models
from apps.jobs.models import Job, Part
from apps.translation.voices import choose_speaking_voice
from tests.factories_jobs import announce, engine_spec
from tests.speech.people import Person, person
from tests.workers.messages import targets
from tests.workers.tasks.task_harness import TaskHarness
from workers.audio.samples import SynthesisedAudio
from workers.contract.messages import PartMessage, SpeakWork
from workers.contract.outputs import AUDIO, TIMINGS
from workers.contract.references import Address, StoredObject
from workers.contract.speech import GivenPhonemes, Sentence
from workers.contract.voices import VoiceRef, VoiceWeight
from workers.protocols.engine import Engine
from workers.text.sentences import split_sentences

MINE = VoiceRef("mine", "en-gb", "female", "kokoro", "3", StoredObject("voices/mine.bin"))
MIX = VoiceRef("mix", "en-us", "male", "kokoro", "1", weights=(VoiceWeight("am_adam", 0.75), VoiceWeight("af_bella", 0.25)))
OWN = {
    "mine": OwnVoice(MINE),
    "mix": OwnVoice(MIX),
    "unfinished": OwnVoice(VoiceRef("unfinished", "en", engine="kokoro"), is_ready=False),
    "elsewhere": OwnVoice(VoiceRef("elsewhere", "en", engine="pico")),
}
OWNER_NAME = "own-voices"


def find_own_voice(caller: Caller, voice_id: str) -> OwnVoice | None:
    """A source for TTSAI_VOICE_SOURCES: the voices of one account."""
    return OWN.get(voice_id) if caller.account is not None and caller.account.name == OWNER_NAME else None


class ImitatingEngine(Engine):
    """Test double of an engine that takes conditioning and mixes: records the voices that it is asked to speak with."""

    spec = engine_spec()

    def __init__(self) -> None:
        self.spoken: list[tuple[str, VoiceRef, str]] = []

    def load(self) -> None:
        """Has no weights."""

    def unload(self) -> None:
        """Has no weights."""

    def split(self, text: str, *, language: str) -> list[Sentence]:
        return split_sentences(text)

    def speak(self, text: str, *, voice: VoiceRef, language: str, speed: float, phonemes: Sequence[GivenPhonemes] = ()) -> SynthesisedAudio:
        self.spoken.append((text.strip(), voice, language))
        return SynthesisedAudio(np.zeros(2400, np.float32), self.spec.sample_rate)


@pytest.fixture(autouse=True)
def _sources(_platform: None, settings: Any) -> Iterator[None]:
    settings.TTSAI_VOICE_SOURCES = ("tests.speech.test_own_voices.find_own_voice",)
    voices._sources.cache_clear()
    announce()
    yield
    voices._sources.cache_clear()


@pytest.fixture
def owner() -> Person:
    """Account with voices of its own."""
    somebody = person()
    assert somebody.account is not None
    somebody.account.name = OWNER_NAME
    somebody.account.save(update_fields=["name"])
    return somebody


def caller_of(somebody: Person) -> Caller:
    """The caller that a request with the person's key has."""
    return caller_of_key(ApiKey.objects.select_related("account__plan").get(account=somebody.account), address="203.0.113.7")


def spoken_by_double(valkey: redis.Redis, folder: Path) -> list[tuple[str, VoiceRef, str]]:
    """Calls of the double for the one part on the queue, from the message that the dispatcher published."""
    [raw] = valkey.lrange("engine.kokoro.normal", 0, -1)
    message = PartMessage.from_dict(json.loads(base64.b64decode(json.loads(raw)["body"]))[0][0])
    engine = ImitatingEngine()
    bench = TaskHarness(folder, engines=[engine], client=valkey)
    try:
        outputs = targets({name: Address("folder", name) for name in (AUDIO, TIMINGS)})
        bench.do(bench.message("speak", SpeakWork.from_dict(message.work), outputs=outputs))
    finally:
        bench.close()
    return engine.spoken


def test_own_voice_in_request_or_markup_reaches_the_engine_with_conditioning(owner: Person, valkey: redis.Redis, tmp_path: Path) -> None:
    text = 'Good day. <voice name="mix">Hello.</voice> <voice name="am_adam">Bye.</voice> <voice name="mine">So long.</voice>'
    assert owner.say(text, voice="mine").status_code == 200
    work = Part.objects.get().work
    assert SpeakWork.from_dict(work).voice == MINE
    assert Job.objects.get().params["voice"] == "mine"
    adam = VoiceRef("am_adam", "en-us", "male", "kokoro", "1")
    mine = VoiceRef("mine", "en-gb", "female", "kokoro", "3", Address("folder", "voices/mine.bin"))
    assert spoken_by_double(valkey, tmp_path) == [
        ("Good day.", mine, "en-gb"),
        ("Hello.", MIX, "en-us"),
        ("Bye.", adam, "en-us"),
        ("So long.", mine, "en-gb"),
    ]


def test_own_voice_of_a_markup_element_needs_no_voice_in_the_request(owner: Person, valkey: redis.Redis, tmp_path: Path) -> None:
    assert owner.say('Good day. <voice name="mine">Hello.</voice>').status_code == 200
    assert [(text, voice.id) for text, voice, _ in spoken_by_double(valkey, tmp_path)] == [("Good day.", "af_bella"), ("Hello.", "mine")]


@pytest.mark.parametrize(
    ("voice", "status", "code"), [("unfinished", 409, "voice_not_ready"), ("elsewhere", 400, "voice_model_mismatch"), ("nobody", 400, "unknown_voice")]
)  # fmt: skip
def test_own_voice_that_cannot_speak_is_refused_with_its_reason(owner: Person, voice: str, status: int, code: str) -> None:
    answer = owner.say("Hello.", voice=voice)
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["error"]["param"]) == (status, code, "voice")
    assert not Job.objects.exists()


def test_own_voice_of_another_account_is_unknown_in_a_request_and_in_markup() -> None:
    stranger = person()
    assert stranger.say("Hello.", voice="mine").json()["error"]["code"] == "unknown_voice"
    assert stranger.say('<voice name="mine">Hello.</voice>').json()["error"]["code"] == "invalid_markup"
    assert not Job.objects.exists()


def test_own_voice_of_a_batch_item_is_resolved_like_that_of_a_request(owner: Person) -> None:
    answer = owner.post("/v1/tts/batch/", {"texts": [{"text": "Hello.", "voice": "mine"}, {"text": "Bye.", "voice": "nobody"}]})
    assert answer.status_code == 200
    assert [SpeakWork.from_dict(part.work).voice for part in Part.objects.all()] == [MINE]


def test_own_voice_speaks_a_translation_and_the_answers_of_a_conversation(owner: Person) -> None:
    caller = caller_of(owner)
    assert choose_speaking_voice(caller, voice_id="mine", language="en").voice == MINE
    announce(engine_spec("offline", kind="chat", voices=(), default_voice=""), worker="worker-2")
    assert choose_models(caller, order=TurnOrder(text="Hello.", voice="mine")).voice == MINE


@pytest.mark.parametrize("body", [{"voice": "mine"}, {"voice": "mine", "input": '<voice name="mine">Hello.</voice>'}])
def test_own_voice_speaks_in_the_openai_dialect_too(owner: Person, body: dict[str, str]) -> None:
    answer = owner.post("/v1/audio/speech?async=true", {"model": "kokoro", "input": "Hello.", **body})
    assert answer.status_code == 200
    assert SpeakWork.from_dict(Part.objects.get().work).voice == MINE
